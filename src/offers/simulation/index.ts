export { createSimulations } from "./create-simulations.ts";
export { createSimulationRoutes } from "./routes.ts";
