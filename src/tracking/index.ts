export { createTracking, type PlanVerdict, type Tracking, type TrackingDeps } from "./create-tracking.ts";
export type { PlanBody, PlanMode } from "./plan.ts";
