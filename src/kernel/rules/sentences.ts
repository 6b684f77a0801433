import { isObject } from "../json.ts";
import { toDecimal } from "../money.ts";
import { plainText } from "../plain-value.ts";
import type { Operator } from "./grammar.ts";

const words: Readonly<Record<Operator, string>> = {
  eq: "is",
  neq: "is not",
  gt: "is greater than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  in: "is one of",
  not_in: "is none of",
  contains: "contains",
  not_contains: "does not contain",
  contains_any: "contains one of",
  contains_all: "contains all of",
  not_contains_all: "does not contain all of",
  starts_with: "starts with",
  not_starts_with: "does not start with",
  ends_with: "ends with",
  not_ends_with: "does not end with",
  regex: "matches",
  not_regex: "does not match",
  between: "is between",
  is_true: "is true",
  is_false: "is not true",
  within_last: "is within the last",
  within_next: "is within the next",
  before_last: "is longer ago than",
  after_next: "is further ahead than",
  anniversary_within: "has its anniversary within the next days:",
  any_match: "has an element that fits",
  none_match: "has no element that fits",
  size: "has a number of elements that is",
  type_is: "has the type",
  exists: "has a value",
  not_exists: "has no value",
};

const unary: ReadonlySet<Operator> = new Set<Operator>([
  "is_true",
  "is_false",
  "exists",
  "not_exists",
  "any_match",
  "none_match",
]);

/** `Gender is one of "a", "b"` */
export function leafSentence(label: string, op: Operator, value: unknown): string {
  return unary.has(op) ? `${label} ${words[op]}` : `${label} ${words[op]} ${valueText(value)}`;
}

const maxShown = 5;

/** A value as a person reads it; long lists are cut. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) {
    const shown = value.slice(0, maxShown).map(valueText).join(", ");
    return value.length > maxShown ? `${shown} and ${value.length - maxShown} more` : shown || "nothing";
  }
  if (isObject(value)) return objectText(value);
  return typeof value === "string" ? `"${value}"` : plainText(value);
}

function objectText(value: Record<string, unknown>): string {
  const { minor, currency, ref, list } = value;
  if (typeof minor === "number" && Number.isInteger(minor) && typeof currency === "string") {
    return `${toDecimal({ minor, currency })} ${currency}`;
  }
  if (typeof ref === "string") return `the value of ${ref}`;
  if (typeof list === "string") return `the shared list ${list}`;
  return JSON.stringify(value);
}
