import { ComboBox, ComboBoxItem, NumberField, Picker, PickerItem, Text, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import type { Json } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { ChipsField } from "./chips-field.tsx";
import { ComparisonPicker } from "./comparison-picker.tsx";
import { DateValueField } from "./date-fields.tsx";
import { DurationField } from "./duration-field.tsx";
import { MoneyField } from "./money-field.tsx";
import { type AttributeType, shapeOf } from "./operators.ts";
import { PatternField } from "./pattern-field.tsx";
import { ReferenceField, sourceOf } from "./reference-field.tsx";
import type { AttributeNode, Comparison } from "./rule-model.ts";
import { SuggestionNote } from "./suggestion-note.tsx";
import { useFault } from "./tree-context.ts";
import { useSourceOf, useSuggestions } from "./use-suggestions.ts";
import { listToValues, scalarToText, textToScalar, valuesToList } from "./value-text.ts";

const m = messages.rules;
const jsonTypes = ["string", "number", "boolean", "object", "array"];

type Props = {
  node: AttributeNode;
  type: AttributeType;
  subjects: readonly string[];
  onChange: (node: AttributeNode) => void;
};

/** The right-hand side, in the form that operator and type ask for. */
export function ValueEditor({ node, type, subjects, onChange }: Props) {
  const set = (value: Json) => onChange({ ...node, value });
  const fault = useFault(node.id, "value");
  if (sourceOf(node.value) !== "value") {
    return <ReferenceField value={node.value} subjects={subjects} onChange={set} {...fault} />;
  }
  switch (shapeOf(node.op)) {
    case "none":
    case "where":
      return null;
    case "many":
      return (
        <ChipsField
          label={m.values}
          path={node.path}
          values={listToValues(node.value)}
          onChange={(texts) => set(valuesToList(texts, type))}
          {...fault}
        />
      );
    case "range":
      return <RangeField value={node.value} type={type} path={node.path} op={node.op} onChange={set} {...fault} />;
    case "duration":
      return <DurationField label={m.duration} value={String(node.value ?? "30d")} onChange={set} {...fault} />;
    case "count":
      return <CountField value={node.value} onChange={set} {...fault} />;
    case "json-type":
      return <ChoiceField label={m.value} choices={jsonTypes} value={String(node.value ?? "")} onChange={set} />;
    case "one":
      if (node.op === "regex" || node.op === "not_regex") {
        return (
          <PatternField
            label={m.value}
            value={scalarToText(node.value)}
            isCaseSensitive={node.caseSensitive}
            onChange={set}
            {...fault}
          />
        );
      }
      return <ScalarField value={node.value} type={type} path={node.path} op={node.op} onChange={set} {...fault} />;
  }
}

type ScalarProps = {
  value: Json | undefined;
  type: AttributeType;
  path: string;
  op: string;
  label?: string;
  onChange: (value: Json) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

function ScalarField({ value, type, path, op, label = m.value, onChange, ...fault }: ScalarProps) {
  const { isReadOnly } = useBuilder();
  const source = useSourceOf(path, op);
  if (type === "number") return <NumberInput label={label} value={value} onChange={onChange} {...fault} />;
  if (type === "money") return <MoneyField label={label} value={value} onChange={onChange} {...fault} />;
  if (type === "date" || type === "instant") {
    return <DateValueField label={label} value={value} onChange={onChange} {...fault} />;
  }
  if (source !== "none") {
    return <SuggestField value={value} type={type} path={path} op={op} label={label} onChange={onChange} {...fault} />;
  }
  return (
    <TextField
      aria-label={label}
      size="S"
      isReadOnly={isReadOnly}
      value={scalarToText(value)}
      onChange={(text) => onChange(textToScalar(text, type))}
      {...fault}
    />
  );
}

/** A value that the catalog knows, or any other. */
function SuggestField({ value, type, path, op, label, onChange, ...fault }: ScalarProps & { label: string }) {
  const { isReadOnly } = useBuilder();
  const text = scalarToText(value);
  // What is chosen already must not hide what else could be: only what is being typed narrows the list.
  const [search, setSearch] = useState("");
  const { items, loadingState, hint } = useSuggestions(path, search, op);
  const fitting = items.filter((each) => `${each.id} ${each.text ?? ""}`.toLowerCase().includes(search.toLowerCase()));
  return (
    <ComboBox
      aria-label={label}
      size="S"
      isReadOnly={isReadOnly}
      allowsCustomValue
      menuTrigger="focus"
      menuWidth={280}
      inputValue={text}
      onInputChange={(next) => {
        setSearch(items.some(({ id }) => id === next) ? "" : next);
        if (next !== text) onChange(textToScalar(next, type));
      }}
      items={fitting}
      loadingState={loadingState}
      {...(hint === undefined ? {} : { description: hint })}
      {...fault}
    >
      {(each) => (
        <ComboBoxItem id={each.id} textValue={each.id}>
          <Text slot="label">{each.text ?? each.id}</Text>
          <SuggestionNote suggestion={each} />
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}

function RangeField({ value, type, path, op, onChange, ...fault }: ScalarProps) {
  const [low = null, high = null] = Array.isArray(value) ? value : [];
  return (
    <div className={row}>
      <ScalarField
        label={m.low}
        value={low}
        type={type}
        path={path}
        op={op}
        onChange={(next) => onChange([next, high])}
      />
      <span>{m.and}</span>
      <ScalarField
        label={m.high}
        value={high}
        type={type}
        path={path}
        op={op}
        onChange={(next) => onChange([low, next])}
        {...fault}
      />
    </div>
  );
}

/** `size` may also be compared: {"op": "gte", "value": 2}. */
function CountField({ value, onChange, ...fault }: Omit<NumberProps, "label">) {
  const { isReadOnly } = useBuilder();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return <NumberInput label={m.value} value={value} onChange={onChange} {...fault} />;
  }
  const { op, value: count } = value as { readonly op?: Json; readonly value?: Json };
  return (
    <div className={row}>
      <ComparisonPicker
        op={op as Comparison}
        isDisabled={isReadOnly}
        onChange={(next) => onChange({ op: next, value: count ?? 0 })}
      />
      <NumberInput
        label={m.value}
        value={count}
        onChange={(next) => onChange({ op: op ?? "eq", value: next })}
        {...fault}
      />
    </div>
  );
}

type NumberProps = {
  label: string;
  value: Json | undefined;
  onChange: (value: Json) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** Decimals stay text in a rule when they were text ("33.33"), so that they stay exact. */
function NumberInput({ label, value, onChange, ...fault }: NumberProps) {
  const { isReadOnly } = useBuilder();
  return (
    <NumberField
      aria-label={label}
      size="S"
      isReadOnly={isReadOnly}
      value={value === undefined || value === null || value === "" ? Number.NaN : Number(value)}
      formatOptions={{ maximumFractionDigits: 6 }}
      onChange={(next) => onChange(Number.isNaN(next) ? null : next)}
      {...fault}
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
