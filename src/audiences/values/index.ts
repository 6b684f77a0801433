export { createAttributeValueRoutes } from "./routes.ts";
export { createEventValueStore } from "./store.clickhouse.ts";
