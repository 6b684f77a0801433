export {
  type CartRuleBody,
  cartRuleKindName,
  createCartRuleKind,
  createCartRules,
  createEvaluateRoutes,
  createPriceRuleGroupKind,
  type FiringRules,
  type LiveCart,
  nothingFires,
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

export { type ConflictFinder, createConflictRoutes, createConflicts, createNotLive } from "./conflicts/index.ts";
export {
  type CouponResult,
  type CouponRule,
  type Coupons,
  createCouponReportRoutes,
  createCouponRoutes,
  createCoupons,
  createGuessLimit,
  createPoolRoutes,
  normaliseCode,
} from "./coupons/index.ts";
export {
  createOfferDecisions,
  createOfferPreviewRoutes,
  createOfferRoutes,
  createRuleBudgets,
  createSimulation,
  type Lack,
  type OfferDecisions,
  type OfferPreviewDeps,
} from "./decisioning/index.ts";
export { createFeedRoutes } from "./feed/index.ts";
export { withReleasedAttributes } from "./promo-attributes.ts";
export { createShadowRoutes, createShadows } from "./shadow/index.ts";
export { createSimulationRoutes, createSimulations } from "./simulation/index.ts";
