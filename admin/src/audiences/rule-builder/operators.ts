/** Which operators an attribute type has, and what each one compares with. */
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

/** One attribute of the catalog, as `GET /v1/attributes` tells it. */
export type AttributeSpec = {
  readonly path: string;
  readonly type: AttributeType;
  readonly label: string;
  readonly values?: readonly string[];
  readonly closed?: boolean;
  /** false: the shop has not released it for price rules. */
  readonly isForPriceRules?: boolean;
};

/** none = no right-hand side; many = several values; range = low and high; where = conditions on one element. */
export type ValueShape = "none" | "one" | "many" | "range" | "duration" | "count" | "where" | "json-type";

const ordering = ["gt", "gte", "lt", "lte"] as const;
const instants = [
  "within_last",
  "before_last",
  "within_next",
  "after_next",
  "gt",
  "gte",
  "lt",
  "lte",
  "eq",
  "neq",
  "between",
  "anniversary_within",
] as const;

const operatorsByType: Readonly<Record<AttributeType, readonly string[]>> = {
  text: [
    "eq",
    "neq",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "contains_any",
    "starts_with",
    "not_starts_with",
    "ends_with",
    "not_ends_with",
    "regex",
    "not_regex",
    ...ordering,
  ],
  key: ["eq", "neq", "in", "not_in", "contains", "not_contains", "starts_with", "not_starts_with"],
  number: ["eq", "neq", ...ordering, "between", "in", "not_in"],
  money: ["eq", "neq", ...ordering, "between"],
  boolean: ["is_true", "is_false"],
  date: instants,
  instant: instants,
  version: ["eq", "neq", ...ordering],
  point: [],
  list: [
    "contains",
    "not_contains",
    "in",
    "not_in",
    "contains_all",
    "not_contains_all",
    "any_match",
    "none_match",
    "size",
  ],
  objects: ["any_match", "none_match", "size"],
  json: [
    "eq",
    "neq",
    "in",
    "not_in",
    ...ordering,
    "contains_all",
    "not_contains_all",
    "regex",
    "not_regex",
    "any_match",
    "none_match",
    "size",
    "type_is",
  ],
};

export function operatorsFor(type: AttributeType): readonly string[] {
  return [...operatorsByType[type], "exists", "not_exists"];
}

const shapes: Readonly<Record<string, ValueShape>> = {
  exists: "none",
  not_exists: "none",
  is_true: "none",
  is_false: "none",
  in: "many",
  not_in: "many",
  contains_any: "many",
  contains_all: "many",
  not_contains_all: "many",
  between: "range",
  within_last: "duration",
  within_next: "duration",
  before_last: "duration",
  after_next: "duration",
  anniversary_within: "count",
  size: "count",
  any_match: "where",
  none_match: "where",
  type_is: "json-type",
};

export function shapeOf(op: string): ValueShape {
  return shapes[op] ?? "one";
}

/** Operators that are also true when there is no value; the builder says so beside them. */
export const negatives: ReadonlySet<string> = new Set([
  "neq",
  "not_in",
  "not_contains",
  "not_starts_with",
  "not_ends_with",
  "not_regex",
  "not_contains_all",
  "none_match",
  "is_false",
]);

/** The catalog entry of a path: the exact one, else the longest pattern (`*` = the rest, `<code>` = one key). */
export function findAttribute(specs: readonly AttributeSpec[], path: string): AttributeSpec | undefined {
  const exact = specs.find((spec) => spec.path === path);
  if (exact) return exact;
  const keys = path.split(/(?<!\\)\./);
  const fits = specs.filter((spec) => isPattern(spec.path) && matchesPattern(spec.path.split("."), keys));
  return fits.sort((a, b) => b.path.split(".").length - a.path.split(".").length)[0];
}

export function isPattern(path: string): boolean {
  return path.split(".").some(isPlaceholder);
}

function isPlaceholder(key: string): boolean {
  return key === "*" || /^<.+>$/.test(key);
}

function matchesPattern(pattern: readonly string[], keys: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === "*";
  if (isOpen ? keys.length < pattern.length : keys.length !== pattern.length) return false;
  return pattern.every((key, index) => isPlaceholder(key) || key === keys[index]);
}
