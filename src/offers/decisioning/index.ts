export {
  createOfferDecisions,
  type OfferDecisions,
} from "./create-offer-decisions.ts";
export { createOfferRoutes } from "./routes.ts";
export { createSimulation } from "./simulate-policy.ts";
