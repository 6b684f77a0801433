import { Button, TextField } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { rowEnd, stack } from "../../ui/styles.ts";
import { replacedAt, withoutAt } from "./list-edits.ts";

const m = messages.decisioning;

type Value = string | number | boolean;
export type Attribute = { readonly name: string; readonly value: Value };
type Props = {
  values: readonly Attribute[];
  onChange: (values: readonly Attribute[]) => void;
  isReadOnly: boolean;
};

/** Names and values; what reads as a number, true or false is one. */
export function AttributeRows({ values, onChange, isReadOnly }: Props) {
  return (
    <div className={stack}>
      {values.map(({ name, value }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being typed
        <div key={at} className={rowEnd}>
          <TextField
            label={m.attributeName}
            value={name}
            isReadOnly={isReadOnly}
            onChange={(next) => onChange(replacedAt(values, at, { name: next, value }))}
          />
          <TextField
            label={m.attributeValue}
            value={String(value)}
            isReadOnly={isReadOnly}
            onChange={(text) => onChange(replacedAt(values, at, { name, value: readValue(text) }))}
          />
          {isReadOnly ? null : (
            <Button
              variant="secondary"
              fillStyle="outline"
              aria-label={m.removeAttribute(name)}
              onPress={() => onChange(withoutAt(values, at))}
            >
              {m.remove}
            </Button>
          )}
        </div>
      ))}
      {isReadOnly ? null : (
        <div>
          <Button variant="secondary" onPress={() => onChange([...values, { name: "", value: "" }])}>
            {m.addAttribute}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A number only where it is written as it reads, so that nothing changes while it is typed. */
export function readValue(text: string): Value {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text !== "" && Number.isFinite(number) && String(number) === text ? number : text;
}
