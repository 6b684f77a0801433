import type { Json, JsonObject } from "../../api/shapes.ts";
import { RuleBuilder } from "../../audiences/rule-builder/rule-builder.tsx";

type Props = { rule: Json; onChange: (rule: JsonObject) => void; isReadOnly: boolean };

const subjects = ["event"];

/** Conditions on the event alone. */
export function EventRuleField({ rule, onChange, isReadOnly }: Props) {
  return <RuleBuilder rule={rule} onChange={onChange} isReadOnly={isReadOnly} subjects={subjects} />;
}
