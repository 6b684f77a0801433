// Which products a rule has to look at: read off the leaves that an index answers, equality and comparison of numbers. Every product of
// a cover is judged by the whole rule afterwards, so a cover may be too large and must never be too small.
import {
  type AttributeCatalog,
  type AttributeLeaf,
  type AttributeSpec,
  attributeAt,
  boundsOf,
  keysOfLeaf,
  parsePath,
  type RuleNode,
  toAmount,
  toDouble,
} from "../kernel/rules/index.ts";
import type { Cover, ProductIndex } from "./product-index.ts";

/**
 * The cover of a rule over `product.`.
 *
 * @param rule with its references bound: a leaf with a reference covers everything
 * @returns null for every product
 */
export function coverOf(rule: RuleNode, index: ProductIndex, attributes: AttributeCatalog): Cover | null {
  if ("all" in rule) {
    const covers = rule.all.map((child) => coverOf(child, index, attributes)).filter((cover) => cover !== null);
    return covers.length === 0 ? null : index.intersection(covers);
  }
  if ("any" in rule) {
    const covers = rule.any.map((child) => coverOf(child, index, attributes));
    // `any` of nothing is no restriction.
    const known = covers.filter((cover) => cover !== null);
    return covers.length === 0 || known.length < covers.length ? null : index.union(known);
  }
  if ("not" in rule) return "everyone" in rule.not ? index.union([]) : null;
  if ("attribute" in rule) return coverOfLeaf(rule.attribute, index, attributes);
  return null;
}

/** Has the index gather what it needs for a rule, so that the first call does not wait for it. */
export function gatherFor(rule: RuleNode, index: ProductIndex, attributes: AttributeCatalog): void {
  if ("all" in rule) for (const child of rule.all) gatherFor(child, index, attributes);
  else if ("any" in rule) for (const child of rule.any) gatherFor(child, index, attributes);
  else if ("attribute" in rule) {
    const { path, op } = rule.attribute;
    const [key, deeper] = path.startsWith("product.") ? (parsePath(path)?.keys ?? []) : [];
    const type = attributeAt(path, { environment: { catalog: attributes }, itemKind: undefined })?.type;
    if (key === undefined || deeper !== undefined || type === undefined) return;
    if (type === "money" || (type === "number" && op !== "eq" && op !== "in")) index.between(key, 0, 0, "");
    else if (keyOperators.has(op)) index.having(key, []);
  }
}

const keyOperators: ReadonlySet<string> = new Set(["eq", "in", "contains", "contains_all", "is_true"]);

function coverOfLeaf(leaf: AttributeLeaf, index: ProductIndex, attributes: AttributeCatalog): Cover | null {
  const path = parsePath(leaf.path);
  const [key, deeper] = path?.keys ?? [];
  if (path?.subject !== "product" || key === undefined || deeper !== undefined || leaf.where !== undefined) return null;
  const spec = attributeAt(leaf.path, { environment: { catalog: attributes }, itemKind: undefined });
  if (!spec) return null;
  const keys = keysOfLeaf(leaf, spec);
  if (keys === undefined) return rangeOfLeaf(leaf, spec, key, index);
  if (leaf.op !== "contains_all") return index.having(key, keys);
  return keys.length === 0 ? null : index.intersection(keys.map((each) => index.having(key, [each])));
}

function rangeOfLeaf(
  { op, value }: AttributeLeaf,
  { type }: AttributeSpec,
  key: string,
  index: ProductIndex,
): Cover | null {
  if (type !== "number" && type !== "money") return null;
  const bounds: readonly unknown[] = op === "between" && Array.isArray(value) ? value : [value];
  const amounts = bounds.map(toAmount);
  const numbers = type === "number" ? bounds.map(toDouble) : amounts.map((amount) => toDouble(amount?.minor));
  const [first, last] = [numbers[0], numbers.at(-1)];
  const currency = type === "number" ? "" : amounts[0]?.currency;
  if (first === undefined || last === undefined || currency === undefined) return null;
  if (type === "money" && amounts.at(-1)?.currency !== currency) return null;
  const range = op === "eq" ? ([first, last] as const) : boundsOf(op, first, last);
  return range ? (index.between(key, ...range, currency) ?? null) : null;
}
