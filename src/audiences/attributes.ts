import type { AttributeMeta, CatalogSnapshot } from "../catalog/index.ts";
import {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
  standardAttributes,
} from "../kernel/rules/index.ts";

function spec(path: string, type: AttributeType, label: string, more: Partial<AttributeSpec> = {}): AttributeSpec {
  return { path, type, label, ...more };
}

/** A list of codes, which never compare as numbers. */
function codes(path: string, label: string): AttributeSpec {
  return spec(path, "list", label, { elements: "key" });
}

/** Traits that every profile has or may have, the open cart, and what every product has. */
const shopAttributes: readonly AttributeSpec[] = [
  spec("profile.is_registered", "boolean", "Has a customer account"),
  spec("profile.email", "text", "E-mail"),
  spec("profile.phone", "text", "Phone"),
  spec("profile.first_name", "text", "First name"),
  spec("profile.last_name", "text", "Last name"),
  spec("profile.gender", "key", "Gender", { values: ["female", "male", "non_specific", "not_specified"] }),
  spec("profile.group", "key", "Customer group", { values: ["general", "retailer", "wholesale"] }),
  spec("profile.birth_date", "date", "Date of birth"),
  spec("profile.created_at", "instant", "Customer since"),
  spec("profile.newsletter", "key", "Newsletter", {
    values: ["subscribed", "unsubscribed", "unconfirmed", "not_active"],
    closed: true,
    changesAt: "profile.changes_at.newsletter",
  }),
  spec("profile.store_credit", "money", "Store credit"),
  spec("profile.reward_points", "number", "Reward points"),
  spec("profile.loyalty.program", "key", "Loyalty: programme"),
  spec("profile.loyalty.tier", "key", "Loyalty: tier", { values: ["bronze", "silver", "gold"] }),
  spec("profile.loyalty.points", "number", "Loyalty: points"),
  spec("profile.loyalty.status", "key", "Loyalty: status"),
  spec("profile.loyalty.join_date", "instant", "Loyalty: member since"),
  spec("profile.upgrade_eligible", "boolean", "Loyalty: eligible for an upgrade"),
  spec("profile.has_default_billing", "boolean", "Has a default billing address"),
  spec("profile.has_default_shipping", "boolean", "Has a default shipping address"),
  spec("profile.last_login_at", "instant", "Last sign-in"),
  spec("profile.days_since_last_login", "number", "Days since the last sign-in", {
    daysSince: "profile.last_login_at",
  }),
  spec("profile.first_seen_at", "instant", "First seen"),
  spec("profile.last_seen_at", "instant", "Last seen"),
  codes("profile.store_views", "Store views where seen"),
  spec("profile.sessions", "number", "Sessions"),
  spec("profile.sessions_30d", "number", "Sessions in 30 days", { changesAt: "profile.changes_at.sessions_30d" }),
  spec("profile.orders_count", "number", "Number of orders"),
  spec("profile.orders_revenue_net", "money", "Revenue after refunds"),
  spec("profile.lifetime_sales", "money", "Lifetime sales"),
  spec("profile.lifetime_refunds", "money", "Lifetime refunds"),
  spec("profile.lifetime_profit", "money", "Lifetime profit: sales less refunds"),
  spec("profile.aov", "money", "Average order value"),
  spec("profile.first_order_at", "instant", "First order"),
  spec("profile.last_order_at", "instant", "Last order"),
  spec("profile.days_since_last_order", "number", "Days since the last order", { daysSince: "profile.last_order_at" }),
  spec("profile.days_since_first_order", "number", "Days since the first order", {
    daysSince: "profile.first_order_at",
  }),
  spec("profile.avg_days_between_orders", "number", "Average days between orders"),
  spec("profile.items_bought", "number", "Items bought"),
  spec("profile.returns_rate", "number", "Share of items returned"),
  spec("profile.discount_share", "number", "Share of the price taken off by discounts"),
  spec("profile.unconfirmed_orders", "number", "Orders that only the browser reported", {
    changesAt: "profile.changes_at.unconfirmed_orders",
  }),
  spec("profile.favourite_category", "key", "Favourite category"),
  spec("profile.favourite_brand", "key", "Favourite brand"),
  spec("profile.price_band", "key", "Favourite price band"),
  spec("profile.last_search_terms", "list", "Last search phrases"),
  codes("profile.last_viewed_products", "Last viewed products"),
  spec("profile.affinity.category.<category>", "number", "Affinity to a category, share 0 to 1"),
  spec("profile.affinity.brand.<brand>", "number", "Affinity to a brand, share 0 to 1"),
  spec("profile.affinity.<attribute>.<value>", "number", "Affinity, share 0 to 1"),
  spec("profile.preferred_channel", "key", "Preferred channel", { values: ["web", "app", "pos", "callcenter"] }),
  spec("profile.wishlist.items_count", "number", "Wish list: products"),
  spec("profile.wishlist.shared", "boolean", "Wish list: shared"),
  spec("profile.wishlist.updated_at", "instant", "Wish list: last change"),
  codes("profile.wishlist.skus", "Wish list: SKUs"),
  codes("profile.coupons_used", "Coupons used"),
  spec("profile.store_visits_90d", "number", "Store visits in 90 days", {
    changesAt: "profile.changes_at.store_visits_90d",
  }),
  spec("profile.email_engagement_30d", "number", "Share of e-mails of 30 days opened or clicked", {
    changesAt: "profile.changes_at.email_engagement_30d",
  }),
  spec("profile.best_send_hour", "number", "Best hour for messages", {
    changesAt: "profile.changes_at.best_send_hour",
  }),
  spec("profile.rfm.r", "number", "RFM: recency, 1 to 5"),
  spec("profile.rfm.f", "number", "RFM: frequency, 1 to 5"),
  spec("profile.rfm.m", "number", "RFM: money, 1 to 5"),
  spec("profile.rfm.segment", "key", "RFM: segment"),
  spec("profile.rfm.score", "key", "RFM: cell, e.g. 543"),
  spec("profile.clv_12m", "money", "Expected value of 12 months"),
  spec("profile.churn_probability", "number", "Probability of leaving, 0 to 1"),
  spec("profile.p_alive", "number", "Probability of still being a customer, 0 to 1"),
  spec("profile.propensity_7d", "number", "Probability of an order within 7 days, 0 to 1"),
  spec("profile.propensity_30d", "number", "Probability of an order within 30 days, 0 to 1"),
  spec("profile.expected_orders_30d", "number", "Expected orders of 30 days"),
  spec("profile.next_order_at", "instant", "Next order expected"),
  spec("profile.cluster", "key", "Cluster"),
  spec("profile.trait_flags", "list", "Flags of computed traits", { values: ["missing_rate"], closed: true }),
  spec("profile.open_cart.cart_id", "key", "Open cart: id"),
  spec("profile.open_cart.value", "money", "Open cart: value"),
  spec("profile.open_cart.items", "number", "Open cart: items"),
  spec("profile.open_cart.updated_at", "instant", "Open cart: last change"),
  spec("profile.counters.<event>", "number", "Number of events"),
  spec("profile.consents.<category>", "key", "Consent", {
    values: ["granted", "denied", "unset"],
    closed: true,
    changesAt: "profile.changes_at.consents",
  }),
  spec("profile.*", "json", "Attribute of the shop"),
  spec("cart.subtotal", "money", "Cart subtotal"),
  spec("cart.subtotal_with_discount", "money", "Cart subtotal with discount"),
  spec("cart.subtotal_incl_tax", "money", "Cart subtotal with tax"),
  spec("cart.grand_total", "money", "Cart grand total"),
  spec("cart.tax", "money", "Cart tax"),
  spec("cart.shipping", "money", "Cart shipping costs"),
  spec("cart.store_credit", "money", "Store credit used in the cart"),
  spec("cart.gift_card", "money", "Gift cards used in the cart"),
  spec("cart.total_qty", "number", "Items in the cart"),
  spec("cart.line_count", "number", "Lines in the cart"),
  spec("cart.weight", "number", "Weight of the cart"),
  spec("cart.eligible_subtotal", "money", "Cart price rules: subtotal of the lines that the rule reaches"),
  spec("cart.eligible_qty", "number", "Cart price rules: items that the rule reaches"),
  spec("cart.eligible_weight", "number", "Cart price rules: weight of the lines that the rule reaches"),
  spec("cart.updated_at", "instant", "Last change of the cart"),
  spec("cart.cart_id", "key", "Cart"),
  codes("cart.coupon", "Coupon codes in the cart"),
  spec("cart.shipping_method", "key", "Shipping method"),
  spec("cart.payment_method", "key", "Payment method"),
  spec("cart.country", "key", "Shipping country"),
  spec("cart.region", "text", "Shipping region"),
  spec("cart.region_id", "key", "Shipping region code"),
  spec("cart.postcode", "text", "Shipping postcode"),
  ...productAttributes("product", "Product"),
  ...productAttributes("matched", "Matched product"),
];

