import { Type } from "typebox";
import { moneySchema } from "../../http/index.ts";
import { type RuleOutcome, reasonText } from "./evaluate-price.ts";

/** What one rule did to a product. */
export const ruleSchema = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  priority: Type.Integer(),
  isApplied: Type.Boolean(),
  before: Type.Optional(moneySchema),
  after: Type.Optional(moneySchema),
  reason: Type.Optional(Type.String({ description: "Why it did nothing" })),
  reasonText: Type.Optional(Type.String()),
});

export function ruleView(outcome: RuleOutcome) {
  const { id, key, name, priority } = outcome.rule;
  const rule = { id, key, name, priority, isApplied: outcome.isApplied };
  return outcome.isApplied
    ? { ...rule, before: outcome.before, after: outcome.after }
    : { ...rule, reason: outcome.reason, reasonText: reasonText(outcome.reason) };
}
