export {
  createOfferDecisions,
  type OfferDecisions,
  type OfferDecisionsDeps,
} from "./create-offer-decisions.ts";
export { createOfferRoutes } from "./routes.ts";
export { createSimulation } from "./simulate-policy.ts";
