/**
 * The condition on one event (`where` of event leaves and steps) as an expression over the columns of `events`. Undefined
 * stands for "not exactly so in SQL": the whole leaf is then judged in memory.
 */
import { plainText } from "../../kernel/index.ts";
import {
  type AttributeLeaf,
  attributeAt,
  compileRule,
  complementOf,
  type ItemsLeaf,
  type Operator,
  parseInstant,
  parseLocalDate,
  parsePath,
  type RuleEnvironment,
  type RuleNode,
  type RuleObject,
  startOfLocalDay,
} from "../../kernel/rules/index.ts";
import {
  elementsOfJson,
  isArray,
  isMissingJson,
  isString,
  type JsonValue,
  jsonAt,
  rawOfJson,
  stringOfJson,
  typeOfJson,
} from "./json-value.clickhouse.ts";
import { numberTest, operatorToSql } from "./operator-to-sql.clickhouse.ts";
import { decimalOf, type SqlParameters } from "./sql-parameters.clickhouse.ts";

export type ConditionContext = {
  readonly parameters: SqlParameters;
  readonly environment: RuleEnvironment;
  /** Names an expression over a stored event, so that its JSON is read once for all conditions. */
  readonly read: (expression: string) => string;
  /** Expression that is 1 for the SKUs for which `test` holds; undefined when they cannot be listed. */
  readonly ofSkus: (sku: string, test: (product: RuleObject | undefined) => boolean) => string | undefined;
};

/** The element in hand: an expression of its JSON text, and how its keys are spelled. */
type Element = { readonly sql: string; readonly kind: "line" | "part" | "element"; readonly depth: number };

export function conditionToSql(node: RuleNode, context: ConditionContext, element?: Element): string | undefined {
  if ("all" in node) return group(node.all, " and ", context, element);
  if ("any" in node) return group(node.any, " or ", context, element);
  if ("not" in node) {
    const child = conditionToSql(node.not, context, element);
    return child && `(not ${child})`;
  }
  if ("everyone" in node) return "1";
  if ("attribute" in node) return attributeToSql(node.attribute, context, element);
  if ("items" in node) return itemsToSql(node.items, context, element);
  return undefined;
}

function group(
  nodes: readonly RuleNode[],
  word: string,
  context: ConditionContext,
  element: Element | undefined,
): string | undefined {
  if (nodes.length === 0) return "1";
  const parts = nodes.map((node) => conditionToSql(node, context, element));
  return parts.every((part) => part !== undefined) ? `(${parts.join(word)})` : undefined;
}

function attributeToSql(
  leaf: AttributeLeaf,
  context: ConditionContext,
  element: Element | undefined,
): string | undefined {
  const subject = parsePath(leaf.path)?.subject;
  if (subject === "event") return complemented(leaf, (op) => eventAttribute(leaf, op, context));
  if (subject !== "item" && subject !== "product") return undefined;
  if (!element) return undefined;
  if (element.kind === "element") {
    return subject === "item" ? complemented(leaf, (op) => itemAttribute(leaf, op, element, context)) : undefined;
  }
  // A composite line: the parent or one part has to pass, and the complement is taken for each of them.
  const onPart = (part: Element): string | undefined =>
    complemented(leaf, (op) =>
      subject === "item" ? itemAttribute(leaf, op, part, context) : productAttribute(leaf, op, part, context),
    );
  const name = `part${element.depth}`;
  const [own, ofPart] = [onPart(element), onPart({ sql: name, kind: "part", depth: element.depth })];
  if (own === undefined || ofPart === undefined) return undefined;
  const parts = objectsOf(elementsOfJson(jsonAt(element.sql, ["children"], context.parameters)));
  return `(${own} or arrayExists(${name} -> ${ofPart}, ${parts}))`;
}

function complemented(leaf: AttributeLeaf, test: (op: Operator) => string | undefined): string | undefined {
  const positive = complementOf[leaf.op] ?? leaf.op;
  const sql = test(positive);
  if (sql === undefined) return undefined;
  return positive === leaf.op ? `ifNull(${sql}, 0)` : `(not ifNull(${sql}, 0))`;
}

const columns: Readonly<Record<string, string>> = {
  type: "events.event_type",
  source: "events.source_id",
  storeView: "events.store_view",
};

function eventAttribute(leaf: AttributeLeaf, op: Operator, context: ConditionContext): string | undefined {
  const [first = "", ...keys] = parsePath(leaf.path)?.keys ?? [];
  if (first === "timestamp") return keys.length === 0 ? timeTest(leaf, op, context) : undefined;
  if (first === "properties" || first === "context") {
    return onJson(leaf, op, eventValue(first, keys, context), context, undefined);
  }
  const column = columns[first];
  return column === undefined || keys.length > 0
    ? undefined
    : onJson(leaf, op, { base: `toJSONString(${column})`, keys: [] }, context, undefined);
}

/** A value of the event, as a column of its own. */
export function eventValue(
  part: "properties" | "context",
  keys: readonly string[],
  context: ConditionContext,
): JsonValue {
  return { base: context.read(rawOfJson(jsonAt(`events.${part}`, keys, context.parameters))), keys: [] };
}

