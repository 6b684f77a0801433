export { createShadows } from "./create-shadows.ts";
export { createShadowRoutes } from "./routes.ts";
