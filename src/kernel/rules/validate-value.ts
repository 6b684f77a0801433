import { isObject } from "../json.ts";
import { plainText } from "../plain-value.ts";
import type { AttributeSpec, AttributeType } from "./attribute-catalog.ts";
import { toDecimalNumber } from "./decimal.ts";
import type { Operator } from "./grammar.ts";
import { regexFault } from "./regex.ts";
import { isZone, parseDuration, parseInstant, parseLocalDate } from "./time.ts";
import { checkKeys, checkPath, checkWord, fault, limits, type Place, pointer, type Run, warn } from "./validation.ts";

const comparisons = ["eq", "neq", "gt", "gte", "lt", "lte"];
const listOperators: ReadonlySet<string> = new Set([
  "in",
  "not_in",
  "contains_any",
  "contains_all",
  "not_contains_all",
]);
const relativeOperators: ReadonlySet<string> = new Set(["within_last", "within_next", "before_last", "after_next"]);
const noReference: ReadonlySet<string> = new Set([
  ...relativeOperators,
  "anniversary_within",
  "regex",
  "not_regex",
  "size",
  "type_is",
]);

type Leaf = { readonly run: Run; readonly at: string; readonly spec: AttributeSpec; readonly op: Operator };

/** Checks the right-hand side; returns it in stored form (comma lists split). */
export function checkValue(leaf: Leaf, value: unknown, place: Place): unknown {
  const { at, spec, op } = leaf;
  if (isObject(value) && "ref" in value && !noReference.has(op)) {
    checkReference(leaf, value, place);
    return value;
  }
  if (listOperators.has(op)) return checkList(leaf, value);
  if (op === "between") checkPair(leaf, value);
  else if (spec.type === "money" && Array.isArray(value))
    for (const [index, each] of value.entries()) checkLiteral(leaf, each, pointer(at, index));
  else checkLiteral(leaf, value, at);
  return value;
}

function checkReference({ run, at, spec, op }: Leaf, value: Record<string, unknown>, place: Place): void {
  checkKeys(run, at, value, { required: ["ref"], optional: ["percent", "plus", "relation"] });
  checkPath(run, pointer(at, "ref"), value["ref"], place);
  const numeric = spec.type === "number" || spec.type === "money";
  if (value["percent"] !== undefined && (!numeric || toDecimalNumber(value["percent"]) === undefined)) {
    fault(run, pointer(at, "percent"), "valueType", "percent is a number, and only for numbers and money");
  }
  if (value["plus"] !== undefined) checkPlus(run, pointer(at, "plus"), value["plus"], spec.type);
  checkWord(run, pointer(at, "relation"), value["relation"], ["children"]);
  if (value["relation"] !== undefined && op !== "in" && op !== "not_in") {
    fault(run, pointer(at, "relation"), "valueType", "relation goes with in and not_in");
  }
}

function checkPlus(run: Run, at: string, value: unknown, type: AttributeType): void {
  if (type === "money") checkMoney(run, at, value);
  else if (type !== "number" || toDecimalNumber(value) === undefined) {
    fault(run, at, "valueType", "plus is a number, or money for money");
  }
}

function checkList(leaf: Leaf, value: unknown): unknown {
  const { run, at, spec } = leaf;
  if (isObject(value) && "list" in value) {
    checkKeys(run, at, value, { required: ["list"] });
    checkExists(run, pointer(at, "list"), "list", value["list"]);
    return value;
  }
  const splits = spec.type === "text" || spec.type === "key" || spec.type === "list";
  const values = typeof value === "string" && splits ? splitList(value) : value;
  if (!Array.isArray(values)) {
    fault(run, at, "valueType", "a list of values is expected here");
    return value;
  }
  if (values.length > limits.listValues) {
    fault(run, at, "tooLarge", `at most ${limits.listValues} values; use a shared list for more`);
    return value;
  }
  for (const [index, each] of values.entries()) checkLiteral({ ...leaf, op: "eq" }, each, pointer(at, index));
  return values;
}