function itemAttribute(
  leaf: AttributeLeaf,
  op: Operator,
  element: Element,
  context: ConditionContext,
): string | undefined {
  const keys = parsePath(leaf.path)?.keys ?? [];
  return onJson(leaf, op, valueOfLine(keys, element, context.parameters), context, element);
}

/** Lines of an event say `unitPrice` and `lineTotal` where rules say `price` and `row_total`; no quantity is one piece. */
export function valueOfLine(keys: readonly string[], element: Element, parameters: SqlParameters): JsonValue {
  const [first = "", ...more] = keys;
  if (element.kind !== "line") return jsonAt(element.sql, keys, parameters);
  if (first === "price") return jsonAt(element.sql, ["unitPrice", ...more], parameters);
  if (first === "row_total") return jsonAt(element.sql, ["lineTotal", ...more], parameters);
  return first === "qty" && more.length === 0
    ? { base: quantityOf(element.sql), keys: [] }
    : jsonAt(element.sql, keys, parameters);
}

function quantityOf(line: string): string {
  return `if(JSONType(${line}, 'qty') = 'Null', '1', JSONExtractRaw(${line}, 'qty'))`;
}

/** A positive operator on a value of the event. */
function onJson(
  leaf: AttributeLeaf,
  op: Operator,
  value: JsonValue,
  context: ConditionContext,
  element: Element | undefined,
): string | undefined {
  const itemKind = element && (element.kind === "element" ? "element" : "line");
  const spec = attributeAt(leaf.path, { environment: context.environment, itemKind });
  if (!spec) return undefined;
  const missing = isMissingJson(value, spec.type === "json");
  if (op === "exists") return `(not ${missing})`;
  if (leaf.where !== undefined || op === "size") return elementsTest(leaf, op, spec.type, value, context, element);
  const right = literalOf(leaf.value, context.environment);
  if (right === undefined) return undefined;
  const operator = {
    parameters: context.parameters,
    caseSensitive: leaf.caseSensitive ?? false,
    rateOf: context.environment.rateOf,
  };
  const sql = operatorToSql(spec, op, right.value, value, operator);
  return sql && `if(${missing}, 0, ifNull(${sql}, 0))`;
}

/** The literal of a right-hand side, the values of a shared list included; undefined for a reference to another attribute. */
function literalOf(value: unknown, environment: RuleEnvironment): { readonly value: unknown } | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { value };
  const { ref, list } = value as { ref?: unknown; list?: unknown };
  if (ref !== undefined) return undefined;
  return typeof list === "string" ? { value: environment.listValues?.(list) ?? [] } : { value };
}

/** `any_match` and `size`. */
function elementsTest(
  leaf: AttributeLeaf,
  op: Operator,
  type: string,
  value: JsonValue,
  context: ConditionContext,
  outer: Element | undefined,
): string | undefined {
  if (type !== "json" && type !== "objects") return undefined;
  const name = `element${(outer?.depth ?? 0) + 1}`;
  const inner: Element = { sql: name, kind: "element", depth: (outer?.depth ?? 0) + 1 };
  const where = leaf.where === undefined ? undefined : conditionToSql(leaf.where, context, inner);
  if (leaf.where !== undefined && where === undefined) return undefined;
  // A single value counts as a list of one, but for JSON, whose shape nobody declared.
  const single = `if(${isMissingJson(value, false)}, emptyArrayString(), [${rawOfJson(value)}])`;
  const elements =
    type === "json" ? elementsOfJson(value) : `if(${isArray(value)}, ${elementsOfJson(value)}, ${single})`;
  const guard = type === "json" ? `${isArray(value)} and ` : "";
  if (op === "any_match") return `(${guard}arrayExists(${name} -> ${where ?? "1"}, ${elements}))`;
  const count = where === undefined ? `length(${elements})` : `arrayCount(${name} -> ${where}, ${elements})`;
  const test = countTest(leaf.value, count, context.parameters);
  return test && `(${guard}${test})`;
}

const comparisons: Readonly<Record<string, string>> = {
  eq: "=",
  neq: "!=",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
};

function countTest(value: unknown, count: string, parameters: SqlParameters): string | undefined {
  const { op, value: limit } =
    typeof value === "object" && value !== null ? (value as { op?: unknown; value?: unknown }) : { op: "eq", value };
  const sign = comparisons[plainText(op)];
  return sign === undefined || typeof limit !== "number"
    ? undefined
    : `${count} ${sign} ${parameters.bind("Int64", limit)}`;
}

