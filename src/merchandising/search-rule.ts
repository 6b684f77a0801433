import { Type } from "typebox";
import { ruleAudienceReferences } from "../audiences/index.ts";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import { type Eligibility, eligibilityFaults, eligibilityFields, eligibilityReferences } from "./eligibility.ts";
import { limitFaults } from "./limit-faults.ts";
import { type QueryConditions, queryConditionFaults, queryConditionsSchema } from "./query-conditions.ts";
import { type EffectChecks, effectFaults, effectFields, effectReferences, type RuleEffects } from "./rule-events.ts";

/** What a merchandiser makes of searches: of some queries, of all, or of all product lists. */
export type SearchRuleBody = Eligibility &
  RuleEffects & {
    readonly description?: string;
    /** Default: every query. */
    readonly query?: QueryConditions;
    /** `all`: categories too, after their own rules; only without a query. Default `search`. */
    readonly lists?: "search" | "all";
  };

export const maxLiveRules = 1_000;

/** The definition kind `search-rule`. */
export function createSearchRuleKind(checks: EffectChecks): DefinitionKind<SearchRuleBody> {
  return {
    kind: "search-rule",
    label: "Search rule",
    schema: Type.Object(
      {
        description: Type.Optional(Type.String({ maxLength: 2_000 })),
        query: Type.Optional(queryConditionsSchema),
        lists: Type.Optional(
          Type.Union([Type.Literal("search"), Type.Literal("all")], {
            default: "search",
            description: "all: category lists too; only for a rule without conditions on the query",
          }),
        ),
        ...eligibilityFields,
        ...effectFields,
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const faults: ErrorDetail[] = [
        ...limitFaults("search-rule", maxLiveRules, context),
        ...eligibilityFaults(body, checks.checkRule),
        ...effectFaults(body, checks),
      ];
      if (body.query) faults.push(...queryConditionFaults(body.query, "/query"));
      if (body.query && body.lists === "all") {
        const message = "a category has no query: leave out the conditions, or make a rule for search";
        faults.push({ path: "/lists", code: "contradiction", message });
      }
      return faults;
    },
    references: (body) => [...eligibilityReferences(body), ...effectReferences(body, ruleAudienceReferences)],
  };
}
