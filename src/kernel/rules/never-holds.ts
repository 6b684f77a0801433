// Rules that contradict themselves: no profile, cart or page can make them hold. What is not understood may hold, so that a rule that is
// named here never does.
//
// A rule is read as alternatives of leaves that must hold together. Leaves on one attribute leave it a range and a set of values;
// the rule never holds when each alternative leaves some attribute nothing. Leaves on products are no part of this: their attributes
// may be lists, of which any element counts, and a catalog tells better what they reach.
import { isObject } from "../json.ts";
import type { AttributeType } from "./attribute-catalog.ts";
import { compareDecimals, type Decimal, isNumericText, toDecimalNumber } from "./decimal.ts";
import { type AttributeLeaf, complementOf, type ItemsLeaf, type Operator, type RuleNode } from "./grammar.ts";
import { foldText, scalarText } from "./text.ts";

type Options = {
  readonly typeOf: (path: string) => AttributeType | undefined;
  /** Whether an audience is live; default: all are. */
  readonly isAudience?: (reference: string) => boolean;
};

/** Paths of attributes that are left nothing, or names of audiences that are gone: of each alternative the first. */
export type Contradiction = { readonly over: readonly string[] };

/** Alternatives that are looked at; a rule with more may hold. */
const mostAlternatives = 128;

/** @returns undefined when the rule may hold */
export function neverHolds(rule: RuleNode, options: Options): Contradiction | undefined {
  const over = new Set<string>();
  let left = mostAlternatives;
  /** Whether something can make all of `waiting` hold beside the leaves so far. */
  const canHold = (waiting: readonly Part[], leaves: readonly Part[]): boolean => {
    const [part, ...rest] = waiting;
    if (!part) {
      left -= 1;
      const fault = left < 0 ? undefined : faultOf(leaves, options);
      if (fault !== undefined) over.add(fault);
      return fault === undefined;
    }
    const { node, isMeant } = part;
    if ("not" in node) return canHold([{ node: node.not, isMeant: !isMeant }, ...rest], leaves);
    const together = "all" in node ? node.all : "any" in node ? node.any : undefined;
    if (!together) return canHold(rest, [...leaves, part]);
    const parts = together.map((each): Part => ({ node: each, isMeant }));
    if ("all" in node === isMeant) return canHold([...parts, ...rest], leaves);
    return parts.some((each) => canHold([each, ...rest], leaves));
  };
  return canHold([{ node: rule, isMeant: true }], []) ? undefined : { over: [...over] };
}

type Part = { readonly node: RuleNode; readonly isMeant: boolean };

/** The first attribute that leaves which must hold together leave nothing. */
function faultOf(parts: readonly Part[], options: Options): string | undefined {
  const meant = new Map<string, boolean>();
  const byPath = new Map<string, Left>();
  for (const { node, isMeant } of parts) {
    const text = JSON.stringify(node);
    if (meant.get(text) === !isMeant) return nameOf(node);
    meant.set(text, isMeant);
    if ("everyone" in node && !isMeant) return "everyone";
    if ("audience" in node && isMeant && options.isAudience) {
      const { id, ids = [], member = true } = node.audience;
      const named = id === undefined ? ids : [id, ...ids];
      if (member && named.length > 0 && !named.some(options.isAudience)) return named.join(", ");
    }
    if ("items" in node && isMeant && wantsItems(node.items) && node.items.where) {
      const inner = neverHolds(node.items.where, options);
      if (inner) return inner.over[0] ?? "items";
    }
    if ("attribute" in node && narrow(byPath, node.attribute, isMeant, options)) return node.attribute.path;
  }
  return undefined;
}

function nameOf(node: RuleNode): string {
  if ("attribute" in node) return node.attribute.path;
  if ("audience" in node) return node.audience.id ?? (node.audience.ids ?? []).join(", ");
  return Object.keys(node)[0] ?? "";
}

/** Whether there must be at least one item for it to hold. */
function wantsItems({ match = "some", measure, op, value }: ItemsLeaf): boolean {
  if (measure === undefined) return match === "some";
  const least = toDecimalNumber(value);
  return (op === "gt" || op === "gte") && least !== undefined && compareDecimals(least, op === "gt" ? 0 : 1) >= 0;
}

type Bound = { readonly value: Decimal; readonly isOpen: boolean };

/** What leaves have left of one attribute. */
type Left = {
  isThere: boolean;
  isMissing: boolean;
  /** Folded; undefined = any. */
  values: ReadonlySet<string> | undefined;
  readonly excluded: Set<string>;
  /** Of an attribute that may be a list: what each leaf wants one of. */
  readonly wanted: (readonly string[])[];
  low: Bound | undefined;
  high: Bound | undefined;
};

/** Lists in a cart that goes to several addresses. */
const severalPlaces: ReadonlySet<string> = new Set([
  ...["cart.country", "cart.region", "cart.region_id", "cart.postcode", "cart.shipping_method"],
]);

