// What goes beyond the native conditions: how long ago, how much a person is worth, how they behave.
import { any, attribute, event, ofCustomer, pathKey } from "./nodes.ts";
import { amount, choice, comparison, count, days, hours, openChoice, ratio, text } from "./parameter-shorthands.ts";
import type { AudienceTemplate, TemplateParameter } from "./template.ts";

const ago: readonly TemplateParameter[] = [comparison("gte"), days("days", "Days", 30, { min: 0 })];
const recencyWhy = "How long ago somebody did something foretells better than anything else whether they do it again.";

const recency: readonly AudienceTemplate[] = [
  {
    key: "days-since-order",
    label: "Days since the last order",
    group: "recency",
    description: "People who have ordered, by full days since the last order.",
    why: recencyWhy,
    parameters: ago,
    tree: (v) => attribute("profile.days_since_last_order", v.text("op"), v.number("days")),
  },
  {
    key: "days-since-first-order",
    label: "Days since the first order",
    group: "recency",
    description: "People who have ordered, by full days since the first order.",
    why: "Tells how far somebody is on the way from first order to regular.",
    parameters: ago,
    tree: (v) => attribute("profile.days_since_first_order", v.text("op"), v.number("days")),
  },
  {
    key: "days-since-login",
    label: "Days since the last sign-in",
    group: "recency",
    description: "Customers by full days since they last signed in.",
    why: "Who signs in wants something: an order, a return, points.",
    parameters: ago,
    tree: (v) => ofCustomer(attribute("profile.days_since_last_login", v.text("op"), v.number("days"))),
  },
  {
    key: "days-between-orders",
    label: "Average days between orders",
    group: "recency",
    description: "People with at least two orders, by their own rhythm.",
    why: "The right day for a reminder is a little before the next order, not the same day for all.",
    parameters: [comparison("lte"), days("days", "Days", 30)],
    tree: (v) => attribute("profile.avg_days_between_orders", v.text("op"), v.number("days")),
  },
  {
    key: "days-without-purchase",
    label: "Days without a purchase",
    group: "recency",
    description: "Everybody who has not ordered for so long, those who never have included.",
    why: recencyWhy,
    parameters: [days("days", "No order for", 90)],
    tree: (v) =>
      any(
        attribute("profile.last_order_at", "before_last", v.duration("days")),
        attribute("profile.last_order_at", "not_exists"),
      ),
  },
];

function worth(key: string, label: string, path: string, description: string, minor: number): AudienceTemplate {
  return {
    key,
    label,
    group: "value",
    description,
    why: "Effort should follow worth.",
    parameters: [comparison(), amount("amount", "Compared with", minor)],
    tree: (v) => attribute(path, v.text("op"), v.money("amount")),
  };
}

const value: readonly AudienceTemplate[] = [
  worth("lifetime-sales", "Lifetime sales", "profile.lifetime_sales", "By the sum of all orders.", 50_000),
  worth("lifetime-refunds", "Lifetime refunds", "profile.lifetime_refunds", "By what was given back in all.", 10_000),
  worth(
    "lifetime-profit",
    "Lifetime profit",
    "profile.lifetime_profit",
    "By the sum of all orders less what was given back.",
    50_000,
  ),
  worth(
    "predicted-value",
    "Predicted value of 12 months",
    "profile.clv_12m",
    "By what the value model expects of the next 12 months.",
    20_000,
  ),
  {
    key: "rfm-cell",
    label: "RFM cell",
    group: "value",
    description: "By recency, frequency and money, each from 1 (low) to 5 (high).",
    why: "Three numbers that have ordered mailing lists for decades.",
    parameters: [
      { ...count("recency", "Recency, at least", "1 to 5", 4), max: 5 },
      { ...count("frequency", "Frequency, at least", "1 to 5", 4), max: 5 },
      { ...count("money", "Money, at least", "1 to 5", 4), max: 5 },
    ],
    tree: (v) => ({
      all: [
        attribute("profile.rfm.r", "gte", v.number("recency")),
        attribute("profile.rfm.f", "gte", v.number("frequency")),
        attribute("profile.rfm.m", "gte", v.number("money")),
      ],
    }),
  },
  {
    key: "churn-score",
    label: "Probability of leaving",
    group: "value",
    description: "By the probability that the churn model gives.",
    why: "Money for keeping people is well spent on those who waver, not on those who stay or have left.",
    parameters: [ratio("from", "At least", 0.6), ratio("to", "At most", 1)],
    tree: (v) => attribute("profile.churn_probability", "between", [v.number("from"), v.number("to")]),
  },
];

