export type { CatalogRuleBody, PriceAction } from "./catalog-rule.ts";
export { createCatalogRuleKind } from "./catalog-rule-kind.ts";
export {
  type CatalogPrices,
  type CatalogRuleLook,
  createCatalogPrices,
  type PriceAsker,
} from "./create-catalog-prices.ts";
export { compileChain, stepOf } from "./price-chain.ts";
export { createPriceRoutes } from "./routes.ts";
export { type CatalogRule, type RuleDefinition, toCatalogRule } from "./rule-set.ts";
