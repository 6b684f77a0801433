import { Checkbox, NumberField, Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { rowStart, stack } from "../../ui/styles.ts";
import { withPart } from "./mapping-model.ts";
import type { Mapping, MappingOptions } from "./shapes.ts";

const m = messages.connectors.mapping;

type Props = { mapping: Mapping; isReadOnly: boolean; onChange: (mapping: Mapping) => void };

/** What holds for all rows: zone, formats, rows to pass over. */
export function MappingOptionsFields({ mapping, isReadOnly, onChange }: Props) {
  const options = mapping.options ?? {};
  const set = <K extends keyof MappingOptions>(key: K, value: MappingOptions[K] | undefined) =>
    onChange({ ...mapping, options: withPart(options, key, value) });
  const text = (key: "zone" | "dateFormat" | "currency") => ({
    isReadOnly,
    value: options[key] ?? "",
    onChange: (value: string) => set(key, value === "" ? undefined : value),
  });
  const { skipWhen } = options;
  return (
    <div className={stack}>
      <div className={rowStart}>
        <TextField label={m.zone} description={m.zoneText} {...text("zone")} />
        <TextField label={m.dateFormat} description={m.dateFormatText} {...text("dateFormat")} />
        <Picker
          label={m.decimal}
          isDisabled={isReadOnly}
          selectedKey={options.decimal ?? "any"}
          onSelectionChange={(key) => set("decimal", key === "." || key === "," ? key : undefined)}
        >
          <PickerItem id="any">{m.decimals.any}</PickerItem>
          <PickerItem id=".">{m.decimals.point}</PickerItem>
          <PickerItem id=",">{m.decimals.comma}</PickerItem>
        </Picker>
        <TextField label={m.currency} maxLength={3} {...text("currency")} />
        {mapping.kind === "order" ? (
          <NumberField
            label={m.groupWindow}
            isReadOnly={isReadOnly}
            minValue={1}
            maxValue={1_000_000}
            value={options.groupWindow ?? 10_000}
            onChange={(rows) => set("groupWindow", Number.isNaN(rows) || rows === 10_000 ? undefined : rows)}
          />
        ) : null}
      </div>
      <div className={rowStart}>
        <TextField
          label={m.skipFrom}
          isReadOnly={isReadOnly}
          value={skipWhen?.from ?? ""}
          onChange={(from) => set("skipWhen", from === "" ? undefined : { from, is: skipWhen?.is ?? [""] })}
        />
        <ListField
          label={m.skipIs}
          isReadOnly={isReadOnly || skipWhen === undefined}
          values={(skipWhen?.is ?? []).filter((value) => value !== "")}
          onChange={(is) => skipWhen && set("skipWhen", { ...skipWhen, is: is.length > 0 ? is : [""] })}
        />
      </div>
      <Checkbox
        isDisabled={isReadOnly}
        isSelected={options.passThrough ?? false}
        onChange={(on) => set("passThrough", on ? true : undefined)}
      >
        {m.passThrough}
      </Checkbox>
    </div>
  );
}
