export { type ConflictFinder, createConflicts } from "./create-conflicts.ts";
export { createNotLive } from "./find-not-live.ts";
export { createConflictRoutes } from "./routes.ts";
