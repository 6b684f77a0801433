/** One rule for each thing the language can say; the manual and the tests use them. */
export const ruleExamples: readonly unknown[] = [
  { attribute: { path: "profile.gender", op: "eq", value: "female" } },
  { attribute: { path: "profile.group", op: "not_in", value: ["wholesale", "retailer"] } },
  { attribute: { path: "profile.birth_date", op: "anniversary_within", value: 7 } },
  { attribute: { path: "profile.created_at", op: "gte", value: "2026-01-01", timezone: "Europe/Berlin" } },
  { attribute: { path: "profile.newsletter", op: "eq", value: "subscribed" } },
  { attribute: { path: "profile.churn_probability", op: "between", value: [0.6, 1] } },
  { attribute: { path: "profile.coupons_used", op: "contains_all", value: ["SPRING", "VIP10"] } },
  {
    items: {
      of: "addresses",
      match: "some",
      where: {
        all: [
          { attribute: { path: "item.city", op: "contains", value: "Los Angeles" } },
          { attribute: { path: "item.region", op: "eq", value: "California" } },
        ],
      },
    },
  },
  {
    items: {
      of: "addresses",
      match: "some",
      where: {
        all: [
          { attribute: { path: "item.default_billing", op: "is_true" } },
          { attribute: { path: "item.country", op: "eq", value: "US" } },
        ],
      },
    },
  },
  { attribute: { path: "cart.subtotal", op: "gte", value: { minor: 5000, currency: "USD" } } },
  { attribute: { path: "cart.shipping_method", op: "eq", value: "flatrate_flatrate" } },
  {
    items: {
      of: "cart",
      match: "some",
      where: {
        all: [
          { attribute: { path: "product.color", op: "in", value: ["red", "blue"] } },
          { attribute: { path: "item.price", op: "gte", value: { minor: 2000, currency: "USD" } } },
        ],
      },
    },
  },
  {
    items: {
      of: "cart",
      match: "none",
      where: { attribute: { path: "product.attribute_set", op: "eq", value: "shirts" } },
    },
  },
  { items: { of: "cart", measure: "quantity", op: "gt", value: 100 } },
  {
    items: {
      of: "cart",
      measure: "amount",
      op: "gte",
      value: { minor: 10000, currency: "EUR" },
      where: { attribute: { path: "product.category_ids", op: "in", value: ["tents"] } },
    },
  },
  {
    items: { of: "wishlist", match: "some", where: { attribute: { path: "product.sku", op: "eq", value: "24-MB01" } } },
  },
  {
    items: {
      of: "viewed",
      match: "some",
      window: { last: "7d" },
      where: { attribute: { path: "product.category_ids", op: "in", value: ["tents"] } },
    },
  },
  {
    all: [
      { items: { of: "viewed", match: "some", where: { attribute: { path: "product.sku", op: "eq", value: "t" } } } },
      { items: { of: "ordered", match: "none", where: { attribute: { path: "product.sku", op: "eq", value: "t" } } } },
    ],
  },
  {
    items: {
      of: "orders",
      measure: "count",
      op: "gte",
      value: 1,
      where: { attribute: { path: "item.shipping.country", op: "eq", value: "DE" } },
    },
  },
  {
    items: {
      of: "orders",
      measure: "amount",
      op: "gte",
      value: { minor: 10000, currency: "USD" },
      window: { last: "30d" },
      statuses: ["complete"],
    },
  },
  { items: { of: "orders", measure: "average_amount", op: "gt", value: { minor: "33.33", currency: "USD" } } },
  { items: { of: "orders", measure: "average_quantity", op: "gte", value: 3 } },
  {
    any: [
      { attribute: { path: "profile.last_order_at", op: "before_last", value: "90d" } },
      { attribute: { path: "profile.last_order_at", op: "not_exists" } },
    ],
  },
  {
    event: {
      name: "productPageView",
      window: { last: "14d" },
      count: { op: "gte", value: 5 },
      distinct: "event.properties.items.sku",
    },
  },
  {
    event: {
      name: "completeCheckout",
      window: { calendar: "month", offset: -1, timezone: "UTC" },
      count: { op: "eq", value: 0 },
    },
  },
  {
    event: {
      name: "addToCart",
      where: {
        items: { of: "event", match: "some", where: { attribute: { path: "product.brand", op: "eq", value: "Acme" } } },
      },
    },
  },
  {
    sequence: {
      window: { last: "30d" },
      steps: [
        { name: "addToCart" },
        {
          name: "startCheckout",
          within: "1h",
          notBetween: [{ name: "removeFromCart" }],
          same: [{ step: 0, path: "event.properties.cartId", otherPath: "event.properties.cartId" }],
        },
        { name: "completeCheckout", within: "2h" },
      ],
    },
  },
  {
    all: [
      { audience: { id: "vip", for: "30d" } },
      { not: { audience: { id: "at-risk" } } },
      { consent: { category: "marketing", status: "granted" } },
    ],
  },
  { bucket: { salt: "welcome-2026", from: 0, to: 1000 } },
  { attribute: { path: "product.brand", op: "eq", value: { ref: "matched.brand" } } },
  { attribute: { path: "product.final_price", op: "lte", value: { ref: "matched.final_price", percent: 80 } } },
  {
    attribute: { path: "product.category_ids", op: "in", value: { ref: "matched.category_ids", relation: "children" } },
  },
  { attribute: { path: "context.query", op: "starts_with", value: "yoga" } },
  { attribute: { path: "context.app_version", op: "gte", value: "10.2.0-beta" } },
  { attribute: { path: "context.nums", op: "any_match", where: { attribute: { path: "item", op: "gt", value: 10 } } } },
  { message: { channel: "email", event: "clicked", count: { op: "eq", value: 0 }, window: { last: "90d" } } },
  {
    event: {
      name: "searchRequestSent",
      where: { attribute: { path: "event.properties.searchQuery", op: "contains", value: "yoga" } },
      window: { last: "30d" },
    },
  },
  {
    all: [
      { attribute: { path: "profile.favourite_category", op: "eq", value: "tents" } },
      {
        event: {
          name: "pageView",
          where: {
            all: [
              { attribute: { path: "event.context.campaign.source", op: "eq", value: "newsletter" } },
              { attribute: { path: "event.context.device", op: "eq", value: "mobile" } },
            ],
          },
          window: { last: "7d" },
        },
      },
    ],
  },
];
