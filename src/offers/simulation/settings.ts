import { type Static, Type } from "typebox";

export const maxOrders = 50_000;

/** A rule that the draft has beside, instead of, or without a live one. */
const changeSchema = Type.Object(
  {
    key: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$" }),
    name: Type.Optional(Type.String({ maxLength: 1_000 })),
    body: Type.Optional(Type.Unknown({ description: "Default: the newest version that is stored" })),
    remove: Type.Optional(Type.Boolean({ description: "Without this rule" })),
  },
  { additionalProperties: false },
);

export const settingsSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    changes: Type.Optional(Type.Array(changeSchema, { maxItems: 200, description: "Against the live rules" })),
    drafts: Type.Optional(Type.Boolean({ description: "Every cart price rule as its newest draft stands" })),
    of: Type.Optional(
      Type.Union([Type.Literal("orders"), Type.Literal("carts")], {
        default: "orders",
        description: "carts: each cart as it stood when it was bought, or last",
      }),
    ),
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 366, description: "Back from now, default 30; not beside from and to" }),
    ),
    from: Type.Optional(
      Type.String({ format: "date", description: "First day, YYYY-MM-DD, in the time zone of the shop" }),
    ),
    to: Type.Optional(Type.String({ format: "date", description: "Last day, included; needs from. Default today" })),
    orders: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxOrders,
        default: 10_000,
        description: "Orders or carts, at most; the newest",
      }),
    ),
    storeView: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    trusted: Type.Optional(
      Type.Boolean({
        description: "Only what servers told; false: what browsers told too. Default: true of orders, false of carts",
      }),
    ),
    marginFloor: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, default: 0, description: "Least share of the price left after cost" }),
    ),
    asOf: Type.Optional(Type.String({ format: "date-time", description: "When the live rules are; default now" })),
  },
  { additionalProperties: false },
);

export type SimulationSettings = Static<typeof settingsSchema>;
