export {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
  operatorsByType,
} from "./attribute-catalog.ts";
export { type CompiledRule, compileRule } from "./compile.ts";
export type { Explanation } from "./compiled.ts";
export type { RuleEnvironment } from "./environment.ts";
export type { EventContext, EventLeafSpec, RuleEvent } from "./event-leaf-spec.ts";
export type { Collection, RuleNode } from "./grammar.ts";
export { insertLeafRows, mergeLeafRows } from "./leaf-rows.ts";
export { compileRegex, regexFault } from "./regex.ts";
export { ruleSchema } from "./rule-schema.ts";
export type { RuleUse } from "./rule-uses.ts";
export { standardAttributes } from "./standard-attributes.data.ts";
export type { RuleObject, RuleSubject } from "./subject.ts";
export { validateRule } from "./validate.ts";
