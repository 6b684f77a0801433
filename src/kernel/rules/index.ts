export {
  type AttributeCatalog,
  type AttributeSpec,
  type AttributeType,
  createAttributeCatalog,
  operatorsByType,
} from "./attribute-catalog.ts";
export { bindReferences } from "./bind-references.ts";
export { type Amount, convertMinor, toAmount } from "./compare-number.ts";
export { type CompiledRule, compileRule } from "./compile.ts";
export { attributeAt, type Explanation } from "./compiled.ts";
export {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  isNumericText,
  toDecimalNumber,
} from "./decimal.ts";
export type { RuleEnvironment } from "./environment.ts";
export type { EventContext, EventLeafSpec, RuleEvent } from "./event-leaf-spec.ts";
export { createGateIndex } from "./gate-index.ts";
export {
  type AttributeLeaf,
  type Collection,
  complementOf,
  type EventLeaf,
  type ItemsLeaf,
  type Operator,
  type RuleNode,
  type SequenceLeaf,
  type Window,
} from "./grammar.ts";
export { insertLeafRows, keptLeafRows, mergeLeafRows, sortLeafRows } from "./leaf-rows.ts";
export { type Contradiction, neverHolds } from "./never-holds.ts";
export { type ParsedPath, parsePath, readerOf } from "./paths.ts";
export { compileRegex, regexFault } from "./regex.ts";
export { boundsOf, type RuleGate, toDouble } from "./rule-gate.ts";
export { ruleSchema } from "./rule-schema.ts";
export type { RuleUse } from "./rule-uses.ts";
export { standardAttributes } from "./standard-attributes.data.ts";
export { createFrame, type RuleObject, type RuleSubject } from "./subject.ts";
export { compareText, foldText, scalarText } from "./text.ts";
export {
  dayMs,
  localDateText,
  localDayOf,
  parseDuration,
  parseInstant,
  parseLocalDate,
  startOfLocalDay,
} from "./time.ts";
export { validateRule } from "./validate.ts";
export { keysOfLeaf, valueKeys } from "./value-keys.ts";
export { type CompiledWindow, compileWindow, nextRowChange } from "./window.ts";
