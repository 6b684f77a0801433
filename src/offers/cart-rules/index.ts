export type { CartRuleBody } from "./cart-rule-body.ts";
export { createCartRules, type FiringRules, type Shopper } from "./create-cart-rules.ts";
export { openCartOf } from "./open-cart.ts";
export { createPriceRuleGroupKind, type PriceRuleGroupBody, priceRuleGroupKindName } from "./price-rule-group.ts";
export { createEvaluateRoutes, type ShopperClaim } from "./routes.ts";
export { cartRuleKindName, createCartRuleKind } from "./rule-kind.ts";
