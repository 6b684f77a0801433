export { createFeedRoutes } from "./routes.ts";
