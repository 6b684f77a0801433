// Ready audiences: the ones that nearly every shop wants first.
import { all, any, attribute, event, items, not, ofCustomer, pathKey } from "./nodes.ts";
import { amount, choice, count, days, hours, ratio } from "./parameter-shorthands.ts";
import type { AudienceTemplate, TemplateParameter, TemplateValues } from "./template.ts";

const category: TemplateParameter = { key: "category", label: "Category", type: "category" };
const brand: TemplateParameter = { key: "brand", label: "Brand", type: "brand" };
const yearDays = days("days", "Spent within", 365);

function orderedWithin(v: TemplateValues, key: string): unknown {
  return attribute("profile.last_order_at", "within_last", v.duration(key));
}

/** Orders of a customer in a time, at least so much. */
function spent(v: TemplateValues, key: string): unknown {
  const window = { last: v.duration("days") };
  return items("orders", { measure: "amount", op: "gte", value: v.money(key), window });
}

/** Members of a tier as the shop says; where it says nothing, by what they spent in the time. */
function tier(name: string, bySpending: unknown): unknown {
  return ofCustomer(
    any(
      attribute("profile.loyalty.tier", "eq", name),
      all(attribute("profile.loyalty.tier", "not_exists"), bySpending),
    ),
  );
}

function lovers(v: TemplateValues, affinity: string, where: unknown): unknown {
  return all(
    attribute(affinity, "gte", v.number("share")),
    any(
      items("viewed", {
        measure: "count",
        op: "gte",
        value: v.number("products"),
        where,
        window: { last: v.duration("days") },
      }),
      items("ordered", { match: "some", where, window: { last: v.duration("days") } }),
    ),
  );
}

