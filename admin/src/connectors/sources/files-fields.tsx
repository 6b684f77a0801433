import { NumberField, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { rowStart, stack } from "../../ui/styles.ts";
import { ChoiceField } from "../choice-field.tsx";
import { encodings, formats } from "../imports/shapes.ts";
import { withPart } from "../mapping/mapping-model.ts";
import type { ConfigFieldsProps } from "./about-fields.tsx";
import type { FileLocation, FilesConfig } from "./shapes.ts";

const m = messages.connectors.sources;
const width = style({ width: 280 });
const any = "any";

/** Where files lie and how they are read. */
export function FilesFields({ config, onChange, faults, isReadOnly }: ConfigFieldsProps<FilesConfig>) {
  return (
    <div className={stack}>
      <LocationFields
        location={config.location}
        faults={faults}
        isReadOnly={isReadOnly}
        onChange={(location) => onChange({ ...config, location })}
      />
      <div className={rowStart}>
        <TextField
          label={m.pattern}
          description={m.patternText}
          styles={width}
          isReadOnly={isReadOnly}
          value={config.pattern}
          onChange={(pattern) => onChange({ ...config, pattern })}
          {...invalidProps(faults, "/config/pattern")}
        />
        <ChoiceField
          label={m.after}
          styles={width}
          isReadOnly={isReadOnly}
          choices={[
            { key: "move", label: m.afters.move },
            { key: "keep", label: m.afters.keep },
          ]}
          value={config.after}
          onChange={(key) => onChange({ ...config, after: key === "keep" ? "keep" : "move" })}
        />
        <NumberField
          label={m.settle}
          isReadOnly={isReadOnly}
          minValue={0}
          maxValue={86_400}
          value={config.settleSeconds}
          onChange={(seconds) =>
            onChange({ ...config, settleSeconds: Number.isNaN(seconds) ? 5 : Math.round(seconds) })
          }
        />
      </div>
      <ReadingFields config={config} onChange={onChange} isReadOnly={isReadOnly} />
    </div>
  );
}

function ReadingFields({
  config,
  onChange,
  isReadOnly,
}: Pick<ConfigFieldsProps<FilesConfig>, "config" | "onChange" | "isReadOnly">) {
  return (
    <div className={rowStart}>
      <ChoiceField
        label={m.format}
        isReadOnly={isReadOnly}
        choices={[{ key: any, label: m.formats.any }, ...formats.map((key) => ({ key, label: m.formats[key] }))]}
        value={config.format ?? any}
        onChange={(key) =>
          onChange(
            withPart(
              config,
              "format",
              formats.find((format) => format === key),
            ),
          )
        }
      />
      <ChoiceField
        label={m.encoding}
        isReadOnly={isReadOnly}
        choices={[{ key: any, label: m.encodings.any }, ...encodings.map((key) => ({ key, label: m.encodings[key] }))]}
        value={config.encoding ?? any}
        onChange={(key) =>
          onChange(
            withPart(
              config,
              "encoding",
              encodings.find((encoding) => encoding === key),
            ),
          )
        }
      />
      <ChoiceField
        label={m.separator}
        isReadOnly={isReadOnly}
        choices={Object.entries(m.separators).map(([key, label]) => ({ key, label }))}
        value={config.separator ?? any}
        onChange={(key) => onChange(withPart(config, "separator", key === any ? undefined : key))}
      />
    </div>
  );
}

type LocationProps = Omit<ConfigFieldsProps, "config" | "onChange"> & {
  location: FileLocation;
  onChange: (location: FileLocation) => void;
};

function LocationFields({ location, onChange, faults, isReadOnly }: LocationProps) {
  if (location.kind === "folder") {
    return (
      <TextField
        label={m.path}
        description={m.pathText}
        styles={width}
        isReadOnly={isReadOnly}
        value={location.path}
        onChange={(path) => onChange({ ...location, path })}
        {...invalidProps(faults, "/config/location/path")}
      />
    );
  }
  const text = (key: "endpoint" | "region" | "bucket" | "prefix") => ({
    label: m[key],
    styles: width,
    isReadOnly,
    value: location[key],
    onChange: (value: string) => onChange({ ...location, [key]: value }),
    ...invalidProps(faults, `/config/location/${key}`),
  });
  return (
    <div className={rowStart}>
      <TextField {...text("endpoint")} description={m.endpointText} isRequired />
      <TextField {...text("region")} />
      <TextField {...text("bucket")} isRequired />
      <TextField {...text("prefix")} />
    </div>
  );
}
