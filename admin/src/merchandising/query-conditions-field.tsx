import { ActionButton, Button, Picker, PickerItem, Text, TextField } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { plainList, row, stackTight } from "../ui/styles.ts";
import type { QueryCondition, QueryConditions } from "./shapes.ts";

const m = messages.merchandising.rule;
const maxConditions = 50;
const operatorWidth = style({ width: 160 });
const textWidth = style({ width: 280, maxWidth: "full" });

export const newConditions: QueryConditions = { match: "any", conditions: [{ operator: "contains", value: "" }] };

type Props = {
  value: QueryConditions;
  onChange: (value: QueryConditions) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** What a search must look like. */
export function QueryConditionsField({ value, onChange, faults, isReadOnly }: Props) {
  const { match, conditions } = value;
  const replace = (index: number, next: QueryCondition | null) =>
    onChange({ match, conditions: conditions.flatMap((each, at) => (at !== index ? [each] : next ? [next] : [])) });
  return (
    <div className={stackTight}>
      <ChoiceField
        label={m.match}
        styles={operatorWidth}
        isReadOnly={isReadOnly}
        choices={(["any", "all"] as const).map((key) => ({ key, label: m.matches[key] }))}
        value={match}
        onChange={(next) => onChange({ match: next === "all" ? "all" : "any", conditions })}
      />
      <ul className={plainList}>
        {conditions.map((condition, index) => (
          // Conditions have no name of their own; their place is what they are known by.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={row}>
            <Condition
              condition={condition}
              isReadOnly={isReadOnly}
              fault={invalidProps(faults, `/query/conditions/${index}`)}
              onChange={(next) => replace(index, next)}
              onRemove={conditions.length > 1 ? () => replace(index, null) : null}
            />
          </li>
        ))}
      </ul>
      {isReadOnly ? null : (
        <div className={row}>
          <Button
            variant="secondary"
            size="S"
            isDisabled={conditions.length >= maxConditions}
            onPress={() => onChange({ match, conditions: [...conditions, { operator: "contains", value: "" }] })}
          >
            <Add />
            <Text>{m.addCondition}</Text>
          </Button>
        </div>
      )}
    </div>
  );
}

type ConditionProps = {
  condition: QueryCondition;
  isReadOnly: boolean;
  fault: ReturnType<typeof invalidProps>;
  onChange: (condition: QueryCondition) => void;
  onRemove: (() => void) | null;
};

function Condition({ condition, isReadOnly, fault, onChange, onRemove }: ConditionProps) {
  const { operator, value } = condition;
  return (
    <>
      <Picker
        aria-label={m.operator}
        styles={operatorWidth}
        isDisabled={isReadOnly}
        selectedKey={operator}
        onSelectionChange={(key) => onChange({ operator: String(key), value })}
      >
        {Object.entries(m.operators).map(([key, label]) => (
          <PickerItem key={key} id={key}>
            {label}
          </PickerItem>
        ))}
      </Picker>
      <TextField
        aria-label={m.queryText}
        styles={textWidth}
        maxLength={255}
        value={value}
        isReadOnly={isReadOnly}
        onChange={(next) => onChange({ operator, value: next })}
        {...fault}
      />
      {isReadOnly || onRemove === null ? null : (
        <ActionButton isQuiet aria-label={m.removeCondition(value)} onPress={onRemove}>
          <Close />
        </ActionButton>
      )}
    </>
  );
}
