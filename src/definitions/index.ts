export { createDefinitions, type Definitions } from "./create-definitions.ts";
export type { DefinitionFile, DefinitionUse } from "./definition.ts";
export type { UsedBy } from "./editing.ts";
export type { DefinitionCheckContext, DefinitionKind, DefinitionReference, LiveDefinition } from "./kind.ts";
export { createDefinitionsRoutes } from "./routes.ts";
export { isInWindow, windowOf } from "./schedule.ts";
export { createDefinitionsStore } from "./store.ts";
export { outsideWindowText } from "./window-text.ts";