function productAttributes(subject: string, label: string): readonly AttributeSpec[] {
  return [
    spec(`${subject}.sku`, "key", `${label}: SKU`),
    spec(`${subject}.parent_sku`, "key", `${label}: parent SKU`),
    spec(`${subject}.type`, "key", `${label}: type`),
    spec(`${subject}.name`, "text", `${label}: name`),
    spec(`${subject}.brand`, "key", `${label}: brand`),
    spec(`${subject}.category_ids`, "list", `${label}: categories`),
    spec(`${subject}.price`, "money", `${label}: price`),
    spec(`${subject}.special_price`, "money", `${label}: special price`),
    spec(`${subject}.final_price`, "money", `${label}: final price`),
    spec(`${subject}.in_stock`, "boolean", `${label}: in stock`),
    spec(`${subject}.stock_qty`, "number", `${label}: stock`),
    spec(`${subject}.out_of_stock_at`, "instant", `${label}: last out of stock since`),
    spec(`${subject}.back_in_stock_at`, "instant", `${label}: back in stock since`),
    spec(`${subject}.rating`, "number", `${label}: rating`),
    spec(`${subject}.created_at`, "instant", `${label}: in the catalog since`),
    spec(`${subject}.<code>`, "json", `${label}: attribute`),
  ];
}

