export { type BrandRules, createBrandRulesKind } from "./brand-rules.ts";
export { createVariations, type Variations, type VariationsDeps } from "./create-variations.ts";
export { createModel, type Model } from "./model-client.ts";
export { createVariationRoutes } from "./routes.ts";
export { createVariationStore } from "./store.ts";
