export type { BlockBody, BlockLocation } from "./block.ts";
export { audienceReferences, createBlockKind, placementSchema } from "./block-kind.ts";
export { type NamedByRule, priceRuleKinds } from "./block-links.ts";
export { blockUid } from "./block-number.ts";
export {
  type BlockContext,
  type Blocks,
  createBlocks,
  type FireRules,
  standsIn,
} from "./create-blocks.ts";
export type { BlockJudge } from "./judge-block.ts";
export { createRotationKind, type RotationBody } from "./rotation-kind.ts";
export { createRotationMemory, type RotationMemory } from "./rotation-memory.ts";
export { createBlockRoutes } from "./routes.ts";
export { createBlockWarningRoutes } from "./routes-warnings.ts";
export { createRotationStore } from "./store.ts";
