import { type Static, Type } from "typebox";
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
const amountField = {
  amounts: Type.Array(moneySchema, {
    minItems: 1,
    maxItems: 50,
    description: "One a currency; other currencies take the first at today's rate",
  }),
};
const closed = { additionalProperties: false };

const actionSchema = Type.Union([
  Type.Object(
    {
      type: Type.Literal("percent"),
      percent: Type.String({ pattern: "^\\d{1,3}(\\.\\d{1,6})?$", description: "Decimal text, 0 to 100" }),
      ...actionFields,
      ...stepField,
    },
    closed,
  ),
  Type.Object({ type: Type.Literal("fixed"), ...amountField, ...actionFields, ...stepField }, closed),
  Type.Object({ type: Type.Literal("cart_fixed"), ...amountField, ...actionFields }, closed),
  Type.Object({ type: Type.Literal("buy_x_get_y"), buy: Count, get: Count, ...actionFields }, closed),
  Type.Object(
    {
      type: Type.Literal("free_gift"),
      sku: Type.String({ minLength: 1, maxLength: 100 }),
      qty: Count,
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
        },
        closed,
      ),
    ),
    publicInFeed: Type.Optional(Type.Boolean({ description: "Listed in the store's public feed" })),
    conditions: Type.Optional(Type.Unknown({ description: "Whether the rule runs: a rule on cart. and profile." })),
    targets: Type.Optional(Type.Unknown({ description: "Which lines it reaches: a rule on item. and product." })),
    action: actionSchema,
    freeShipping: Type.Optional(Type.Union([Type.Literal("items"), Type.Literal("shipment")])),
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
