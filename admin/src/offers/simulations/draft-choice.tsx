import { NumberField, Switch } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { muted, rowStart, stackTight } from "../../ui/styles.ts";
import { RulesField, useRuleChoices } from "./rules-field.tsx";

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

/** What is tried: some drafts, all of them, or the live rules without some. */
export function DraftFields({ choice, onChange }: Props) {
  const { rules, drafted, live, error } = useRuleChoices();
  if (rules?.length === 0)
    return (
      <div className={stackTight}>
        <p className={muted}>{m.noRules}</p>
        <AppLink to="/price-rules/new">{messages.priceRules.kind.create}</AppLink>
      </div>
    );
  return (
    <>
      <div className={rowStart}>
        <RulesField
          label={m.rules}
          description={drafted?.length === 0 ? m.noDraftText : m.rulesText}
          placeholder={m.noRuleChosen}
          nothing={m.noDraft}
          choices={drafted}
          error={error}
          values={choice.rules}
          onChange={(keys) => onChange({ ...choice, rules: keys })}
        />
        <RulesField
          label={m.without}
          description={m.withoutText}
          placeholder={m.noneLeftOut}
          nothing={m.noLive}
          choices={live}
          error={error}
          values={choice.without}
          onChange={(keys) => onChange({ ...choice, without: keys })}
        />
      </div>
      <Switch
        isSelected={choice.drafts}
        isDisabled={rules?.every(({ draftVersion }) => draftVersion === null) ?? false}
        onChange={(drafts) => onChange({ ...choice, drafts })}
      >
        {m.allDrafts}
      </Switch>
    </>
  );
}

type WholeProps = {
  label: string;
  description?: string;
  value: number;
  least?: number;
  most: number;
  onChange: (value: number) => void;
};

/** A whole number within bounds. */
export function WholeField({ label, description, value, least = 1, most, onChange }: WholeProps) {
  return (
    <NumberField
      label={label}
      minValue={least}
      maxValue={most}
      value={value}
      onChange={(next) => onChange(Number.isNaN(next) ? least : Math.round(next))}
      {...(description === undefined ? {} : { description })}
    />
  );
}
