export { createMetrics, type Metrics } from "./metrics.ts";
export { createOperationsRoutes, type OperationsRouteDeps } from "./routes.ts";
export { createSystemStatus, type SystemDeps } from "./system-status.ts";
