export {
  createDecide,
  type DecideAnswer,
  type DecideDeps,
  type DecideRequest,
  type Decision,
} from "./decide.ts";
export type {
  ClaimState,
  Claims,
  Decided,
  Decider,
  DecisionContext,
  Judge,
  PlacedBody,
  PlacementCall,
  Reason,
  Undecided,
} from "./decider.ts";
export { createJudges } from "./judge.ts";
export { readCart } from "./read-cart.ts";
export { createDecisionRoutes, type DecisionRouteDeps } from "./routes.ts";
