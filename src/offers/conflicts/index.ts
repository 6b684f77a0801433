export { type ConflictFinder, createConflicts } from "./create-conflicts.ts";
export { createConflictRoutes } from "./routes.ts";
