export {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
  fitsType,
  operatorsByType,
} from "./attribute-catalog.ts";
export { type CompiledRule, compileRule } from "./compile.ts";
export type { Explanation } from "./compiled.ts";
export type { RuleEnvironment } from "./environment.ts";
export type { EventContext, EventLeafSpec, RuleEvent } from "./event-leaf-spec.ts";
export type { Collection, Operator, RuleNode } from "./grammar.ts";
export { insertLeafRows, keptLeafRows, mergeLeafRows, strideOfLeaf } from "./leaf-rows.ts";
export { type RuleUse, subjectsByUse } from "./rule-uses.ts";
export { operatorWords } from "./sentences.ts";
export { standardAttributes } from "./standard-attributes.data.ts";
export type { RuleObject, RuleSubject } from "./subject.ts";
export { requireRule, type ValidationResult, validateRule } from "./validate.ts";
export type { ValidationOptions } from "./validation.ts";
