export {
  type CartRuleBody,
  cartRuleKindName,
  createCartRuleKind,
  createCartRules,
  createEvaluateRoutes,
  createPriceRuleGroupKind,
  type FiringRules,
  openCartOf,
  type PriceRuleGroupBody,
  priceRuleGroupKindName,
  type Shopper,
  type ShopperClaim,
} from "./cart-rules/index.ts";
export {
  type CatalogPrices,
  type CatalogRuleBody,
  createCatalogPrices,
  createCatalogRuleKind,
  createPriceRoutes,
  type PriceAsker,
} from "./catalog-rules/index.ts";
export {
  type CouponRule,
  type Coupons,
  createCouponReportRoutes,
  createCouponRoutes,
  createCoupons,
  createGuessLimit,
  createPoolRoutes,
} from "./coupons/index.ts";
export {
  createOfferDecisions,
  createOfferRoutes,
  createSimulation,
  type OfferDecisions,
} from "./decisioning/index.ts";
export { createSimulationRoutes, createSimulations } from "./simulation/index.ts";
