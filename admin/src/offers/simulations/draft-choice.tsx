import { NumberField, Switch } from "@react-spectrum/s2";
import { DefinitionsField } from "../../definitions/definition-field.tsx";
import { messages } from "../../messages.data.ts";

const m = messages.simulations;

/** Which drafts are tried beside, instead of or without live rules. */
export type DraftChoice = {
  /** Keys, as their newest drafts stand. */
  readonly rules: readonly string[];
  readonly without: readonly string[];
  readonly drafts: boolean;
};

export const noDrafts: DraftChoice = { rules: [], without: [], drafts: false };

export function isNoChoice({ rules, without, drafts }: DraftChoice): boolean {
  return !drafts && rules.length === 0 && without.length === 0;
}

/** As the server wants it. */
export function draftsOf({ rules, without, drafts }: DraftChoice) {
  return {
    drafts,
    changes: [
      ...without.map((key) => ({ key, remove: true })),
      ...rules.filter((key) => !without.includes(key)).map((key) => ({ key })),
    ],
  };
}

type Props = { choice: DraftChoice; onChange: (choice: DraftChoice) => void };

export function DraftFields({ choice, onChange }: Props) {
  const shared = { kind: "cart-price-rule", faults: [], isReadOnly: false, path: "" } as const;
  return (
    <>
      <DefinitionsField
        label={m.rules}
        values={choice.rules}
        onChange={(rules) => onChange({ ...choice, rules })}
        {...shared}
      />
      <DefinitionsField
        label={m.without}
        values={choice.without}
        onChange={(without) => onChange({ ...choice, without })}
        {...shared}
      />
    </>
  );
}

export function AllDraftsSwitch({ choice, onChange }: Props) {
  return (
    <Switch isSelected={choice.drafts} onChange={(drafts) => onChange({ ...choice, drafts })}>
      {m.allDrafts}
    </Switch>
  );
}

type WholeProps = { label: string; value: number; least?: number; most: number; onChange: (value: number) => void };

/** A whole number within bounds. */
export function WholeField({ label, value, least = 1, most, onChange }: WholeProps) {
  return (
    <NumberField
      label={label}
      minValue={least}
      maxValue={most}
      value={value}
      onChange={(next) => onChange(Number.isNaN(next) ? least : Math.round(next))}
    />
  );
}
