/** Positive operators as predicates on a value that is present; negative ones are their complements elsewhere. */
import { isObject } from "../json.ts";
import type { AttributeType } from "./attribute-catalog.ts";
import { prepareDate } from "./compare-date.ts";
import { prepareJson } from "./compare-json.ts";
import { prepareMoney, prepareNumber } from "./compare-number.ts";
import { prepareBoolean, prepareList, prepareText, prepareVersion } from "./compare-text.ts";
import { compareDecimals, toDecimalNumber } from "./decimal.ts";
import type { CompareOptions, Predicate } from "./environment.ts";
import type { Operator } from "./grammar.ts";
import { orderTest } from "./order.ts";

/** Absent and null everywhere; empty text and empty list for every type but `json`. */
export function isMissing(value: unknown, type: AttributeType): boolean {
  if (value === undefined || value === null) return true;
  if (type === "json") return false;
  return value === "" || (Array.isArray(value) && value.length === 0);
}

/** @returns undefined when operator, type and value do not go together; the leaf is then false */
export function preparePredicate(
  type: AttributeType,
  op: Operator,
  value: unknown,
  options: CompareOptions,
): Predicate | undefined {
  if (op === "size") return prepareSize(type, value);
  switch (type) {
    case "text":
    case "key":
      return prepareText(type, op, value, options);
    case "number":
      return prepareNumber(op, value);
    case "money":
      return prepareMoney(op, value, options.environment.rateOf);
    case "boolean":
      return prepareBoolean(op, value);
    case "date":
    case "instant":
      return prepareDate(type, op, value, options.timezone);
    case "version":
      return prepareVersion(op, value);
    case "list":
      return prepareList(op, value, options);
    case "json":
      return prepareJson(op, value, options);
    case "objects":
    case "point":
      return undefined;
  }
}

/** `value` is an integer or `{op, value}`; a single value where a list is expected has size 1, but JSON that is no array has none. */
function prepareSize(type: AttributeType, value: unknown): Predicate | undefined {
  const test = sizeTest(value);
  if (!test) return undefined;
  if (type === "json") return (left) => Array.isArray(left) && test(left.length);
  return (left) => test(Array.isArray(left) ? left.length : 1);
}

/** The test of a count against `value` of `size`. */
export function sizeTest(value: unknown): ((size: number) => boolean) | undefined {
  const op = isObject(value) ? value["op"] : "eq";
  const limit = toDecimalNumber(isObject(value) ? value["value"] : value);
  if (limit === undefined || typeof op !== "string") return undefined;
  const holds = orderTest(op);
  return holds && ((size) => holds(compareDecimals(size, limit)));
}
