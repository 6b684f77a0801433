import { Type } from "typebox";
import { listOf } from "../../http/index.ts";
import { bothSchema, outcomeSchema, reportFields, sampleSchema } from "../simulation/schemas.ts";
import { settingsSchema } from "./settings.ts";

const Count = Type.Integer({ minimum: 0 });
const Time = Type.String({ format: "date-time" });

export const runSchema = Type.Object({
  ...{ id: Type.String(), name: Type.String() },
  status: Type.Union([Type.Literal("running"), Type.Literal("stopped"), Type.Literal("ended")]),
  settings: settingsSchema,
  coverage: Type.Object(
    {
      seen: Count,
      judged: Count,
      superseded: Type.Integer({ minimum: 0, description: "The same cart came again before its turn" }),
      dropped: Type.Integer({ minimum: 0, description: "The process was too busy, or ended" }),
      failed: Count,
    },
    { description: "Evaluations of carts" },
  ),
  ...{ createdAt: Time, createdBy: Type.String(), endsAt: Time, stoppedAt: Type.Union([Time, Type.Null()]) },
});

export const reportSchema = Type.Object({
  ...reportFields,
  bought: Type.Object(
    { orders: Count, changed: Type.Integer({ minimum: 0, description: "Of them, those that the draft changes" }) },
    { description: "Carts that became orders" },
  ),
  days: listOf(
    Type.Object({
      day: Type.String({ description: "YYYY-MM-DD of the store, by the last outcome of a cart" }),
      ...{ currency: Type.String(), orders: Count, changed: Count, bought: Count, discount: bothSchema },
    }),
  ),
});

export const cartSchema = Type.Object({
  at: Time,
  isTrusted: Type.Boolean({ description: "Whether a server asked" }),
  ...{
    storeView: Type.String(),
    currency: Type.String(),
    lines: Count,
    subtotal: Type.Integer(),
    discount: bothSchema,
  },
  isBought: Type.Boolean(),
  rules: listOf(
    Type.Object({
      key: Type.String(),
      outcome: Type.Object({ live: outcomeSchema, draft: outcomeSchema }),
      given: bothSchema,
    }),
  ),
  sample: Type.Union([sampleSchema, Type.Null()], { description: "Line by line; null = both treat it alike" }),
});
