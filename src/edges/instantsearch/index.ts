export type { InstantSearchDeps } from "./instantsearch-deps.ts";
export { createInsightsReader } from "./read-insights-event.ts";
export { createInstantSearchRoutes } from "./routes.ts";
