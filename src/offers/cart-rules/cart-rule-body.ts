import { type Static, type TProperties, Type } from "typebox";
import type { JsonValue } from "../../kernel/index.ts";

/** Largest amount of a rule in minor units: a thousand million of a currency with three digits. */
const mostMinor = 1_000_000_000_000;
const mostUnits = 1_000_000;

export const moneySchema = Type.Object(
  {
    minor: Type.Integer({ minimum: 0, maximum: mostMinor, description: "Minor units, e.g. cents" }),
    currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  },
  { additionalProperties: false },
);

const Codes = (description: string) =>
  Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 1_000, description }),
  );
const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "Local day of the store, inclusive" });
const Count = Type.Integer({ minimum: 1, maximum: mostUnits });

const actionFields = {
  maxQty: Type.Optional(Type.Integer({ minimum: 1, maximum: mostUnits, description: "Units a line at most" })),
  applyToShipping: Type.Optional(Type.Boolean()),
};
const stepField = {
  step: Type.Optional(Type.Integer({ minimum: 1, maximum: mostUnits, description: "Every N units" })),
};
const Amounts = (description: string) => Type.Array(moneySchema, { minItems: 1, maxItems: 50, description });
const amountField = { amounts: Amounts("One a currency; other currencies take the first at today's rate") };
const percentField = {
  percent: Type.String({ pattern: "^\\d{1,3}(\\.\\d{1,6})?$", description: "Decimal text, 0 to 100" }),
};
const capField = {
  cap: Type.Optional(Amounts("What the rule takes at most from one cart, lines and shipping together; one a currency")),
};
const onceField = {
  applyOnce: Type.Optional(Type.Boolean({ description: "One unit only: the cheapest that the rule reaches" })),
};
const closed = { additionalProperties: false };

const Sku = Type.String({ minLength: 1, maxLength: 100 });
const Repeat = Type.Optional(
  Type.Integer({ minimum: 1, maximum: mostUnits, description: "Times in one cart; absent = without limit" }),
);
const Pick = (description: string) =>
  Type.Optional(Type.Union([Type.Literal("cheapest"), Type.Literal("dearest")], { description }));

/** From where a tier holds: `fromQty` with the measure `qty`, `fromAmounts` with the others. */
const tierFrom = {
  fromAmounts: Type.Optional(Amounts("One a currency")),
  fromQty: Type.Optional(Type.Integer({ minimum: 1, maximum: mostUnits })),
};
const measureField = {
  measure: Type.Union([Type.Literal("subtotal"), Type.Literal("eligible_subtotal"), Type.Literal("qty")], {
    description: "What decides on the tier: the cart's subtotal, or that or the units of the lines the rule is for",
  }),
};
const tiersOf = <T extends TProperties>(gives: T) =>
  Type.Array(Type.Object({ ...tierFrom, ...gives }, closed), {
    minItems: 1,
    maxItems: 50,
    description: "Rising; only the highest that is reached counts",
  });

const actionSchema = Type.Union([
  Type.Object(
    { type: Type.Literal("percent"), ...percentField, ...capField, ...onceField, ...actionFields, ...stepField },
    closed,
  ),
  Type.Object({ type: Type.Literal("fixed"), ...amountField, ...onceField, ...actionFields, ...stepField }, closed),
  Type.Object({ type: Type.Literal("cart_fixed"), ...amountField, ...actionFields }, closed),
  Type.Object({ type: Type.Literal("buy_x_get_y"), buy: Count, get: Count, ...actionFields }, closed),
  Type.Object(
    {
      type: Type.Literal("free_gift"),
      sku: Sku,
      qty: Count,
      choices: Type.Optional(
        Type.Array(Sku, { minItems: 1, maxItems: 50, description: "What the shopper may take instead of the SKU" }),
      ),
      autoAdd: Type.Optional(Type.Boolean({ description: "The shop puts the SKU into the cart by itself" })),
      ...actionFields,
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal("tiered_percent"),
      ...measureField,
      tiers: tiersOf(percentField),
      ...capField,
      ...actionFields,
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal("tiered_fixed"),
      ...measureField,
      tiers: tiersOf(amountField),
      per: Type.Optional(
        Type.Union([Type.Literal("cart"), Type.Literal("unit")], {
          description: "Whether the amount is taken once from all lines together, as by default, or from each unit",
        }),
      ),
      ...actionFields,
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal("group_price"),
      qty: Type.Integer({ minimum: 1, maximum: 1_000, description: "Any so many units…" }),
      amounts: Amounts("…for this together; one a currency"),
      pick: Pick("Which units make groups, all of them sorted by price; default the dearest first"),
      repeat: Repeat,
      ...actionFields,
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal("buy_get"),
      buy: Type.Optional(
        Type.Unknown({ description: "Lines that are bought: a rule on item. and product.; absent = all" }),
      ),
      buyQty: Count,
      get: Type.Optional(Type.Unknown({ description: "Lines that are reduced for it; absent = all" })),
      getQty: Count,
      ...percentField,
      pick: Pick("Which units are reduced; default the cheapest"),
      repeat: Repeat,
      ...actionFields,
    },
    closed,
  ),
]);

