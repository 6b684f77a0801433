import { Type } from "typebox";
import { listOf, moneySchema } from "../../http/index.ts";

const ByRule = Type.Record(Type.String(), moneySchema, {
  description: "By rule key; 0 for rules that reached it in vain",
});
const Free = Type.Union([Type.Literal("none"), Type.Literal("items"), Type.Literal("shipment")]);
const Loose = Type.Record(Type.String(), Type.Unknown());
const Amount = Type.Union([moneySchema, Type.Number(), Type.String()]);

/** The answer of POST /v1/offers/evaluate. */
export const answerSchema = Type.Object({
  currency: Type.String(),
  trusted: Type.Boolean({ description: "False where a browser told the prices: an estimate" }),
  lines: Type.Record(Type.String(), Type.Object({ discount: moneySchema, byRule: ByRule }), {
    description: "By line id; of a bundle with dynamic prices by the ids of its parts",
  }),
  shipping: Type.Object(
    { amount: moneySchema, discount: moneySchema, byRule: ByRule, free: Free },
    { description: "Of several shipments their sums; `free` is `shipment` where each of them is free as a whole" },
  ),
  shipments: Type.Optional(
    listOf(
      Type.Object(
        { id: Type.String(), amount: moneySchema, discount: moneySchema, free: Free, byRule: ByRule },
        { description: "Of a cart with `shipments`, in its order; the amounts add up to those of `shipping`" },
      ),
    ),
  ),
  totals: Type.Object({
    subtotal: moneySchema,
    itemDiscount: moneySchema,
    shipping: moneySchema,
    shippingDiscount: moneySchema,
    total: moneySchema,
    tax: Type.Optional(moneySchema),
    totalInclTax: Type.Optional(moneySchema),
  }),
  applied: listOf(Type.String()),
  effects: listOf(
    Type.Object({
      rule: Type.String(),
      kind: Type.String(),
      target: Type.String(),
      amount: Type.Union([moneySchema, Type.Number()]),
    }),
  ),
  coupons: Type.Record(
    Type.String(),
    Type.Object({
      status: Type.Union([Type.Literal("applied"), Type.Literal("rejected")]),
      reason: Type.Optional(Type.String()),
      rule: Type.Optional(Type.String()),
      detail: Type.Optional(Loose),
    }),
    { description: "By code as it was entered" },
  ),
  nearMisses: listOf(
    Type.Object({
      rule: Type.String(),
      label: Type.Optional(Type.String()),
      missing: Type.Object({
        attribute: Type.String(),
        op: Type.String(),
        need: Amount,
        have: Amount,
        lacks: Type.Optional(Amount),
      }),
    }),
  ),
  gifts: listOf(
    Type.Object({
      rule: Type.String(),
      sku: Type.String(),
      qty: Type.Integer(),
      add: Type.Integer({ description: "Units that are not in the cart yet" }),
      choices: Type.Optional(listOf(Type.String())),
      autoAdd: Type.Optional(Type.Boolean()),
    }),
  ),
  rewardPoints: Type.Integer(),
  labels: listOf(Type.Object({ rule: Type.String(), text: Type.String() })),
  blocks: listOf(Type.String()),
  explain: Type.Optional(Type.Unknown()),
  skipped: Type.Optional(
    listOf(
      Type.Object({
        rule: Type.String(),
        name: Type.String(),
        priority: Type.Integer(),
        reason: Type.String({
          description:
            "With explain, of rules that were not looked at: website, store_view, group, not_started, ended, no_code, customer_usage_limit_reached, budget_exhausted or not_chosen",
        }),
      }),
    ),
  ),
  version: Type.String({ description: "Hash of the rules in effect" }),
});