/** The time of the event against a day or an instant; both compare as milliseconds. */
function timeTest(
  leaf: AttributeLeaf,
  op: Operator,
  { parameters, environment }: ConditionContext,
): string | undefined {
  const timezone = leaf.timezone ?? environment.timezone ?? "UTC";
  if (op === "exists") return "1";
  const at = "toUnixTimestamp64Milli(events.ts)";
  const test = (operator: Operator, value: unknown): string | undefined => {
    const day = parseLocalDate(value);
    const instant = parseInstant(value)?.ms;
    const low = day === undefined ? instant : startOfLocalDay(day, timezone);
    if (low === undefined) return undefined;
    const end = day === undefined ? low + 1 : startOfLocalDay(day + 1, timezone);
    const [from, to] = [parameters.bind("Int64", low), parameters.bind("Int64", end)];
    switch (operator) {
      case "eq":
        return `(${at} >= ${from} and ${at} < ${to})`;
      case "gt":
        return `${at} >= ${to}`;
      case "gte":
        return `${at} >= ${from}`;
      case "lt":
        return `${at} < ${from}`;
      case "lte":
        return `${at} < ${to}`;
      default:
        return undefined;
    }
  };
  if (op !== "between") return test(op, leaf.value);
  const [low, high] = Array.isArray(leaf.value) ? leaf.value : [];
  const [above, below] = [test("gte", low), test("lte", high)];
  return above && below && `(${above} and ${below})`;
}

const timed: ReadonlySet<string> = new Set([
  ...["within_last", "within_next", "before_last", "after_next", "anniversary_within"],
]);

/** The catalog is in memory: the condition becomes the list of SKUs for which it holds. */
function productAttribute(
  leaf: AttributeLeaf,
  op: Operator,
  element: Element,
  context: ConditionContext,
): string | undefined {
  if (timed.has(op) || literalOf(leaf.value, context.environment) === undefined) return undefined;
  const rule = compileRule({ attribute: { ...leaf, op } }, { ...context.environment, itemKind: "line" });
  const sku = `if(${isString(jsonAt(element.sql, ["sku"], context.parameters))}, ${stringOfJson(jsonAt(element.sql, ["sku"], context.parameters))}, '')`;
  return context.ofSkus(sku, (product) => rule.test({ product }, 0));
}

function objectsOf(elements: string): string {
  return `arrayFilter(o -> JSONType(o) = 'Object', ${elements})`;
}

/** Product lines of the event, as `linesOf` reads them; an event about one product may name it without a list. */
export function linesSql({ read }: ConditionContext): string {
  const all = { base: "events.properties", keys: ["'items'"] };
  const isOne = isString({ base: "events.properties", keys: ["'sku'"] });
  return read(
    `if(${isArray(all)}, ${objectsOf(elementsOfJson(all))}, if(${isOne}, [events.properties], emptyArrayString()))`,
  );
}

function itemsToSql(leaf: ItemsLeaf, context: ConditionContext, outer: Element | undefined): string | undefined {
  if ((leaf.of !== "event" && leaf.of !== "order") || leaf.window !== undefined) return undefined;
  const name = `line${(outer?.depth ?? 0) + 1}`;
  const line: Element = { sql: name, kind: "line", depth: (outer?.depth ?? 0) + 1 };
  const where = leaf.where === undefined ? "1" : conditionToSql(leaf.where, context, line);
  if (where === undefined) return undefined;
  const lines = linesSql(context);
  if (leaf.measure === undefined) {
    if (leaf.match === "every") return `arrayAll(${name} -> ${where}, ${lines})`;
    return `(${leaf.match === "none" ? "not " : ""}arrayExists(${name} -> ${where}, ${lines}))`;
  }
  return measureToSql(leaf, { lines, name, where }, context);
}

/** Amounts would need one currency for all lines; they stay with the predicate. */
function measureToSql(
  { measure, op = "eq", value }: ItemsLeaf,
  { lines, name, where }: { readonly lines: string; readonly name: string; readonly where: string },
  context: ConditionContext,
): string | undefined {
  if (measure !== "count" && measure !== "quantity") return undefined;
  if (literalOf(value, context.environment) === undefined) return undefined;
  const positive = complementOf[op] ?? op;
  const quantity = `ifNull(${quantityNumber(name)}, toDecimal256(0, 20))`;
  const total =
    measure === "count"
      ? `toDecimal256(arrayCount(${name} -> ${where}, ${lines}), 20)`
      : `arraySum(${name} -> if(${where}, ${quantity}, toDecimal256(0, 20)), ${lines})`;
  const operator = { parameters: context.parameters, caseSensitive: false, rateOf: context.environment.rateOf };
  const test = numberTest(positive, value, total, operator);
  return test && (positive === op ? `(${test})` : `(not (${test}))`);
}

function quantityNumber(line: string): string {
  const raw = quantityOf(line);
  const isPlain = `JSONType(${raw}) in ('Int64', 'UInt64', 'Double')`;
  return `if(${isPlain}, ${decimalOf(raw)}, if(JSONType(${raw}) = 'String', ${decimalOf(`JSONExtractString(${raw})`)}, null))`;
}

/** True when the event's value is there as text or number; used for values that are counted or joined. */
export function codeOfJson(value: JsonValue, fold: (text: string) => string): string {
  const text = `if(${stringOfJson(value)} = '', '', concat('"', ${fold(stringOfJson(value))}))`;
  return `multiIf(${typeOfJson(value)} = 'Null', '', ${isString(value)}, ${text}, ${rawOfJson(value)})`;
}
