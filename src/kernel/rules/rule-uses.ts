import type { Subject } from "./paths.ts";

/** What a rule is written for; decides which subjects its paths may start with. */
export type RuleUse =
  | "audience"
  | "block"
  | "offer"
  | "experiment"
  | "merchandising"
  | "related_products"
  | "products_to_display"
  | "search"
  | "cart_rule"
  | "cart_action"
  | "catalog_rule"
  | "journey"
  | "tracking_plan";

const visitor: readonly Subject[] = ["profile", "cart", "context"];

/** Subjects at the top level; `event`, `item` and `product` open up inside `event` and `items` nodes. */
export const subjectsByUse: Readonly<Record<RuleUse, readonly Subject[]>> = {
  audience: visitor,
  block: [...visitor, "product"],
  offer: [...visitor, "product"],
  experiment: [...visitor, "product"],
  merchandising: ["profile", "context", "product"],
  related_products: ["profile", "context", "product"],
  products_to_display: ["profile", "context", "product", "matched"],
  search: ["profile", "context", "product"],
  cart_rule: ["profile", "cart"],
  cart_action: ["item", "product"],
  catalog_rule: ["product"],
  journey: [...visitor, "event"],
  tracking_plan: ["event"],
};
