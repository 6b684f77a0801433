import {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
} from "../../kernel/rules/attribute-catalog.ts";
import { standardAttributes } from "../../kernel/rules/standard-attributes.data.ts";

function specs(type: AttributeType, ...paths: readonly string[]): readonly AttributeSpec[] {
  return paths.map((path) => ({ path, type, label: path }));
}

/** The attributes that the examples of the language name. */
export const exampleCatalog: AttributeCatalog = createAttributeCatalog([
  ...standardAttributes,
  { path: "profile.gender", type: "key", label: "Gender", values: ["female", "male"], closed: true },
  ...specs(
    "key",
    "profile.group",
    "profile.newsletter",
    "profile.favourite_brand",
    "profile.favourite_category",
    "product.sku",
    "product.color",
  ),
  ...specs("key", "cart.shipping_method", "product.attribute_set", "product.type", "product.brand", "matched.brand"),
  ...specs("date", "profile.birth_date"),
  ...specs("instant", "profile.created_at", "profile.last_order_at"),
  ...specs("number", "profile.churn_probability", "profile.age", "cart.total_qty", "cart.line_count"),
  { path: "profile.days_since_last_order", type: "number", label: "Days", daysSince: "profile.last_order_at" },
  ...specs("boolean", "profile.is_registered"),
  ...specs("money", "cart.subtotal", "product.final_price", "matched.final_price", "profile.orders_revenue_net"),
  ...specs("list", "profile.coupons_used", "product.category_ids", "matched.category_ids"),
  ...specs("text", "profile.name", "profile.email"),
  ...specs("version", "profile.app"),
  ...specs("json", "profile.data"),
  ...specs("objects", "profile.pets"),
  ...specs("point", "profile.home"),
]);
