export { createDefinitions, type Definitions, type DefinitionsDeps } from "./create-definitions.ts";
export type {
  Caller,
  Definition,
  DefinitionDraft,
  DefinitionFile,
  DefinitionSummary,
  DefinitionUse,
  DefinitionVersion,
  ImportReport,
  ListQuery,
} from "./definition.ts";
export { type Difference, diffJson } from "./diff.ts";
export type {
  DefinitionCheckContext,
  DefinitionKind,
  DefinitionReference,
  DefinitionSchedule,
  DefinitionScope,
  DefinitionStatus,
  LiveDefinition,
} from "./kind.ts";
export type { ActOptions } from "./publish-definitions.ts";
export { createDefinitionsRoutes } from "./routes.ts";
export { isInScope, isInWindow } from "./schedule.ts";
export { createDefinitionsStore, type DefinitionsStore } from "./store.ts";
export type { ImportOptions } from "./transfer-definitions.ts";
export type { Action } from "./transitions.ts";
