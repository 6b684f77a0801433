import { isObject } from "../json.ts";
import { compareDecimals, toDecimalNumber } from "./decimal.ts";
import type { CompareOptions, Predicate } from "./environment.ts";
import type { Operator } from "./grammar.ts";
import { orderTest } from "./order.ts";
import { compileRegex } from "./regex.ts";
import { compareText, foldText } from "./text.ts";

/** Values whose shape nobody declared: compared deeply, and never across types. */
export function prepareJson(op: Operator, value: unknown, options: CompareOptions): Predicate | undefined {
  const { caseSensitive } = options;
  switch (op) {
    case "eq":
      return (left) => deepEquals(left, value, caseSensitive);
    case "in": {
      if (!Array.isArray(value)) return undefined;
      const has = (element: unknown): boolean => value.some((each) => deepEquals(element, each, caseSensitive));
      return (left) => (Array.isArray(left) ? left.some(has) : has(left));
    }
    case "contains_all": {
      if (!Array.isArray(value)) return undefined;
      return (left) =>
        Array.isArray(left) && value.every((each) => left.some((element) => deepEquals(element, each, caseSensitive)));
    }
    case "regex": {
      if (typeof value !== "string") return undefined;
      const matches = compileRegex(value, caseSensitive);
      return (left) => (typeof left === "string" || typeof left === "number") && matches(String(left));
    }
    case "type_is":
      return (left) => jsonType(left) === value;
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return orderPredicate(op, value, caseSensitive);
    default:
      return undefined;
  }
}

function orderPredicate(op: Operator, value: unknown, caseSensitive: boolean): Predicate | undefined {
  const holds = orderTest(op);
  if (!holds) return undefined;
  const fold = caseSensitive ? (text: string): string => text : foldText;
  return (left) => {
    if (typeof left === "string" && typeof value === "string") return holds(compareText(fold(left), fold(value)));
    if (typeof left !== "number" && typeof value !== "number") return false;
    const [a, b] = [toDecimalNumber(left), toDecimalNumber(value)];
    return a !== undefined && b !== undefined && holds(compareDecimals(a, b));
  };
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function deepEquals(a: unknown, b: unknown, caseSensitive: boolean): boolean {
  if (a === b) return true;
  if (typeof a === "string" && typeof b === "string") return !caseSensitive && foldText(a) === foldText(b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => deepEquals(each, b[index], caseSensitive));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && deepEquals(a[key], b[key], caseSensitive));
}