function splitList(text: string): readonly string[] {
  return text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function checkPair(leaf: Leaf, value: unknown): void {
  if (!Array.isArray(value) || value.length !== 2) {
    fault(leaf.run, leaf.at, "valueType", "between takes [low, high]");
    return;
  }
  for (const [index, each] of value.entries()) checkLiteral({ ...leaf, op: "gte" }, each, pointer(leaf.at, index));
}

function checkLiteral(leaf: Leaf, value: unknown, at: string): void {
  const { run, op } = leaf;
  if (value === undefined) {
    fault(run, at, "missingKey", "value is missing");
    return;
  }
  if (op === "size") {
    checkSize(run, at, value);
    return;
  }
  if (op === "regex" || op === "not_regex") {
    const why = typeof value === "string" ? regexFault(value) : "a pattern is text";
    if (why) fault(run, at, "badRegex", why);
    return;
  }
  if (op === "type_is") {
    checkWord(run, at, value, ["string", "number", "boolean", "object", "array"]);
    return;
  }
  checkTyped(leaf, value, at);
  checkListed(leaf, value, at);
}

function checkTyped({ run, spec, op }: Leaf, value: unknown, at: string): void {
  switch (spec.type) {
    case "text":
    case "key":
    case "list":
    case "version":
      checkText(run, at, value);
      return;
    case "number":
      checkDecimal(run, at, value, "a number is expected here");
      return;
    case "money":
      checkMoney(run, at, value);
      return;
    case "boolean":
      if (typeof value !== "boolean") fault(run, at, "valueType", "true or false is expected here");
      return;
    case "date":
    case "instant":
      checkDate(run, at, value, op);
      return;
    case "json":
      checkJson(run, at, value, op);
      return;
    case "objects":
    case "point":
      return;
  }
}

/** A value outside a closed list is stored: the list may grow tomorrow. */
function checkListed({ run, spec }: Leaf, value: unknown, at: string): void {
  if (spec.closed && spec.values && typeof value === "string" && !spec.values.includes(value)) {
    warn(run, at, "valueNotListed", `"${value}" is none of the values of ${spec.label}: ${spec.values.join(", ")}`);
  }
}

/** An exact number; a text of a million digits would be one too, and cost seconds. */
function checkDecimal(run: Run, at: string, value: unknown, expected: string): void {
  if (typeof value === "string" && value.length > limits.textLength) {
    fault(run, at, "tooLarge", `text has at most ${limits.textLength} characters`);
  } else if (toDecimalNumber(value) === undefined) fault(run, at, "valueType", expected);
}

function checkText(run: Run, at: string, value: unknown): void {
  if (typeof value === "number" || typeof value === "boolean") return;
  if (typeof value !== "string") fault(run, at, "valueType", "text is expected here");
  else if (value.length > limits.textLength) {
    fault(run, at, "tooLarge", `text has at most ${limits.textLength} characters`);
  }
}

function checkJson(run: Run, at: string, value: unknown, op: Operator): void {
  if (value === null) fault(run, at, "valueType", "write not_exists for a missing value");
  else if (["gt", "gte", "lt", "lte"].includes(op) && typeof value !== "number" && typeof value !== "string") {
    fault(run, at, "valueType", "a number or text is expected here");
  } else if (typeof value === "string") checkText(run, at, value);
}

function checkSize(run: Run, at: string, value: unknown): void {
  if (isObject(value)) {
    checkCount(run, at, value);
    return;
  }
  if (!isCount(value)) fault(run, at, "valueType", "a whole number is expected here");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** `{op, value}` of counts and sizes. */
export function checkCount(run: Run, at: string, value: unknown): void {
  const count = checkKeys(run, at, value, { required: ["op", "value"] });
  if (!count) return;
  checkWord(run, pointer(at, "op"), count["op"], comparisons);
  if (count["value"] !== undefined && !isCount(count["value"])) {
    fault(run, pointer(at, "value"), "valueType", "a whole number from 0 is expected here");
  }
}

export function checkMoney(run: Run, at: string, value: unknown): void {
  if (!isObject(value) || typeof value["currency"] !== "string") {
    fault(run, at, "currencyMissing", 'money is written {"minor": 1999, "currency": "EUR"}');
    return;
  }
  checkKeys(run, at, value, { required: ["minor", "currency"] });
  if (!/^[A-Z]{3}$/.test(value["currency"])) {
    fault(run, pointer(at, "currency"), "valueType", "a currency is three capital letters");
  }
  if (value["minor"] !== undefined) {
    checkDecimal(run, pointer(at, "minor"), value["minor"], "minor units are a number or decimal text");
  }
}

function checkDate(run: Run, at: string, value: unknown, op: Operator): void {
  if (relativeOperators.has(op)) {
    checkDuration(run, at, value);
    return;
  }
  if (op === "anniversary_within") {
    if (!isCount(value) || value > 366) fault(run, at, "valueType", "a number of days from 0 to 366 is expected here");
    return;
  }
  if (parseLocalDate(value) !== undefined) return;
  const instant = parseInstant(value);
  if (!instant) fault(run, at, "valueType", "a date YYYY-MM-DD or an ISO 8601 instant is expected here");
  else if (!instant.hasZone) fault(run, at, "valueType", "write the zone of the instant, such as Z or +01:00");
}

export function checkDuration(run: Run, at: string, value: unknown): void {
  if (value !== undefined && parseDuration(value) === undefined) {
    fault(run, at, "badDuration", "write a whole number and s, m, h, d or w, at most 3650d");
  }
}

export function checkZone(run: Run, at: string, value: unknown): void {
  if (typeof value !== "string" || !isZone(value)) {
    fault(run, at, "badTimezone", `${plainText(value)} is no IANA time zone`);
  }
}

/** Checks an id, and that what it names exists. */
export function checkExists(run: Run, at: string, kind: "audience" | "journey" | "list", id: unknown): void {
  if (typeof id !== "string" || id === "") {
    if (id !== undefined) fault(run, at, "valueType", "an id is expected here");
  } else if (run.options.exists?.(kind, id) === false) {
    fault(run, at, "unknownReference", `there is no ${kind} ${id}`);
  }
}
