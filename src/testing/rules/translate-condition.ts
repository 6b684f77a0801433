/** Turns targeting conditions with `$` operators into rules, by the translation table of the rule language. */
import {
  type AttributeCatalog,
  type AttributeSpec,
  createAttributeCatalog,
} from "../../kernel/rules/attribute-catalog.ts";
import { regexFault } from "../../kernel/rules/regex.ts";

type Json = Record<string, unknown>;
export type ConditionCase = {
  readonly id: string;
  readonly group: string;
  readonly input: {
    readonly condition: Json;
    readonly attributes: Json;
    readonly savedGroups?: Record<string, readonly unknown[]>;
  };
  readonly expect: { readonly match: boolean };
};

const nobody = { not: { everyone: true } };
const versionOperators: Readonly<Record<string, string>> = {
  $veq: "eq",
  $vne: "neq",
  $vgt: "gt",
  $vgte: "gte",
  $vlt: "lt",
  $vlte: "lte",
};

type Translation = { readonly rule: unknown; readonly catalog: AttributeCatalog };

export function translateCondition(condition: Json): Translation {
  const specs = new Map<string, AttributeSpec>([["context.*", { path: "context.*", type: "json", label: "context" }]]);
  const rule = translate(condition, "context.", specs);
  return { rule, catalog: createAttributeCatalog([...specs.values()]) };
}

function translate(condition: Json, prefix: string, specs: Map<string, AttributeSpec>): unknown {
  const nodes = Object.entries(condition).map(([key, value]) => {
    const children = (): readonly unknown[] =>
      (value as readonly Json[]).map((child) => translate(child, prefix, specs));
    if (key === "$and") return { all: children() };
    if (key === "$or") return { any: children() };
    if (key === "$nor") return { not: { any: children() } };
    if (key === "$not") return { not: translate(value as Json, prefix, specs) };
    return onPath(prefix + key, value, specs);
  });
  return single(nodes);
}

function single(nodes: readonly unknown[]): unknown {
  if (nodes.length === 0) return { everyone: true };
  return nodes.length === 1 ? nodes[0] : { all: nodes };
}

function isOperators(value: unknown): value is Json {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).every((key) => key.startsWith("$"))
  );
}

function onPath(path: string, value: unknown, specs: Map<string, AttributeSpec>): unknown {
  if (!isOperators(value) || Object.keys(value).length === 0) return equals(path, value);
  return single(Object.entries(value).map(([operator, operand]) => onOperator(path, operator, operand, specs)));
}

function attribute(path: string, op: string, value?: unknown, caseSensitive = true): unknown {
  return {
    attribute: { path, op, ...(value === undefined ? {} : { value }), ...(caseSensitive ? { caseSensitive } : {}) },
  };
}

function equals(path: string, value: unknown): unknown {
  return value === null ? attribute(path, "not_exists") : attribute(path, "eq", value);
}

function onOperator(path: string, operator: string, operand: unknown, specs: Map<string, AttributeSpec>): unknown {
  const version = versionOperators[operator];
  if (version) {
    specs.set(path, { path, type: "version", label: path });
    return attribute(path, version, operand);
  }
  switch (operator) {
    case "$eq":
      return equals(path, operand);
    case "$ne":
      return operand === null ? attribute(path, "exists") : attribute(path, "neq", operand);
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return ordered(path, operator.slice(1), operand);
    case "$in":
    case "$ini":
    case "$nin":
    case "$nini": {
      if (!Array.isArray(operand)) return nobody;
      const op = operator.startsWith("$n") ? "not_in" : "in";
      return attribute(path, op, operand, !operator.endsWith("i"));
    }
    case "$inGroup":
      return attribute(path, "in", { list: operand });
    case "$notInGroup":
      return attribute(path, "not_in", { list: operand });
    case "$all":
    case "$alli":
      return Array.isArray(operand) ? attribute(path, "contains_all", operand, operator === "$all") : nobody;
    case "$size":
      return size(path, operand);
    case "$exists":
      return attribute(path, operand ? "exists" : "not_exists");
    case "$type":
      return operand === "null" ? attribute(path, "not_exists") : attribute(path, "type_is", operand);
    case "$regex":
    case "$regexi":
      return matches(path, operand, operator === "$regex");
    case "$not":
      return { not: onPath(path, operand, specs) };
    case "$elemMatch":
      return element(path, operand, specs);
    default:
      return nobody;
  }
}

/** These cases count a missing value as 0. */
function ordered(path: string, op: string, operand: unknown): unknown {
  const leaf = attribute(path, op, operand);
  const limit = Number(operand);
  const zeroFits = { gt: 0 > limit, gte: 0 >= limit, lt: 0 < limit, lte: 0 <= limit }[op];
  return zeroFits ? { any: [leaf, attribute(path, "not_exists")] } : leaf;
}

function size(path: string, operand: unknown): unknown {
  if (typeof operand === "number") return attribute(path, "size", operand);
  const tests = Object.entries(operand as Json).map(([op, value]) =>
    attribute(path, "size", { op: op.slice(1).replace(/^ne$/, "neq"), value }),
  );
  return single(tests);
}

function matches(path: string, operand: unknown, caseSensitive: boolean): unknown {
  return typeof operand === "string" && regexFault(operand) === undefined
    ? attribute(path, "regex", operand, caseSensitive)
    : nobody;
}

function element(path: string, operand: unknown, specs: Map<string, AttributeSpec>): unknown {
  const where = isOperators(operand) ? onPath("item", operand, specs) : translate(operand as Json, "item.", specs);
  return { attribute: { path, op: "any_match", where } };
}
