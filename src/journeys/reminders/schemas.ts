import { Type } from "typebox";
import { listOf, pageSchema } from "../../http/index.ts";

const instant = Type.String({ format: "date-time" });
const maybeInstant = Type.Union([instant, Type.Null()]);
const maybeText = Type.Union([Type.String(), Type.Null()]);
const counts = Type.Record(Type.String(), Type.Integer());

export const runSchema = Type.Object({
  id: Type.String(),
  state: Type.String({ description: "running, finished, failed or stopped" }),
  startedAt: instant,
  finishedAt: maybeInstant,
  counts: Type.Record(Type.String(), Type.Integer(), {
    description: "looked, begun, due, swept, `ended:` and `skipped:` with the reason",
  }),
  error: maybeText,
});

export const explanationSchema = Type.Object({
  profileId: Type.String(),
  label: Type.String({ description: "Name, e-mail address or customer id; empty = nothing is known" }),
  storeView: Type.String(),
  holds: Type.Boolean({ description: "The conditions hold" }),
  hindrance: Type.Union([Type.String(), Type.Null()], {
    description: "Why the rule has nothing to do with the customer: rule_not_live, other_store_view, guest",
  }),
  end: Type.Union([Type.String(), Type.Null()], { description: "Why the sequence under way ends at the next run" }),
  step: Type.Union([Type.Integer(), Type.Null()], { description: "What the next run makes due, from 0" }),
  why: Type.Union([Type.String(), Type.Null()], { description: "Why that step brings no mail" }),
  channel: Type.Union([Type.String(), Type.Null()], { description: "How that step goes out: email, sms, push" }),
  template: Type.Union([Type.String(), Type.Null()], {
    description: "Key of its template, by channel and store view; null = no step, or none is selected",
  }),
  title: Type.String({ description: "Its title, by store view; empty = none, or as its promotion" }),
  control: Type.Boolean(),
  products: listOf(Type.String({ description: "SKUs that the rule is about" })),
  dates: listOf(instant),
  explanation: Type.Unknown({ description: "The conditions, leaf by leaf, with what was seen" }),
});

const textSchema = Type.Object(
  {
    channel: Type.String({ description: "email, sms or push" }),
    storeView: Type.String({ description: "Where the customers were seen last" }),
    template: Type.String({ description: "Key" }),
    count: Type.Integer({ description: "Customers" }),
  },
  { description: "A text that those who are due would get; the most frequent first, at most 100" },
);

export const estimateSchema = Type.Object({
  checked: Type.Integer({ description: "Customers that were judged" }),
  isComplete: Type.Boolean({ description: "All were; else the counts are of those that were judged" }),
  due: Type.Integer({ description: "A message would be made due by the next run" }),
  hindered: Type.Record(Type.String(), Type.Integer(), {
    description: "The occasion is there and no message would go out, by reason",
  }),
  texts: listOf(textSchema),
  samples: listOf(explanationSchema),
  dates: listOf(instant),
  timezone: Type.String({ description: "In which the dates keep their time of day" }),
});

export const duePageSchema = pageSchema(explanationSchema);

export const profileSchema = Type.Object({
  ...explanationSchema.properties,
  sequences: listOf(
    Type.Object({
      sequence: Type.Integer(),
      firstMatchAt: instant,
      nextStep: Type.Integer(),
      control: Type.Boolean(),
      code: maybeText,
      codeExpires: maybeText,
      endedAt: maybeInstant,
      endedReason: maybeText,
    }),
  ),
  mails: listOf(
    Type.Object({
      id: Type.String(),
      sequence: Type.Integer(),
      step: Type.Integer(),
      state: Type.String({ description: "due, claimed, sent, failed or skipped" }),
      reason: maybeText,
      dueAt: instant,
      settledAt: maybeInstant,
      storeView: maybeText,
      template: maybeText,
      channel: Type.String(),
    }),
  ),
});

const group = Type.Object({
  begun: Type.Integer(),
  bought: Type.Integer(),
  ratio: Type.Union([Type.Number(), Type.Null()]),
});

export const reportSchema = Type.Object({
  steps: listOf(
    Type.Object({
      step: Type.Integer(),
      sent: Type.Integer(),
      waiting: Type.Integer(),
      failed: Type.Integer(),
      skipped: counts,
    }),
  ),
  ended: counts,
  active: Type.Integer(),
  reminded: group,
  control: group,
  lift: Type.Union([Type.Number(), Type.Null()], {
    description: "How much more of the reminded bought than of the control group, in points of the ratio",
  }),
});

export const cartSchema = Type.Object({
  cartId: maybeText,
  items: listOf(Type.Object({ sku: Type.String(), qty: Type.Number(), parentSku: maybeText })),
});
