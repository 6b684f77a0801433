import { Picker, PickerItem, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useAttributes } from "../audiences/use-attributes.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { mono, muted, rowEnd } from "../ui/styles.ts";
import { formulaFunctions } from "./formula-functions.data.ts";
import { withField } from "./trait-body.ts";
import type { TraitFormProps } from "./trait-form.tsx";
import { ValueTypePicker } from "./value-fields.tsx";

const m = messages.traits;
const wide = style({ width: "full" });
const insertWidth = style({ width: 280 });
const usable = /^(number|money|text|key|boolean|instant|date)$/;

/** A formula over other traits. */
export function FormulaFields(props: TraitFormProps) {
  const { body, onChange, faults, isReadOnly } = props;
  const expression = body.expression ?? "";
  const set = (text: string) => onChange(withField(body, "expression", text));
  return (
    <Panel title={m.formula} description={m.formulaText}>
      <TextArea
        label={m.formula}
        description={m.formulaNames}
        styles={wide}
        maxLength={2000}
        value={expression}
        placeholder="orders_count > 3 ? orders_revenue_net / orders_count : 0"
        isReadOnly={isReadOnly}
        onChange={set}
        {...invalidProps(faults, "/expression")}
      />
      <div className={rowEnd}>
        {isReadOnly ? null : (
          <InsertTrait onInsert={(name) => set(expression === "" ? name : `${expression} ${name}`)} />
        )}
        <ValueTypePicker {...props} />
      </div>
      <div>
        <p className={muted}>{m.formulaFunctions}</p>
        <code className={mono}>{formulaFunctions.join(" · ")}</code>
      </div>
    </Panel>
  );
}

function InsertTrait({ onInsert }: { onInsert: (name: string) => void }) {
  const choices = (useAttributes().data ?? []).filter(
    ({ path, type }) => path.startsWith("profile.") && !path.includes("*") && usable.test(type),
  );
  return (
    <Picker
      label={m.insert}
      styles={insertWidth}
      selectedKey={null}
      onSelectionChange={(key) => {
        if (key !== null) onInsert(nameInFormula(String(key)));
      }}
    >
      {choices.map(({ path, label }) => (
        <PickerItem key={path} id={path}>
          {label}
        </PickerItem>
      ))}
    </Picker>
  );
}

/** "profile.trait.my-key" → `trait["my-key"]`: a minus would be read as one. */
export function nameInFormula(path: string): string {
  const name = path.replace(/^profile\./, "");
  const [head = "", ...rest] = name.split(/(?<!\\)\./);
  return rest.reduce((text, part) => {
    const key = part.replaceAll("\\.", ".");
    return /^[A-Za-z_]\w*$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`;
  }, head);
}