const eventNames = ["productPageView", "addToCart", "searchRequestSent", "signIn", "completeCheckout"];

const behaviour: readonly AudienceTemplate[] = [
  {
    key: "event-count",
    label: "Did something so often",
    group: "behaviour",
    description: "People who did something at least, or at most, so many times lately.",
    why: "Repeating is a stronger sign than doing.",
    parameters: [
      openChoice("event", "Event", eventNames, "productPageView"),
      comparison(),
      count("times", "Times", "times", 5, 0),
      days("days", "Within", 14),
    ],
    tree: (v) =>
      event(v.text("event"), {
        window: { last: v.duration("days") },
        count: { op: v.text("op"), value: v.number("times") },
      }),
  },
  {
    key: "did-then-did",
    label: "Did one thing, then another",
    group: "behaviour",
    description: "People who did two things in this order, the second soon after the first.",
    why: "The order tells intent: searching and then looking is another thing than looking.",
    parameters: [
      openChoice("first", "First", eventNames, "searchRequestSent"),
      openChoice("second", "Then", eventNames, "productPageView"),
      hours("hours", "At most later by", 1),
      days("days", "Within", 30),
    ],
    tree: (v) => ({
      sequence: {
        window: { last: v.duration("days") },
        steps: [{ name: v.text("first") }, { name: v.text("second"), within: v.duration("hours") }],
      },
    }),
  },
  {
    key: "searched-for",
    label: "Searched for",
    group: "behaviour",
    description: "People who searched for a phrase with these words lately.",
    why: "Nobody says more plainly what they want.",
    parameters: [text("phrase", "Words"), days("days", "Within", 30)],
    tree: (v) =>
      event("searchRequestSent", {
        where: attribute("event.properties.searchQuery", "contains", v.text("phrase")),
        window: { last: v.duration("days") },
      }),
  },
  {
    key: "category-affinity",
    label: "Affinity to a category",
    group: "behaviour",
    description: "People by how much of their interest goes to one category.",
    why: "Interest forgets with time, so that it follows the person.",
    parameters: [
      { key: "category", label: "Category", type: "category" },
      comparison(),
      ratio("share", "Share of interest", 0.1),
    ],
    tree: (v) => attribute(`profile.affinity.category.${pathKey(v.text("category"))}`, v.text("op"), v.number("share")),
  },
  {
    key: "device",
    label: "Device",
    group: "behaviour",
    description: "People who came with a kind of device lately.",
    why: "On a telephone people look, at a desk they buy: what fits differs.",
    parameters: [choice("device", "Device", ["desktop", "mobile", "tablet"], "mobile"), days("days", "Within", 30)],
    tree: (v) =>
      event("pageView", {
        where: attribute("event.context.device", "eq", v.text("device")),
        window: { last: v.duration("days") },
      }),
  },
  {
    key: "campaign-source",
    label: "Campaign source",
    group: "behaviour",
    description: "People who came from a campaign lately.",
    why: "The page should go on where the advertisement ended.",
    parameters: [text("source", "Source", "newsletter"), days("days", "Within", 30)],
    tree: (v) =>
      event("pageView", {
        where: attribute("event.context.campaign.source", "eq", v.text("source")),
        window: { last: v.duration("days") },
      }),
  },
  {
    key: "consent",
    label: "Consent",
    group: "behaviour",
    description: "People by what they allowed.",
    why: "What may be done with somebody comes before what would be good.",
    parameters: [
      openChoice("category", "Category", ["marketing", "personalisation", "analytics", "advertising"], "marketing"),
      choice("status", "Status", ["granted", "denied", "unset"], "granted"),
    ],
    tree: (v) => ({ consent: { category: v.text("category"), status: v.text("status") } }),
  },
];

export const signalTemplates: readonly AudienceTemplate[] = [...recency, ...value, ...behaviour];
