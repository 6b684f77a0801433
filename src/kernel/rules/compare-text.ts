import { compareDecimals, type Decimal, isNumericText, toDecimalNumber } from "./decimal.ts";
import type { CompareOptions, Predicate } from "./environment.ts";
import type { Operator } from "./grammar.ts";
import { orderTest } from "./order.ts";
import { compileRegex } from "./regex.ts";
import { compareText, foldsTo, foldText, scalarText } from "./text.ts";
import { versionKey } from "./version.ts";

type TextTest = (left: string) => boolean;

/** Text and key. A value that is a list holds when one of its elements does. */
export function prepareText(
  type: "text" | "key",
  op: Operator,
  value: unknown,
  options: CompareOptions,
): Predicate | undefined {
  const test = textTest(type, op, value, options.caseSensitive);
  return test && ((left) => holdsForScalar(left, test));
}

function holdsForScalar(left: unknown, test: TextTest): boolean {
  if (typeof left === "string") return test(left);
  if (Array.isArray(left)) {
    for (const element of left) if (holdsForScalar(element, test)) return true;
    return false;
  }
  const text = scalarText(left);
  return text !== undefined && test(text);
}

function textTest(type: "text" | "key", op: Operator, value: unknown, caseSensitive: boolean): TextTest | undefined {
  const fold = caseSensitive ? (text: string): string => text : foldText;
  if (op === "in") return membershipTest(textsOf(value), type === "text" && !caseSensitive, fold);
  if (op === "contains_any") {
    const parts = textsOf(value).map(fold);
    return (left) => {
      const folded = fold(left);
      return parts.some((part) => folded.includes(part));
    };
  }
  const right = scalarText(value);
  if (right === undefined) return undefined;
  if (op === "regex") return compileRegex(right, caseSensitive);
  const folded = fold(right);
  const number = type === "text" && !caseSensitive && isNumericText(right) ? toDecimalNumber(right) : undefined;
  switch (op) {
    case "eq":
      return number === undefined ? equalTest(folded, caseSensitive) : orderOf(op, folded, number, fold);
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return orderOf(op, folded, number, fold);
    case "contains":
      return (left) => fold(left).includes(folded);
    case "starts_with":
      return (left) => fold(left).startsWith(folded);
    case "ends_with":
      return (left) => fold(left).endsWith(folded);
    default:
      return undefined;
  }
}

function orderOf(
  op: Operator,
  folded: string,
  number: Decimal | undefined,
  fold: (text: string) => string,
): TextTest | undefined {
  const holds = orderTest(op);
  if (!holds) return undefined;
  if (number === undefined) return (left) => holds(compareText(fold(left), folded));
  return (left) => {
    const leftNumber = toDecimalNumber(left);
    return holds(leftNumber === undefined ? compareText(fold(left), folded) : compareDecimals(leftNumber, number));
  };
}

function equalTest(folded: string, caseSensitive: boolean): TextTest {
  return caseSensitive ? (left) => left === folded : (left) => foldsTo(left, folded);
}

/** Up to here comparing with each value is faster than folding the text to look it up. */
const fewValues = 6;

function fewTest(folded: readonly string[]): TextTest {
  return (left) => {
    for (const each of folded) if (foldsTo(left, each)) return true;
    return false;
  };
}

function membershipTest(values: readonly string[], numbersMatch: boolean, fold: (text: string) => string): TextTest {
  const known = new Set(values.map(fold));
  const numbers = numbersMatch ? values.map(toDecimalNumber).filter((number) => number !== undefined) : [];
  if (numbers.length === 0 && fold === foldText && known.size <= fewValues) return fewTest([...known]);
  if (numbers.length === 0) return (left) => known.has(fold(left));
  return (left) => {
    if (known.has(fold(left))) return true;
    const number = toDecimalNumber(left);
    return number !== undefined && numbers.some((other) => compareDecimals(number, other) === 0);
  };
}

function textsOf(value: unknown): readonly string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map(scalarText).filter((text) => text !== undefined);
}

/** Lists of text or, where the attribute says so, of codes; a single value counts as a list of one. */
export function prepareList(op: Operator, value: unknown, options: CompareOptions): Predicate | undefined {
  const { elements = "text", caseSensitive } = options;
  const elementTest = (element: unknown): TextTest | undefined => textTest(elements, "eq", element, caseSensitive);
  switch (op) {
    case "eq":
    case "contains":
    case "in": {
      const test = Array.isArray(value) ? textTest(elements, "in", value, caseSensitive) : elementTest(value);
      return test && ((left) => holdsForScalar(left, test));
    }
    case "contains_all": {
      const tests = textsOf(value).map(elementTest);
      return (left) => tests.every((test) => test !== undefined && holdsForScalar(left, test));
    }
    default:
      return undefined;
  }
}

/** Booleans as shops send them: `true`, `"true"`, `1`, `"1"`, and their opposites. */
function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === 1 || value === "1") return true;
  if (value === "false" || value === 0 || value === "0") return false;
  return undefined;
}

export function prepareBoolean(op: Operator, value: unknown): Predicate | undefined {
  if (op === "is_true") return (left) => toBoolean(left) === true;
  const right = toBoolean(value);
  return op === "eq" && right !== undefined ? (left) => toBoolean(left) === right : undefined;
}

export function prepareVersion(op: Operator, value: unknown): Predicate | undefined {
  const holds = orderTest(op);
  const right = scalarText(value);
  if (!holds || right === undefined) return undefined;
  const key = versionKey(right);
  return (left) => {
    const text = scalarText(left);
    return text !== undefined && holds(compareText(versionKey(text), key));
  };
}
