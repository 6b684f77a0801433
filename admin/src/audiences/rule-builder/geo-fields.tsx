import { NumberField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { AttributePicker } from "./attribute-picker.tsx";
import { BuilderContext, useBuilder } from "./builder-context.ts";
import type { FieldsProps } from "./fields-editor.tsx";
import { useFault } from "./tree-context.ts";

const m = messages.builder.fields;
const width = style({ width: 112 });
const limits = { lat: [-90, 90], lon: [-180, 180], km: [0, 20_100] } as const;

/** Within so many kilometres of a point. */
export function GeoFields({ id, fields, set }: FieldsProps) {
  const builder = useBuilder();
  const within = fields["within"] as JsonObject;
  const fault = useFault(id, "path");
  const withinFault = useFault(id, "within");
  const places = builder.attributes.filter(({ type }) => type === "point");
  return (
    <>
      {/* Only places can be near something; another path of the shop can still be typed. */}
      <BuilderContext value={{ ...builder, attributes: places }}>
        <AttributePicker
          label={m.path}
          path={String(fields["path"])}
          subjects={["profile", "context"]}
          isDisabled={builder.isReadOnly}
          onChange={(path) => set("path", path)}
          {...fault}
        />
      </BuilderContext>
      {(["lat", "lon", "km"] as const).map((name) => (
        <NumberField
          key={name}
          aria-label={m[name]}
          size="S"
          styles={width}
          minValue={limits[name][0]}
          maxValue={limits[name][1]}
          formatOptions={{
            maximumFractionDigits: 5,
            ...(name === "km" ? { style: "unit" as const, unit: "kilometer" } : {}),
          }}
          isReadOnly={builder.isReadOnly}
          value={Number(within[name])}
          onChange={(value) => set("within", { ...within, [name]: Number.isNaN(value) ? 0 : value })}
          {...(name === "km" ? withinFault : {})}
        />
      ))}
    </>
  );
}
