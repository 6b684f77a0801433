import { Checkbox, Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { InfoDialog } from "../../ui/info-dialog.tsx";
import { ListField } from "../../ui/list-field.tsx";
import { columnsOf, parseValue, valueText, wayOf, withColumns, withPart } from "./mapping-model.ts";
import { type DetailedSource, valueTypes } from "./shapes.ts";
import { targetLabel } from "./target-label.ts";
import type { Target } from "./targets.data.ts";
import { ValueMapField } from "./value-map-field.tsx";

const m = messages.connectors.reading;
const pair = style({
  display: "grid",
  gridTemplateColumns: "minmax(0, 1fr) minmax(0, 1fr)",
  gap: 16,
  alignItems: "start",
});

type Props = {
  target: Target;
  source: DetailedSource;
  onChange: (source: DetailedSource) => void;
  onClose: () => void;
};

/** Everything about how one value is read. Changes count at once, so that the preview follows. */
export function ReadingDialog({ target, source, onChange, onClose }: Props) {
  const set = <K extends keyof DetailedSource>(key: K, value: DetailedSource[K] | undefined) =>
    onChange(withPart(source, key, value));
  const text = (key: "format" | "zone" | "split") => ({
    value: source[key] ?? "",
    onChange: (value: string) => set(key, value === "" ? undefined : value),
  });
  return (
    <InfoDialog title={messages.connectors.mapping.how(targetLabel(target.path))} onClose={onClose}>
      <div className={pair}>
        <Choice
          label={m.as}
          value={source.as ?? "any"}
          choices={[["any", m.byTarget], ...valueTypes.map((type) => [type, m.types[type]] as const)]}
          onChange={(key) =>
            set(
              "as",
              valueTypes.find((type) => type === key),
            )
          }
        />
        <TextField
          label={m.fallback}
          value={valueText(source.default)}
          onChange={(value) => set("default", value === "" ? undefined : parseValue(value))}
        />
      </div>
      {wayOf(source) === "column" ? (
        <ListField
          label={m.columns}
          values={columnsOf(source)}
          onChange={(columns) => onChange(withColumns(source, columns))}
        />
      ) : null}
      <div className={pair}>
        <TextField label={m.format} description={m.formatText} {...text("format")} />
        <TextField label={m.zone} description={messages.connectors.mapping.zoneText} {...text("zone")} />
      </div>
      <Numbers source={source} set={set} />
      <Texts source={source} set={set} />
      <TextField label={m.split} {...text("split")} />
      <ValueMapField values={source.map} onChange={(map) => set("map", map)} />
      <div className={pair}>
        <TextField
          label={m.otherwise}
          description={m.otherwiseText}
          value={valueText(source.otherwise)}
          onChange={(value) => set("otherwise", value === "" ? undefined : parseValue(value))}
        />
      </div>
      <div className={pair}>
        <Words label={m.trueWords} values={source.trueWords} onChange={(words) => set("trueWords", words)} />
        <Words label={m.falseWords} values={source.falseWords} onChange={(words) => set("falseWords", words)} />
      </div>
    </InfoDialog>
  );
}

type PartProps = {
  source: DetailedSource;
  set: <K extends keyof DetailedSource>(key: K, value: DetailedSource[K] | undefined) => void;
};

function Numbers({ source, set }: PartProps) {
  const decimals = messages.connectors.mapping.decimals;
  return (
    <div className={pair}>
      <Choice
        label={m.decimal}
        value={source.decimal ?? "any"}
        choices={[
          ["any", m.byTarget],
          [".", decimals.point],
          [",", decimals.comma],
        ]}
        onChange={(key) => set("decimal", key === "." || key === "," ? key : undefined)}
      />
      <Choice
        label={m.unit}
        value={source.unit ?? "major"}
        choices={[
          ["major", m.units.any],
          ["minor", m.units.minor],
        ]}
        onChange={(key) => set("unit", key === "minor" ? key : undefined)}
      />
      <Choice
        label={m.sign}
        value={source.sign ?? "any"}
        choices={[
          ["any", m.signs.any],
          ["absolute", m.signs.absolute],
          ["negate", m.signs.negate],
        ]}
        onChange={(key) => set("sign", key === "absolute" || key === "negate" ? key : undefined)}
      />
    </div>
  );
}

function Texts({ source, set }: PartProps) {
  return (
    <div className={pair}>
      <Choice
        label={m.letters}
        value={source.case ?? "any"}
        choices={[
          ["any", m.cases.any],
          ["lower", m.cases.lower],
          ["upper", m.cases.upper],
        ]}
        onChange={(key) => set("case", key === "lower" || key === "upper" ? key : undefined)}
      />
      <Checkbox isSelected={source.trim ?? true} onChange={(on) => set("trim", on ? undefined : false)}>
        {m.trim}
      </Checkbox>
    </div>
  );
}

type WordsProps = {
  label: string;
  values: readonly string[] | undefined;
  onChange: (words: readonly string[] | undefined) => void;
};

function Words({ label, values, onChange }: WordsProps) {
  return (
    <ListField
      label={label}
      values={values ?? []}
      onChange={(words) => onChange(words.length > 0 ? words : undefined)}
    />
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange: (key: string) => void;
};

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <Picker label={label} selectedKey={value} onSelectionChange={(key) => onChange(String(key))}>
      {choices.map(([key, text]) => (
        <PickerItem key={key} id={key}>
          {text}
        </PickerItem>
      ))}
    </Picker>
  );
}
