export { createDefinitions, type Definitions } from "./create-definitions.ts";
export type { Caller, Definition, DefinitionDraft, DefinitionFile, DefinitionSummary } from "./definition.ts";
export type {
  DefinitionCheckContext,
  DefinitionKind,
  DefinitionReference,
  DefinitionSchedule,
  DefinitionScope,
  DefinitionStatus,
  LiveDefinition,
} from "./kind.ts";
export { createDefinitionsRoutes } from "./routes.ts";
export { isInScope, isInWindow } from "./schedule.ts";
export { createDefinitionsStore } from "./store.ts";