/** Whether every product has the attribute of this path; one of the shop with the same code is never read. */
export function isStandardAttribute(path: string): boolean {
  return shopAttributes.some((attribute) => attribute.path === path);
}

const typeByInput: Readonly<Record<AttributeMeta["input"], AttributeType>> = {
  text: "text",
  select: "key",
  multiselect: "list",
  boolean: "boolean",
  number: "number",
  price: "number",
  date: "date",
};

/**
 * The attribute catalog of this shop: the standard one, and the product attributes of its catalog with their options.
 *
 * @param traits attributes of the traits that people defined
 */
export function attributesOf(catalog: CatalogSnapshot, traits: readonly AttributeSpec[] = []): AttributeCatalog {
  const fixed = new Set(shopAttributes.map(({ path }) => path));
  const own = [...catalog.attributes.values()].flatMap(({ code, label, input, options }) =>
    ["product", "matched"].map((subject) =>
      spec(
        `${subject}.${code.replaceAll(".", "\\.")}`,
        typeByInput[input],
        label,
        options.length > 0 ? { values: options } : {},
      ),
    ),
  );
  return createAttributeCatalog([
    ...standardAttributes,
    ...shopAttributes,
    ...traits,
    ...own.filter(({ path }) => !fixed.has(path)),
  ]);
}
