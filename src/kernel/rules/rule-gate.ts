// What the value of one attribute tells of a rule without judging it. A gate may let through what the rule refuses, and never the
// other way round: a subject whose value it does not let through cannot make the rule hold.
import type { AttributeCatalog } from "./attribute-catalog.ts";
import { decimalText, toDecimalNumber } from "./decimal.ts";
import type { RuleNode } from "./grammar.ts";
import { keysOfLeaf } from "./value-keys.ts";

export type RuleGate = {
  readonly path: string;
  readonly lets:
    | { readonly by: "keys"; readonly keys: readonly string[] }
    /** Both ends included. */
    | { readonly by: "range"; readonly from: number; readonly to: number };
};

/** What these paths read is what the subject has under them; the cart's numbers, for one, have a value without a cart. */
const plainPath = /^(profile|context)\./;

/**
 * The gate of a rule that is one comparison of an attribute of the profile or the request.
 *
 * @returns undefined where one value does not decide
 */
export function gateOf(rule: RuleNode, catalog: AttributeCatalog): RuleGate | undefined {
  if (!("attribute" in rule)) return undefined;
  const { path, op, value, where } = rule.attribute;
  const spec = plainPath.test(path) && where === undefined ? catalog.find(path) : undefined;
  if (!spec) return undefined;
  const keys = keysOfLeaf(rule.attribute, spec);
  if (keys) return op === "contains_all" && keys.length === 0 ? undefined : { path, lets: { by: "keys", keys } };
  const lets = spec.type === "number" ? rangeOf(op, value) : undefined;
  return lets && { path, lets };
}

function rangeOf(op: string, value: unknown): RuleGate["lets"] | undefined {
  const [first, last] = (Array.isArray(value) ? [value[0], value[1]] : [value, value]).map(toDouble);
  if (first === undefined || last === undefined) return undefined;
  const bounds = boundsOf(op, first, last);
  return bounds && { by: "range", from: bounds[0], to: bounds[1] };
}

/**
 * Between which doubles a number lies for which a comparison of order holds, both included: as doubles, different decimals may be one
 * number. Undefined for other operators.
 */
export function boundsOf(op: string, first: number, last: number): readonly [from: number, to: number] | undefined {
  switch (op) {
    case "between":
      return [first, last];
    case "gt":
    case "gte":
      return [first, Number.POSITIVE_INFINITY];
    case "lt":
    case "lte":
      return [Number.NEGATIVE_INFINITY, last];
    default:
      return undefined;
  }
}

/** A number of a rule or a subject as a double: order is kept, but different decimals may become the same. */
export function toDouble(value: unknown): number | undefined {
  const decimal = toDecimalNumber(value);
  return decimal === undefined || typeof decimal === "number" ? decimal : Number(decimalText(decimal));
}
