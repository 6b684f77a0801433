import type { Collection, Operator } from "./grammar.ts";
import { splitPath } from "./paths.ts";

export type AttributeType =
  | "text"
  | "key"
  | "number"
  | "money"
  | "boolean"
  | "date"
  | "instant"
  | "version"
  | "point"
  | "list"
  | "objects"
  | "json";

/**
 * One attribute that rules may name. `path` is exact, or a pattern: a last key `*` stands for all deeper keys, a key
 * such as `<code>` for one.
 */
export type AttributeSpec = {
  readonly path: string;
  readonly type: AttributeType;
  readonly label: string;
  /** Known values, for the builder; with `closed` any other value is a warning on save. */
  readonly values?: readonly string[];
  readonly closed?: boolean;
  /** Of a list: its values are codes, which never compare as numbers; default text. */
  readonly elements?: "key";
  /** Set on a number of full days that grows by itself: the instant it counts from. */
  readonly daysSince?: string;
  /** Set on a value that changes by itself in another way: the path of the instant at which it next does. */
  readonly changesAt?: string;
};

export type AttributeCatalog = {
  /** The exact entry, else the most specific pattern. */
  readonly find: (path: string) => AttributeSpec | undefined;
  /** The known path most like a mistyped one. */
  readonly nearest: (path: string) => string | undefined;
  readonly list: () => readonly AttributeSpec[];
};

/** Operators by attribute type; `exists` and `not_exists` fit every type. */
export const operatorsByType: Readonly<Record<AttributeType, readonly Operator[]>> = {
  text: [
    ...["eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "contains", "not_contains", "contains_any"],
    ...["starts_with", "not_starts_with", "ends_with", "not_ends_with", "regex", "not_regex"],
  ] as readonly Operator[],
  key: ["eq", "neq", "in", "not_in", "contains", "not_contains", "starts_with", "not_starts_with"],
  number: ["eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "between"],
  money: ["eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "between"],
  boolean: ["is_true", "is_false", "eq", "neq"],
  date: [
    ...["eq", "neq", "gt", "gte", "lt", "lte", "between", "within_last", "within_next", "before_last", "after_next"],
    "anniversary_within",
  ] as readonly Operator[],
  instant: [
    ...["eq", "neq", "gt", "gte", "lt", "lte", "between", "within_last", "within_next", "before_last", "after_next"],
    "anniversary_within",
  ] as readonly Operator[],
  version: ["eq", "neq", "gt", "gte", "lt", "lte"],
  point: [],
  list: [
    ...["contains", "not_contains", "eq", "neq", "in", "not_in", "contains_all", "not_contains_all"],
    ...["any_match", "none_match", "size"],
  ] as readonly Operator[],
  objects: ["any_match", "none_match", "size"],
  json: [
    ...["eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "contains_all", "not_contains_all"],
    ...["regex", "not_regex", "any_match", "none_match", "size", "type_is"],
  ] as readonly Operator[],
};

/** True when the operator may be used on the type. */
export function fitsType(op: Operator, type: AttributeType): boolean {
  return op === "exists" || op === "not_exists" || operatorsByType[type].includes(op);
}

type Pattern = { readonly keys: readonly string[]; readonly spec: AttributeSpec };

/** Builds the look-up; a later spec of the same path replaces an earlier one. */
export function createAttributeCatalog(specs: readonly AttributeSpec[]): AttributeCatalog {
  const exact = new Map<string, AttributeSpec>();
  const patterns = new Map<string, Pattern>();
  for (const spec of specs) {
    const keys = splitPath(spec.path);
    if (keys.some(isPlaceholder)) patterns.set(spec.path, { keys, spec });
    else exact.set(spec.path, spec);
  }
  // More fixed keys first, so that `product.attributes.color.*` wins over `product.*`.
  const ordered = [...patterns.values()].sort((a, b) => fixedKeys(b.keys) - fixedKeys(a.keys));
  return {
    find: (path) => exact.get(path) ?? findPattern(ordered, splitPath(path))?.spec,
    nearest: (path) => nearestOf(path, exact.keys()),
    list: () => [...exact.values(), ...ordered.map(({ spec }) => spec)],
  };
}

function isPlaceholder(key: string): boolean {
  return key === "*" || /^<.+>$/.test(key);
}

function fixedKeys(keys: readonly string[]): number {
  return keys.filter((key) => !isPlaceholder(key)).length;
}

function findPattern(patterns: readonly Pattern[], keys: readonly string[]): Pattern | undefined {
  return patterns.find(({ keys: pattern }) => {
    const open = pattern.at(-1) === "*";
    if (open ? keys.length < pattern.length : keys.length !== pattern.length) return false;
    return pattern.every((key, index) => isPlaceholder(key) || key === keys[index]);
  });
}

function nearestOf(path: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(3, Math.ceil(path.length / 3));
  for (const candidate of known) {
    if (Math.abs(candidate.length - path.length) > bestDistance) continue;
    const distance = editDistance(path, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** What `item` is inside a `where`: an element of a collection, or of a list attribute. */
export type ItemKind = "line" | "order" | "address" | "viewed" | "wishlist" | "scalar" | "code" | "element";

/** What `item` is inside the `where` of a list, or of a list of objects. */
export function elementKindOf({ type, elements }: AttributeSpec): "scalar" | "code" | "element" {
  if (type !== "list") return "element";
  return elements === "key" ? "code" : "scalar";
}

/** The element kind of a collection. */
export const itemKindOf: Readonly<Record<Collection, ItemKind>> = {
  cart: "line",
  order: "line",
  ordered: "line",
  event: "line",
  wishlist: "wishlist",
  viewed: "viewed",
  orders: "order",
  addresses: "address",
};
