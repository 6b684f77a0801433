import { Type } from "typebox";
import { listOf, pageSchema } from "../../http/index.ts";
import { settingsSchema } from "./settings.ts";

const Count = Type.Integer({ minimum: 0 });
const Minor = Type.Integer({ description: "Minor units" });
export const bothSchema = Type.Object({ live: Minor, draft: Minor });
const Counts = Type.Object({ live: Count, draft: Count });
export const outcomeSchema = Type.Union([Type.String(), Type.Null()], { description: "null = not a candidate" });

const runFields = {
  id: Type.String(),
  status: Type.Union([
    Type.Literal("running"),
    Type.Literal("done"),
    Type.Literal("cancelled"),
    Type.Literal("failed"),
  ]),
  settings: settingsSchema,
  done: Type.Integer({ description: "Orders" }),
  total: Type.Integer(),
  error: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String({ format: "date-time" }),
  createdBy: Type.String(),
  finishedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
};

const totalsSchema = Type.Object({
  currency: Type.String(),
  ...{ orders: Count, changed: Count, better: Count, worse: Count, betterBy: Minor, worseBy: Minor, subtotal: Minor },
  discount: bothSchema,
  margin: Type.Object({ live: Minor, draft: Minor }, { description: "Of lines whose cost is known" }),
  costedSubtotal: Minor,
  belowFloor: Counts,
});

const ruleSchema = Type.Object({
  ...{ key: Type.String(), name: Type.String(), priority: Type.Integer(), isChanged: Type.Boolean(), orders: Counts },
  discount: listOf(Type.Object({ currency: Type.String(), live: Minor, draft: Minor })),
  missed: Type.Record(Type.String(), Count, { description: "With the draft: carts by the outcome that kept it away" }),
  belowFloor: Count,
});

const findingSchema = Type.Object({
  code: Type.String(),
  rules: listOf(Type.String()),
  orders: Count,
  text: Type.String(),
});

export const sampleSchema = Type.Object({
  day: Type.String(),
  storeView: Type.String(),
  currency: Type.String(),
  subtotal: Minor,
  discount: bothSchema,
  lines: listOf(Type.Object({ sku: Type.String(), name: Type.String(), qty: Type.Number(), discount: bothSchema })),
  rules: listOf(
    Type.Object({
      rule: Type.String(),
      outcome: Type.Object({ live: outcomeSchema, draft: outcomeSchema }),
      discount: bothSchema,
      failing: Type.Optional(Type.String({ description: "The condition that did not hold" })),
    }),
  ),
});

export const reportFields = {
  orders: Count,
  unreadable: Count,
  totals: listOf(totalsSchema),
  rules: listOf(ruleSchema),
  findings: listOf(findingSchema),
  sample: listOf(sampleSchema),
};
const reportSchema = Type.Object(reportFields);

export const runSchema = Type.Object(runFields);
export const runsSchema = Type.Object({
  ...pageSchema(runSchema).properties,
  timezone: Type.String({ description: "Of the shop, IANA: days of a period begin in it" }),
});
export const resultSchema = Type.Object({ ...runFields, result: Type.Union([reportSchema, Type.Null()]) });
