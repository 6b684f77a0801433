import { ComboBox, ComboBoxItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { body } from "../../ui/styles.ts";
import { columnsOf, parseValue, valueText, wayOf, withColumns } from "./mapping-model.ts";
import type { DetailedSource } from "./shapes.ts";

const m = messages.connectors.mapping;
const wide = style({ width: "full" });

type Props = {
  label: string;
  source: DetailedSource;
  columns: readonly string[];
  isReadOnly: boolean;
  isInvalid: boolean;
  autoFocus: boolean;
  onChange: (source: DetailedSource) => void;
};

/** The column, fixed value or text that fills a field. */
export function SourceField({ label, source, columns, isReadOnly, isInvalid, autoFocus, onChange }: Props) {
  const shared = { "aria-label": label, isReadOnly, isInvalid, autoFocus, size: "S" as const, styles: wide };
  switch (wayOf(source)) {
    case "value":
      return (
        <TextField
          {...shared}
          value={valueText(source.value)}
          onChange={(value) => onChange({ ...source, value: parseValue(value) })}
        />
      );
    case "template":
      return (
        <TextField
          {...shared}
          placeholder={m.templateText}
          value={source.template ?? ""}
          onChange={(template) => onChange({ ...source, template })}
        />
      );
    case "column": {
      const [only = "", ...others] = columnsOf(source);
      if (others.length > 0) return <p className={body}>{m.severalColumns(columnsOf(source).join(", "))}</p>;
      return (
        <ComboBox
          {...shared}
          allowsCustomValue
          menuTrigger="focus"
          inputValue={only}
          onInputChange={(column) => column !== only && onChange(withColumns(source, [column]))}
          defaultItems={columns.map((id) => ({ id }))}
        >
          {(item) => <ComboBoxItem id={item.id}>{item.id}</ComboBoxItem>}
        </ComboBox>
      );
    }
  }
}