const uses = { usesPerCoupon: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })) };
const couponSchema = Type.Union(
  [
    Type.Object({ type: Type.Literal("none") }, closed),
    Type.Object(
      { type: Type.Literal("specific"), code: Type.String({ minLength: 1, maxLength: 64 }), ...uses },
      closed,
    ),
    Type.Object({ type: Type.Literal("pool"), ...uses }, closed),
  ],
  { description: "Absent = no code is needed" },
);

const DiscountClass = Type.Union([Type.Literal("product"), Type.Literal("order"), Type.Literal("shipping")], {
  description: "Of the discount; default: product with targets, else order",
});
const Tags = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 50, uniqueItems: true, description });

const Label = Type.String({ minLength: 1, maxLength: 200 });

export const cartRuleSchema = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    websites: Codes("Absent = all"),
    customerGroups: Codes("not_logged_in is a group like any other; absent = all"),
    from: Type.Optional(Day),
    to: Type.Optional(Day),
    coupon: Type.Optional(couponSchema),
    usesPerCustomer: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    budget: Type.Optional(
      Type.Object(
        {
          spend: Type.Optional(moneySchema),
          uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
          partial: Type.Optional(
            Type.Boolean({
              description: "What is left of the spend is given where it does not cover the whole discount",
            }),
          ),
        },
        closed,
      ),
    ),
    publicInFeed: Type.Optional(Type.Boolean({ description: "Listed in the store's public feed" })),
    conditions: Type.Optional(Type.Unknown({ description: "Whether the rule runs: a rule on cart. and profile." })),
    targets: Type.Optional(Type.Unknown({ description: "Which lines it reaches: a rule on item. and product." })),
    action: actionSchema,
    freeShipping: Type.Optional(Type.Union([Type.Literal("items"), Type.Literal("shipment")])),
    group: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: "Key of a price rule group; absent = the default group",
      }),
    ),
    class: Type.Optional(DiscountClass),
    tags: Type.Optional(Tags("What combinesWith of other rules may name")),
    combinesWith: Type.Optional(
      Type.Object(
        {
          classes: Type.Optional(Type.Array(DiscountClass, { maxItems: 3 })),
          tags: Type.Optional(Tags("Rules with one of these tags")),
        },
        { ...closed, description: "Other rules that may act on the same cart, if they agree; absent = all" },
      ),
    ),
    conditionsSeeDiscounts: Type.Optional(
      Type.Boolean({ description: "Conditions see the subtotal and the lines after the discounts of earlier rules" }),
    ),
    belowCost: Type.Optional(Type.Boolean({ description: "Lines may go below what the margin guard holds" })),
    stop: Type.Optional(Type.Boolean({ description: "Later rules do nothing to the lines that this one reached" })),
    rewardPoints: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    labels: Type.Optional(
      Type.Object(
        {
          default: Type.Optional(Label),
          storeViews: Type.Optional(Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Label)),
        },
        closed,
      ),
    ),
    blocks: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 100,
        description: "Keys of blocks that are shown while the conditions hold",
      }),
    ),
  },
  closed,
);

/** A cart price rule as it is edited. Store views are its scope; its schedule holds beside the days. */
export type CartRuleBody = Omit<Static<typeof cartRuleSchema>, "conditions" | "targets"> & {
  readonly conditions?: JsonValue;
  readonly targets?: JsonValue;
};
