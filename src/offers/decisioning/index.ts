export type { Lack } from "./bodies.ts";
export {
  createOfferDecisions,
  type OfferDecisions,
} from "./create-offer-decisions.ts";
export { createOfferRoutes } from "./routes.ts";
export { createOfferPreviewRoutes, type OfferPreviewDeps } from "./routes-preview.ts";
export { createRuleBudgets } from "./rule-budgets.ts";
export { createSimulation } from "./simulate-policy.ts";
