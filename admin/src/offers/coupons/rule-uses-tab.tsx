import type { Definition } from "../../api/shapes.ts";
import type { CartRuleBody } from "../price-rules/shapes.ts";
import { UsesReport } from "./uses-report.tsx";

/** What one rule came to, by its codes. */
export function RuleUsesTab({ definition }: { definition: Definition<CartRuleBody> }) {
  return <UsesReport ruleKey={definition.key} />;
}
