export { createRelevance, type Relevance, type RelevanceDeps } from "./create-relevance.ts";
export { createRelevanceRoutes } from "./routes.ts";
