export {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
  operatorsByType,
} from "./attribute-catalog.ts";
export { type CompiledRule, compileRule } from "./compile.ts";
export type { Explanation } from "./compiled.ts";
export {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  toDecimalNumber,
} from "./decimal.ts";
export type { RuleEnvironment } from "./environment.ts";
export type { EventContext, EventLeafSpec, RuleEvent } from "./event-leaf-spec.ts";
export type { Collection, RuleNode, Window } from "./grammar.ts";
export { insertLeafRows, mergeLeafRows } from "./leaf-rows.ts";
export { parsePath, readerOf } from "./paths.ts";
export { compileRegex, regexFault } from "./regex.ts";
export { ruleSchema } from "./rule-schema.ts";
export type { RuleUse } from "./rule-uses.ts";
export { standardAttributes } from "./standard-attributes.data.ts";
export { createFrame, type RuleObject, type RuleSubject } from "./subject.ts";
export { dayMs, parseDuration } from "./time.ts";
export { validateRule } from "./validate.ts";
export { type CompiledWindow, compileWindow, nextRowChange } from "./window.ts";