export const libraryTemplates: readonly AudienceTemplate[] = [
  {
    key: "new-visitors",
    label: "New visitors",
    group: "library",
    description: "Came for the first time lately and have not ordered.",
    why: "The first visits decide whether somebody comes back; a welcome is worth most now.",
    parameters: [days("days", "First seen within", 14)],
    tree: (v) =>
      all(
        attribute("profile.first_seen_at", "within_last", v.duration("days")),
        attribute("profile.orders_count", "eq", 0),
      ),
  },
  {
    key: "new-customers",
    label: "New customers",
    group: "library",
    description: "Placed their first order lately.",
    why: "Most of whom buy twice do so soon after the first order: it is the time for help and for the second reason to come.",
    parameters: [days("days", "First order within", 30)],
    tree: (v) => attribute("profile.first_order_at", "within_last", v.duration("days")),
  },
  {
    key: "one-time-buyers",
    label: "One-time buyers",
    group: "library",
    description: "Ordered once, a while ago, and not since.",
    why: "The step from one order to two is the largest loss of most shops, and they know the shop already.",
    parameters: [days("days", "Order is older than", 30)],
    tree: (v) =>
      all(
        attribute("profile.orders_count", "eq", 1),
        attribute("profile.last_order_at", "before_last", v.duration("days")),
      ),
  },
  {
    key: "loyal",
    label: "Loyal customers",
    group: "library",
    description: "Order again and again, the last time not long ago.",
    why: "They buy without being asked: thank them, ask them for reviews, do not discount.",
    parameters: [count("orders", "Orders, at least", "orders", 4), days("days", "Last order within", 180)],
    tree: (v) => all(attribute("profile.orders_count", "gte", v.number("orders")), orderedWithin(v, "days")),
  },
  {
    key: "vip",
    label: "VIP by value",
    group: "library",
    description: "Spent a great deal, refunds taken off, and ordered within the year.",
    why: "A few per cent of the customers bring a large part of the profit; losing one costs as much as many others.",
    parameters: [amount("spent", "Spent in all, at least", 50_000), days("days", "Last order within", 365)],
    tree: (v) => all(attribute("profile.orders_revenue_net", "gte", v.money("spent")), orderedWithin(v, "days")),
  },
  {
    key: "at-risk",
    label: "At risk",
    group: "library",
    description: "Ordered at least twice and are late by their own rhythm, or a model says that they are leaving.",
    why: "Each person has a rhythm of their own: twice its length without an order is a better sign than any number of days for all.",
    parameters: [
      { ...count("late", "Of their own gap between orders", "per cent", 200), min: 100, max: 1000 },
      ratio("probability", "Or probability of leaving, at least", 0.7),
      days("days", "Last order within", 365),
    ],
    tree: (v) =>
      all(
        orderedWithin(v, "days"),
        any(
          attribute("profile.days_since_last_order", "gt", {
            ref: "profile.avg_days_between_orders",
            percent: v.number("late"),
          }),
          attribute("profile.churn_probability", "gte", v.number("probability")),
        ),
      ),
  },
  {
    key: "lapsed",
    label: "Lapsed customers",
    group: "library",
    description: "Have ordered, but not for a long time.",
    why: "Winning back costs less than winning; after this long only a strong reason does it.",
    parameters: [days("days", "No order for", 180)],
    tree: (v) => attribute("profile.last_order_at", "before_last", v.duration("days")),
  },
  {
    key: "cart-abandoners",
    label: "Cart abandoners",
    group: "library",
    description: "Left products in the cart and did not change it for a while.",
    why: "Nobody is nearer to buying; most answers to a reminder come within a day.",
    parameters: [
      hours("hours", "Cart untouched for", 1),
      days("days", "But not longer than", 7),
      { ...amount("value", "Cart worth at least", 0) },
    ],
    tree: (v) =>
      all(
        items("cart", { match: "some" }),
        attribute("cart.subtotal", "gte", v.money("value")),
        attribute("cart.updated_at", "before_last", v.duration("hours")),
        attribute("cart.updated_at", "within_last", v.duration("days")),
      ),
  },
  {
    key: "browse-abandoners",
    label: "Browse abandoners",
    group: "library",
    description: "Looked at several products lately, put none into the cart and ordered nothing.",
    why: "Interest without a decision: what they looked at, or what resembles it, is the best reminder.",
    parameters: [count("products", "Products viewed, at least", "products", 3), days("days", "Within", 7)],
    tree: (v) => {
      const window = { last: v.duration("days") };
      return all(
        items("viewed", { measure: "count", op: "gte", value: v.number("products"), window }),
        items("cart", { match: "none" }),
        event("addToCart", { window, count: { op: "eq", value: 0 } }),
        not(orderedWithin(v, "days")),
      );
    },
  },
  {
    key: "category-lovers",
    label: "Category lovers",
    group: "library",
    description: "Lean to one category and have looked at several of its products, or bought one.",
    why: "Affinity forgets with time and counts a purchase more than a view, so that it follows the season of each person.",
    parameters: [
      category,
      ratio("share", "Affinity, at least", 0.1),
      count("products", "Products viewed, at least", "products", 3),
      days("days", "Within", 90),
    ],
    tree: (v) =>
      lovers(
        v,
        `profile.affinity.category.${pathKey(v.text("category"))}`,
        attribute("product.category_ids", "in", [v.text("category")]),
      ),
  },
  {
    key: "brand-lovers",
    label: "Brand lovers",
    group: "library",
    description: "Lean to one brand and have looked at several of its products, or bought one.",
    why: "New products of a brand sell first to those who like it, without a discount.",
    parameters: [
      brand,
      ratio("share", "Affinity, at least", 0.3),
      count("products", "Products viewed, at least", "products", 3),
      days("days", "Within", 180),
    ],
    tree: (v) =>
      lovers(
        v,
        `profile.affinity.brand.${pathKey(v.text("brand"))}`,
        attribute("product.brand", "eq", v.text("brand")),
      ),
  },
  {
    key: "discount-seekers",
    label: "Discount seekers",
    group: "library",
    description: "Buy mostly when something is taken off.",
    why: "They answer to sales, and to nothing else: keep vouchers for them and full prices for the others.",
    parameters: [
      ratio("share", "Of their spending taken off, at least", 0.05),
      count("orders", "Orders, at least", "orders", 2),
    ],
    tree: (v) =>
      all(
        attribute("profile.discount_share", "gte", v.number("share")),
        attribute("profile.orders_count", "gte", v.number("orders")),
      ),
  },
  {
    key: "high-returns",
    label: "High return rate",
    group: "library",
    description: "Send back a large part of what they buy.",
    why: "Returns eat the profit: show sizes and reviews, leave them out of discounts on what is often sent back.",
    parameters: [ratio("share", "Returned, at least", 0.3), count("items", "Items bought, at least", "items", 3)],
    tree: (v) =>
      all(
        attribute("profile.returns_rate", "gte", v.number("share")),
        attribute("profile.items_bought", "gte", v.number("items")),
      ),
  },
  {
    key: "engaged-subscribers",
    label: "Engaged subscribers",
    group: "library",
    description: "Subscribed to the newsletter, and open or click what they get.",
    why: "They keep the sender's name good; test subjects and new content on them first.",
    parameters: [ratio("share", "E-mails of 30 days opened or clicked, at least", 0.3)],
    tree: (v) =>
      all(
        attribute("profile.newsletter", "eq", "subscribed"),
        attribute("profile.email_engagement_30d", "gte", v.number("share")),
      ),
  },
  {
    key: "birthday",
    label: "Birthday soon",
    group: "library",
    description: "Customers whose birthday is today or within the next days.",
    why: "A greeting on the day is opened more than anything else that a shop sends.",
    parameters: [{ ...days("days", "Birthday within", 7), min: 0, max: 60 }],
    tree: (v) => ofCustomer(attribute("profile.birth_date", "anniversary_within", v.number("days"))),
  },
  {
    key: "gold",
    label: "Gold members",
    group: "library",
    description: "Gold as the shop's programme says; without a programme, by what they spent.",
    why: "Tiers give a reason to stay and to spend a little more.",
    parameters: [amount("spent", "Spent, at least", 50_000), yearDays],
    tree: (v) => tier("gold", spent(v, "spent")),
  },
  {
    key: "silver",
    label: "Silver members",
    group: "library",
    description: "Silver as the shop's programme says; without a programme, by what they spent.",
    why: "The middle tier holds those whom a small step makes the best.",
    parameters: [amount("spent", "Spent, at least", 20_000), amount("below", "And less than", 50_000), yearDays],
    tree: (v) => tier("silver", all(spent(v, "spent"), not(spent(v, "below")))),
  },
  {
    key: "bronze",
    label: "Bronze members",
    group: "library",
    description: "Bronze as the shop's programme says; without a programme, customers who spent less than silver.",
    why: "Whoever has ordered once belongs somewhere: show the way up.",
    parameters: [amount("below", "Spent less than", 20_000), yearDays],
    tree: (v) =>
      tier(
        "bronze",
        all(items("orders", { match: "some", window: { last: v.duration("days") } }), not(spent(v, "below"))),
      ),
  },
  {
    key: "cross-channel",
    label: "Cross-channel shoppers",
    group: "library",
    description: "Come to the web shop and to a store.",
    why: "Who uses both channels spends more in each: show stock of the near store and collect-in-store.",
    parameters: [
      count("visits", "Store visits in 90 days, at least", "visits", 1),
      count("sessions", "Web sessions in 30 days, at least", "sessions", 1),
    ],
    tree: (v) =>
      all(
        attribute("profile.store_visits_90d", "gte", v.number("visits")),
        attribute("profile.sessions_30d", "gte", v.number("sessions")),
      ),
  },
  {
    key: "upgrade-eligible",
    label: "Eligible for an upgrade",
    group: "library",
    description: "Told so by the shop; else close below the amount of the next tier.",
    why: "The nearer the next tier, the more a person spends to reach it: say how little is missing.",
    parameters: [
      amount("from", "Spent, at least", 40_000),
      amount("below", "And less than the next tier", 50_000),
      yearDays,
      choice("except", "Not who is already", ["gold", "silver", "bronze"], "gold"),
    ],
    tree: (v) =>
      ofCustomer(
        all(
          attribute("profile.loyalty.tier", "neq", v.text("except")),
          any(
            attribute("profile.upgrade_eligible", "is_true"),
            all(attribute("profile.upgrade_eligible", "not_exists"), spent(v, "from"), not(spent(v, "below"))),
          ),
        ),
      ),
  },
];
