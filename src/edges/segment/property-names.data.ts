// Property names of the ecommerce specification and ours, used in both directions.

export type FieldKind = "text" | "number" | "money" | "any";
export type Field = { readonly key: string; readonly native: string; readonly kind: FieldKind };

const field = (key: string, native: string, kind: FieldKind): Field => ({ key, native, kind });

/** Of every event that `hasKnownProperties`. */
export const commonFields: readonly Field[] = [
  field("order_id", "orderId", "text"),
  field("refund_id", "refundId", "text"),
  field("checkout_id", "checkoutId", "text"),
  field("cart_id", "cartId", "text"),
  field("wishlist_id", "listId", "text"),
  field("wishlist_name", "listName", "any"),
  field("query", "searchQuery", "text"),
  field("search_id", "searchId", "text"),
  field("results_count", "results", "number"),
  field("decision_id", "decisionId", "text"),
  field("shipping_method", "shippingMethod", "any"),
  field("payment_method", "paymentMethod", "any"),
  field("coupon_name", "couponName", "any"),
  field("subtotal", "subtotal", "money"),
  field("revenue", "revenue", "money"),
  field("value", "value", "money"),
  field("tax", "tax", "money"),
  field("shipping", "shipping", "money"),
  field("discount", "discount", "money"),
];

/** Of product lists. */
export const listFields: readonly Field[] = [
  field("list_id", "categoryId", "text"),
  field("category", "categoryPath", "text"),
  field("category_name", "categoryName", "any"),
];

/** Of banners and offers: fields of the one proposition. */
export const promotionFields: readonly Field[] = [
  field("promotion_id", "id", "text"),
  field("position", "scope", "text"),
  field("creative", "itemId", "text"),
  field("activity_id", "activityId", "text"),
  field("name", "name", "any"),
];
