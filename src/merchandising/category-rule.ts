import { Type } from "typebox";
import { ruleAudienceReferences } from "../audiences/index.ts";
import type { DefinitionKind } from "../definitions/index.ts";
import { type Eligibility, eligibilityFaults, eligibilityFields, eligibilityReferences } from "./eligibility.ts";
import { limitFaults } from "./limit-faults.ts";
import { type EffectChecks, effectFaults, effectFields, effectReferences, type RuleEffects } from "./rule-events.ts";

/** What a merchandiser makes of the list of one category. */
export type CategoryRuleBody = Eligibility &
  RuleEffects & {
    readonly description?: string;
    /** Path, e.g. `women/tops-women`. */
    readonly category: string;
    /** Subcategories without a ranking of their own take over the ranking; never the events. Default false. */
    readonly applyToSubcategories?: boolean;
  };

const maxLiveCategoryRules = 5_000;

export const categoryPathSchema = Type.String({
  minLength: 1,
  maxLength: 1_000,
  pattern: "^[^/]+(/[^/]+)*$",
  description: "Path of URL keys, e.g. women/tops-women",
});

/**
 * The definition kind `category-rule`.
 *
 * @param hasCategory whether there is such a category, of the catalog or built by a rule
 */
export function createCategoryRuleKind(
  checks: EffectChecks,
  hasCategory: (path: string) => boolean,
): DefinitionKind<CategoryRuleBody> {
  return {
    kind: "category-rule",
    label: "Category rule",
    schema: Type.Object(
      {
        description: Type.Optional(Type.String({ maxLength: 2_000 })),
        category: categoryPathSchema,
        applyToSubcategories: Type.Optional(Type.Boolean({ default: false })),
        ...eligibilityFields,
        ...effectFields,
      },
      { additionalProperties: false },
    ),
    check: (body, context) => [
      ...limitFaults("category-rule", maxLiveCategoryRules, context),
      ...(hasCategory(body.category)
        ? []
        : [{ path: "/category", code: "unknownCategory", message: `there is no category ${body.category}` }]),
      ...eligibilityFaults(body, checks.checkRule),
      ...effectFaults(body, checks),
    ],
    references: (body) => [...eligibilityReferences(body), ...effectReferences(body, ruleAudienceReferences)],
  };
}
