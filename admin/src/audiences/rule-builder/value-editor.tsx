import {
  ActionButton,
  ComboBox,
  ComboBoxItem,
  Menu,
  MenuItem,
  MenuTrigger,
  NumberField,
  Picker,
  PickerItem,
  TextField,
} from "@react-spectrum/s2";
import type { Json } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { DurationField } from "./duration-field.tsx";
import { MoneyField } from "./money-field.tsx";
import { type AttributeType, shapeOf } from "./operators.ts";
import type { AttributeNode } from "./rule-model.ts";
import { listToValues, scalarToText, textToScalar, valuesToList } from "./value-text.ts";

const m = messages.rules;
const jsonTypes = ["string", "number", "boolean", "object", "array"];

type Props = {
  node: AttributeNode;
  type: AttributeType;
  values: readonly string[];
  onChange: (node: AttributeNode) => void;
};

/** The right-hand side, in the form that operator and type ask for. */
export function ValueEditor({ node, type, values, onChange }: Props) {
  const set = (value: Json) => onChange({ ...node, value });
  switch (shapeOf(node.op)) {
    case "none":
    case "where":
      return null;
    case "many":
      return <ManyField node={node} type={type} values={values} onChange={onChange} />;
    case "range":
      return <RangeField value={node.value} type={type} onChange={set} />;
    case "duration":
      return <DurationField label={m.duration} value={String(node.value ?? "30d")} onChange={set} />;
    case "count":
      return <NumberInput label={m.value} value={node.value} onChange={set} />;
    case "json-type":
      return <ChoiceField label={m.value} choices={jsonTypes} value={String(node.value ?? "")} onChange={set} />;
    case "one":
      return <ScalarField value={node.value} type={type} values={values} onChange={set} />;
  }
}

/** Typed values, and the known ones to tick. */
function ManyField({ node, type, values, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const chosen = listToValues(node.value);
  const set = (texts: readonly string[]) => onChange({ ...node, value: valuesToList(texts, type) });
  return (
    <div className={row}>
      <ListField label={m.values} isLabelHidden size="S" isReadOnly={isReadOnly} values={chosen} onChange={set} />
      {values.length === 0 || isReadOnly ? null : (
        <MenuTrigger>
          <ActionButton size="S">{m.choose}</ActionButton>
          <Menu
            aria-label={m.values}
            selectionMode="multiple"
            selectedKeys={chosen}
            onSelectionChange={(keys) => set(keys === "all" ? values : [...keys].map(String))}
          >
            {[...new Set([...values, ...chosen])].map((value) => (
              <MenuItem key={value} id={value}>
                {value}
              </MenuItem>
            ))}
          </Menu>
        </MenuTrigger>
      )}
    </div>
  );
}

type ScalarProps = {
  value: Json | undefined;
  type: AttributeType;
  values: readonly string[];
  label?: string;
  onChange: (value: Json) => void;
};

function ScalarField({ value, type, values, label = m.value, onChange }: ScalarProps) {
  const { isReadOnly } = useBuilder();
  if (type === "number") return <NumberInput label={label} value={value} onChange={onChange} />;
  if (type === "money") return <MoneyField label={label} value={value} onChange={onChange} />;
  if (type === "date" || type === "instant") {
    return (
      <TextField
        aria-label={label}
        size="S"
        type="date"
        isReadOnly={isReadOnly}
        value={String(value ?? "").slice(0, 10)}
        onChange={onChange}
      />
    );
  }
  if (values.length > 0) {
    return (
      <ComboBox
        aria-label={label}
        size="S"
        isDisabled={isReadOnly}
        allowsCustomValue
        menuTrigger="focus"
        inputValue={scalarToText(value)}
        onInputChange={(text) => onChange(textToScalar(text, type))}
        defaultItems={values.map((text) => ({ id: text }))}
      >
        {(item) => <ComboBoxItem id={item.id}>{item.id}</ComboBoxItem>}
      </ComboBox>
    );
  }
  return (
    <TextField
      aria-label={label}
      size="S"
      isReadOnly={isReadOnly}
      value={scalarToText(value)}
      onChange={(text) => onChange(textToScalar(text, type))}
    />
  );
}

function RangeField({ value, type, onChange }: Omit<ScalarProps, "values">) {
  const [low = null, high = null] = Array.isArray(value) ? value : [];
  return (
    <div className={row}>
      <ScalarField label={m.low} value={low} type={type} values={[]} onChange={(next) => onChange([next, high])} />
      <span>{m.and}</span>
      <ScalarField label={m.high} value={high} type={type} values={[]} onChange={(next) => onChange([low, next])} />
    </div>
  );
}

type NumberProps = { label: string; value: Json | undefined; onChange: (value: Json) => void };

/** Decimals stay text in a rule when they were text ("33.33"), so that they stay exact. */
function NumberInput({ label, value, onChange }: NumberProps) {
  const { isReadOnly } = useBuilder();
  return (
    <NumberField
      aria-label={label}
      size="S"
      isReadOnly={isReadOnly}
      value={value === undefined || value === null || value === "" ? Number.NaN : Number(value)}
      formatOptions={{ maximumFractionDigits: 6 }}
      onChange={(next) => onChange(Number.isNaN(next) ? null : next)}
    />
  );
}

type ChoiceProps = { label: string; choices: readonly string[]; value: string; onChange: (value: string) => void };

function ChoiceField({ label, choices, value, onChange }: ChoiceProps) {
  return (
    <Picker aria-label={label} size="S" selectedKey={value} onSelectionChange={(key) => onChange(String(key))}>
      {choices.map((choice) => (
        <PickerItem key={choice} id={choice}>
          {choice}
        </PickerItem>
      ))}
    </Picker>
  );
}
