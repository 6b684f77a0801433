import type { Filter, NumberRange } from "../../search/index.ts";
import type { CategoryNames } from "./category-names.ts";
import { badFilters, type Clause, type Literal } from "./filter-syntax.ts";
import { recordAttribute } from "./record-attribute.ts";

type Part = { readonly attribute: string; readonly values: string[]; readonly ranges: NumberRange[]; isNegated?: true };

/** Each clause takes a bit of the index's 31, each negation among alternatives another; two are kept for the edge's own. */
const maxBits = 29;

/**
 * Clauses as filters of the index. Each counts in the facet of its own attribute too, as these clients expect: where they
 * want the other choices of a facet, they send a query of its own without its filter.
 *
 * @throws {ClienteleError} `instantsearch.badFilters` when there are too many
 */
export function toEngineFilters(clauses: readonly Clause[], categories: CategoryNames): readonly Filter[] {
  const filters = clauses.map((clause) => toFilter(clause, categories));
  const bits = filters.reduce((sum, filter) => sum + 1 + (filter.or ? negations([filter, ...filter.or]) : 0), 0);
  if (bits > maxBits) throw badFilters(`the filters need more than ${maxBits} conditions`);
  return filters;
}

function negations(parts: readonly { readonly isNegated?: boolean }[]): number {
  return parts.filter(({ isNegated }) => isNegated).length;
}

function toFilter(clause: Clause, categories: CategoryNames): Filter {
  const [part = { attribute: "", values: [], ranges: [] }, ...or] = partsOf(clause, categories);
  return { ...part, isScope: true, ...(or.length === 0 ? {} : { or }) };
}

function isNegative(literal: Literal): boolean {
  const isOutside = literal.kind === "range" && literal.isOutside === true;
  return literal.isNegated !== isOutside;
}

/** Alternatives on one attribute are one part; each negation is a part of its own. */
function partsOf(clause: Clause, categories: CategoryNames): readonly Part[] {
  const byAttribute = new Map<string, Part>();
  const negated: Part[] = [];
  for (const literal of clause) {
    const attribute = recordAttribute(literal.attribute);
    const code = attribute.kind === "category" ? "categories" : attribute.code;
    const known = isNegative(literal) ? undefined : byAttribute.get(code);
    const part = known ?? {
      attribute: code,
      values: [],
      ranges: [],
      ...(isNegative(literal) ? { isNegated: true } : {}),
    };
    if (isNegative(literal)) negated.push(part);
    else byAttribute.set(code, part);
    if (literal.kind === "range") part.ranges.push(rangeOf(literal, code));
    else if (attribute.kind === "category") part.values.push(...categories.pathsOf(literal.value));
    else part.values.push(literal.value);
  }
  return [...byAttribute.values(), ...negated];
}

/** Prices have at most three decimals, so a step of one thousandth passes exactly the bound itself. */
const priceStep = 0.001;

/** From inclusive, to exclusive: bounds of the other kind move by the smallest step. */
function rangeOf(literal: Literal & { readonly kind: "range" }, code: string): NumberRange {
  const above = (bound: number) => (code === "price" ? bound + priceStep : bound + Math.max(1, Math.abs(bound)) * 1e-9);
  const { from, to, isFromOpen, isToOpen } = literal;
  return {
    ...(from === undefined ? {} : { from: isFromOpen ? above(from) : from }),
    ...(to === undefined ? {} : { to: isToOpen ? to : above(to) }),
  };
}