/** Takes one leaf into account. True when nothing is left of its attribute. */
function narrow(byPath: Map<string, Left>, leaf: AttributeLeaf, isMeant: boolean, options: Options): boolean {
  const { path, value } = leaf;
  const type = options.typeOf(path);
  if (type === undefined || /^(?:product|item|matched|event)(?:\.|$)/.test(path)) return false;
  const currency = currencyOf(type, value);
  // Amounts of different currencies are compared at the rate of the day: each is judged by itself.
  const key = `${path} ${currency}`;
  const left = byPath.get(key) ?? {
    ...{ isThere: false, isMissing: false, values: undefined, excluded: new Set<string>(), wanted: [] },
    ...{ low: undefined, high: undefined },
  };
  byPath.set(key, left);
  const op = isMeant ? leaf.op : opposite(leaf.op);
  if (op === undefined) return false;
  if (op === "not_exists") left.isMissing = true;
  else if (complementOf[op] === undefined) left.isThere = true;
  if (left.isMissing && left.isThere && !startsEmpty(path)) return true;
  if (type === "boolean") return narrowValues(left, op, booleanOf(op, value));
  if (type === "text" || type === "key") {
    // Texts that are numbers are equal as numbers: 1 and 1.0.
    const texts = listOf(value).map(scalarText);
    if (texts.some((text) => text === undefined || isNumericText(text))) return false;
    const folded = texts.map((text) => foldText(text ?? ""));
    return severalPlaces.has(path) ? narrowList(left, op, folded) : narrowValues(left, op, folded);
  }
  if (type === "number" || type === "money") return narrowRange(left, op, listOf(value).map(amountOf));
  return false;
}

/** Without a cart its numbers are 0. */
function startsEmpty(path: string): boolean {
  return path.startsWith("cart.");
}

function opposite(op: Operator): Operator | undefined {
  const positive = complementOf[op];
  if (positive) return positive;
  for (const [negative, own] of Object.entries(complementOf)) if (own === op) return negative as Operator;
  // The opposite of a comparison also holds for what is missing: it says nothing of a range.
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function currencyOf(type: AttributeType, value: unknown): string {
  if (type !== "money") return "";
  return [...new Set(listOf(value).map((each) => (isObject(each) ? String(each["currency"]) : "")))].sort().join(" ");
}

function booleanOf(op: Operator, value: unknown): readonly string[] {
  if (op === "is_true" || op === "is_false") return ["true"];
  return [value === true || value === "true" || value === 1 || value === "1" ? "true" : "false"];
}

function narrowValues(left: Left, op: Operator, texts: readonly string[]): boolean {
  if (op === "eq" || op === "in" || op === "is_true") {
    const before = left.values;
    left.values = new Set(before ? texts.filter((text) => before.has(text)) : texts);
  } else if (op === "neq" || op === "not_in" || op === "is_false") for (const text of texts) left.excluded.add(text);
  return left.values !== undefined && [...left.values].every((text) => left.excluded.has(text));
}

/** Of a list a positive leaf holds for any element: two of them leave each other everything, and only what is excluded is gone. */
function narrowList(left: Left, op: Operator, texts: readonly string[]): boolean {
  if (op === "neq" || op === "not_in") for (const text of texts) left.excluded.add(text);
  if (op === "eq" || op === "in") left.wanted.push(texts);
  return left.wanted.some((any) => any.every((text) => left.excluded.has(text)));
}

function amountOf(value: unknown): Decimal | undefined {
  return toDecimalNumber(isObject(value) ? value["minor"] : value);
}

function narrowRange(left: Left, op: Operator, given: readonly (Decimal | undefined)[]): boolean {
  const amounts = given.filter((each) => each !== undefined);
  const [first, second] = amounts;
  // A reference to another attribute is no amount.
  if (first === undefined || amounts.length < given.length) return false;
  const sorted = [...amounts].sort(compareDecimals);
  const [least = first, most = first] = [sorted[0], sorted.at(-1)];
  const isOpen = op === "gt" || op === "lt";
  if (op === "gt" || op === "gte" || op === "eq" || op === "in" || op === "between")
    left.low = tighter(left.low, { value: op === "between" ? first : least, isOpen }, 1);
  if (op === "lt" || op === "lte" || op === "eq" || op === "in" || op === "between")
    left.high = tighter(left.high, { value: op === "between" ? (second ?? first) : most, isOpen }, -1);
  const { low, high } = left;
  if (!low || !high) return false;
  const order = compareDecimals(low.value, high.value);
  return order > 0 || (order === 0 && (low.isOpen || high.isOpen));
}

/** @param direction 1 = the higher bound is the tighter one */
function tighter(known: Bound | undefined, next: Bound, direction: 1 | -1): Bound {
  if (!known) return next;
  const order = compareDecimals(next.value, known.value) * direction;
  return order > 0 || (order === 0 && next.isOpen) ? next : known;
}
