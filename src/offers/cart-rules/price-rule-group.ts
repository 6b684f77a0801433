// Groups of cart price rules: in which order they run, and how many rules of one act.
import { type Static, Type } from "typebox";
import type { DefinitionKind } from "../../definitions/index.ts";

export const priceRuleGroupKindName = "price-rule-group";

export const priceRuleGroupSchema = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    priority: Type.Integer({
      minimum: -1_000_000,
      maximum: 1_000_000,
      description: "Lower first; rules without a group run at 0, before groups that stand there",
    }),
    mode: Type.Union(
      [Type.Literal("stackable"), Type.Literal("first"), Type.Literal("highest"), Type.Literal("lowest")],
      {
        description: "All rules one after the other, or only the first that acts, or the one that takes most or least",
      },
    ),
    per: Type.Optional(
      Type.Union([Type.Literal("cart"), Type.Literal("line")], {
        description: "Whether one rule acts on the whole cart, as by default, or one on each line and one on shipping",
      }),
    ),
  },
  { additionalProperties: false },
);

/** A price rule group as it is edited. */
export type PriceRuleGroupBody = Static<typeof priceRuleGroupSchema>;

const maxLiveGroups = 200;

/** The definition kind `price-rule-group`. */
export function createPriceRuleGroupKind(): DefinitionKind<PriceRuleGroupBody> {
  return {
    kind: priceRuleGroupKindName,
    label: "Price rule group",
    schema: priceRuleGroupSchema,
    check: (_body, { key, live }) => {
      const others = live<PriceRuleGroupBody>(priceRuleGroupKindName).filter((each) => each.key !== key);
      if (others.length < maxLiveGroups) return [];
      return [{ path: "", code: "tooMany", message: `at most ${maxLiveGroups} groups can be live: archive one` }];
    },
    references: () => [],
  };
}
