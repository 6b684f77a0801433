import { Switch } from "@react-spectrum/s2";
import type { Fault } from "../../api/client.ts";
import { AudiencesField } from "../../audiences/audiences-field.tsx";
import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { rowStart, stack } from "../../ui/styles.ts";
import type { Eligibility } from "./shapes.ts";

const m = messages.decisioning;

type Props<B extends Partial<Eligibility>> = {
  body: B;
  onChange: (body: B) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Audiences and a rule: who may have something. */
export function EligibilityFields<B extends Partial<Eligibility>>({ body, onChange, faults, isReadOnly }: Props<B>) {
  const { rule, audiences = [], audienceMatch = "any" } = body;
  const setRule = (on: boolean) => {
    const { rule: _rule, ...others } = body;
    // Everything but the rule, which may be missing.
    onChange((on ? { ...others, rule: { all: [] } } : others) as B);
  };
  return (
    <div className={stack}>
      <div className={rowStart}>
        <AudiencesField
          values={audiences}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(keys) => onChange({ ...body, audiences: keys })}
        />
        {audiences.length < 2 ? null : (
          <OptionField
            label={m.audienceMatch}
            value={audienceMatch}
            options={m.audienceMatches}
            isReadOnly={isReadOnly}
            onChange={(match) => onChange({ ...body, audienceMatch: match })}
          />
        )}
      </div>
      <Switch isSelected={rule !== undefined} isDisabled={isReadOnly} onChange={setRule}>
        {m.alsoRule}
      </Switch>
      {rule === undefined ? null : (
        <RuleBuilder rule={rule} isReadOnly={isReadOnly} onChange={(next) => onChange({ ...body, rule: next })} />
      )}
    </div>
  );
}
