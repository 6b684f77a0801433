// Which products a rule has to look at. A cover is a set of products outside of which the rule holds for none, read off its
// equality leaves; every product of it is judged by the whole rule afterwards.
import { type AttributeCatalog, type AttributeLeaf, attributeAt, type RuleNode } from "../kernel/rules/index.ts";
import type { IndexedProduct, ProductIndex } from "./product-index.ts";
import { booleanKeys, valueKeys } from "./value-keys.ts";

/** Lists whose union covers a rule; null = every product. */
export type Cover = readonly (readonly IndexedProduct[])[] | null;

/** Above this many lists a set of their products is walked instead of the lists side by side. */
const maxHeads = 8;

/** @param rule with its references bound: a leaf with a reference covers everything */
export function coverOf(rule: RuleNode, index: ProductIndex, attributes: AttributeCatalog): Cover {
  if ("all" in rule) return smallest(rule.all.map((child) => coverOf(child, index, attributes)));
  if ("any" in rule) return union(rule.any.map((child) => coverOf(child, index, attributes)));
  if ("not" in rule) return "everyone" in rule.not ? [] : null;
  if ("attribute" in rule) return coverOfLeaf(rule.attribute, index, attributes);
  return null;
}

function sizeOf(cover: Cover): number {
  return cover === null ? Number.POSITIVE_INFINITY : cover.reduce((sum, list) => sum + list.length, 0);
}

function smallest(covers: readonly Cover[]): Cover {
  let best: Cover = null;
  for (const cover of covers) if (sizeOf(cover) < sizeOf(best)) best = cover;
  return best;
}

function union(covers: readonly Cover[]): Cover {
  // `any` of nothing is no restriction.
  if (covers.length === 0) return null;
  const lists = new Set<readonly IndexedProduct[]>();
  for (const cover of covers) {
    if (cover === null) return null;
    for (const list of cover) lists.add(list);
  }
  return [...lists];
}

function coverOfLeaf(leaf: AttributeLeaf, index: ProductIndex, attributes: AttributeCatalog): Cover {
  const { op, path, value, where } = leaf;
  if (!path.startsWith("product.") || where !== undefined) return null;
  const type = attributeAt(path, { environment: { catalog: attributes }, itemKind: undefined })?.type;
  switch (type) {
    case "text":
    case "key":
    case "number":
      return op === "eq" || op === "in" ? havingAny(index, path, value) : null;
    case "list":
      if (op === "contains_all") return havingAll(index, path, value);
      return op === "eq" || op === "contains" || op === "in" ? havingAny(index, path, value) : null;
    case "json":
      if (op === "contains_all") return havingAll(index, path, value);
      // A list equals a list as a whole, whatever it holds.
      if (op === "eq") return Array.isArray(value) ? null : havingAny(index, path, value);
      return op === "in" ? havingAny(index, path, value) : null;
    case "boolean":
      if (op === "is_true") return index.having(path, booleanKeys(true));
      return op === "eq" && typeof value === "boolean" ? index.having(path, booleanKeys(value)) : null;
    default:
      return null;
  }
}

/** The keys of each value; undefined when one of them cannot be looked up. */
function keysOfEach(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const keys: string[] = [];
  for (const each of values) {
    const [key] = Array.isArray(each) ? [] : valueKeys(each);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return keys;
}

function havingAny(index: ProductIndex, path: string, value: unknown): Cover {
  const keys = keysOfEach(value);
  return keys === undefined ? null : index.having(path, keys);
}

function havingAll(index: ProductIndex, path: string, value: unknown): Cover {
  const keys = keysOfEach(value);
  return keys === undefined ? null : smallest(keys.map((key) => index.having(path, [key])));
}

/**
 * Calls the visitor with the products of a cover in order of SKU, each once, until it returns false. Where the cover is no
 * smaller than half of all products, all are visited.
 */
export function visitCover(cover: Cover, index: ProductIndex, visit: (entry: IndexedProduct) => boolean): void {
  const [first, ...more] = cover ?? [];
  if (cover !== null && first === undefined) return;
  if (cover !== null && more.length === 0) visitList(first ?? [], visit);
  else if (cover === null || 2 * sizeOf(cover) >= index.all().length) visitList(index.all(), visit);
  else if (cover.length > maxHeads) visitUnion(cover, index, visit);
  else visitMerged(cover, visit);
}

function visitList(list: readonly IndexedProduct[], visit: (entry: IndexedProduct) => boolean): void {
  for (const entry of list) if (!visit(entry)) return;
}

function visitUnion(
  lists: readonly (readonly IndexedProduct[])[],
  index: ProductIndex,
  visit: (entry: IndexedProduct) => boolean,
): void {
  const members = new Set<IndexedProduct>();
  for (const list of lists) for (const entry of list) members.add(entry);
  for (const entry of index.all()) if (members.has(entry) && !visit(entry)) return;
}

/** Walks a few ordered lists side by side. */
function visitMerged(lists: readonly (readonly IndexedProduct[])[], visit: (entry: IndexedProduct) => boolean): void {
  const heads = lists.map(() => 0);
  for (;;) {
    let next: IndexedProduct | undefined;
    for (const [at, list] of lists.entries()) {
      const head = list[heads[at] ?? 0];
      if (head && (next === undefined || head.sku < next.sku)) next = head;
    }
    if (next === undefined) return;
    for (const [at, list] of lists.entries()) {
      const place = heads[at] ?? 0;
      if (list[place] === next) heads[at] = place + 1;
    }
    if (!visit(next)) return;
  }
}
