import { Type } from "typebox";
import { audienceReferences } from "../content/index.ts";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../kernel/index.ts";

/** The three lists of a shop: beside a product, better ones than it, and what goes with a cart. */
export const listNames = ["related", "upsell", "crosssell"] as const;
export type ListName = (typeof listNames)[number];

/** Products to show beside products. When it applies is the schedule of its definition, where its scope. */
export type RelatedRuleBody = {
  readonly applyTo: ListName;
  /** 1 to 1,000,000; lower first. */
  readonly priority: number;
  /** Audience keys; a visitor in any of them; empty = everybody. */
  readonly audiences: readonly string[];
  /** Which products the rule is for: conditions on `product.`, the product of the page or a line of the cart. */
  readonly match: JsonValue;
  /** Which products it shows: conditions on `product.`, the candidate, which may refer to `matched.`. */
  readonly display: JsonValue;
  /** 1 to 20 products that the rule may give to a list; default 20. */
  readonly resultLimit?: number;
};

export const maxResultLimit = 20;

const ruleSchema = Type.Object(
  {
    applyTo: Type.Union(
      listNames.map((name) => Type.Literal(name)),
      { description: "related, upsell or crosssell" },
    ),
    priority: Type.Integer({ minimum: 1, maximum: 1_000_000, description: "1 is highest: lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100, description: "Empty = everybody" }),
    match: Type.Unknown({ description: "Products to match: a rule on product." }),
    display: Type.Unknown({ description: "Products to display: a rule on product. that may refer to matched." }),
    resultLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxResultLimit, default: maxResultLimit })),
  },
  { additionalProperties: false },
);

/** Checks a rule tree as it may be used; paths of faults start with the prefix. */
export type CheckRule = (
  rule: unknown,
  use: "related_products" | "products_to_display" | "block",
  prefix: string,
) => readonly ErrorDetail[];

/** The definition kind `related-product-rule`. */
export function createRelatedRuleKind(checkRule: CheckRule): DefinitionKind<RelatedRuleBody> {
  return {
    kind: "related-product-rule",
    label: "Related product rule",
    schema: ruleSchema,
    check: (body) => [
      ...checkRule(body.match, "related_products", "/match"),
      ...checkRule(body.display, "products_to_display", "/display"),
    ],
    references: audienceReferences,
  };
}
