import { NumberField, Switch } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { AudiencesField } from "../audiences/audiences-field.tsx";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { rowStart } from "../ui/styles.ts";
import { faultsBelow } from "./faults-below.ts";
import type { Eligibility } from "./shapes.ts";

const m = messages.merchandising.rule;
const maxPriority = 1_000_000;

type Props = {
  value: Eligibility;
  onChange: (patch: { readonly [K in keyof Eligibility]: Eligibility[K] | undefined }) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Who a rule or redirect is for, and before which others it counts. */
export function EligibilityFields({ value, onChange, faults, isReadOnly }: Props) {
  const { audiences = [], rule, priority = 0 } = value;
  return (
    <Panel title={m.who} description={m.whoText}>
      <div className={rowStart}>
        <AudiencesField
          values={audiences}
          isReadOnly={isReadOnly}
          faults={faults}
          onChange={(keys) => onChange({ audiences: keys.length === 0 ? undefined : keys })}
        />
        <NumberField
          label={m.priority}
          description={m.priorityText}
          minValue={0}
          maxValue={maxPriority}
          value={priority}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange({ priority: Number.isNaN(next) ? 0 : Math.round(next) })}
          {...invalidProps(faults, "/priority")}
        />
      </div>
      <Switch
        isSelected={rule !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange({ rule: on ? { all: [] } : undefined })}
      >
        {m.alsoRule}
      </Switch>
      {rule === undefined ? null : (
        <RuleBuilder
          rule={rule}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/rule")}
          onChange={(next) => onChange({ rule: next })}
        />
      )}
    </Panel>
  );
}
