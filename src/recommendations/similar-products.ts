// Products like a given one by what the catalog says of them (ranking.md 5.3): category, attributes, words, price. Never
// across the root categories or across genders, whatever else agrees.
import type { AttributeValue, CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import { createCatalogCache } from "./catalog-cache.ts";

export type SimilarProduct = { readonly sku: string; readonly score: number };

const weights = { category: 0.35, attributes: 0.3, words: 0.2, price: 0.15 };
const priceScale = 0.35;
/** Comparing with 500 takes about 1.5 ms; nearest categories come first. */
const maxCandidates = 500;
const maxWords = 60;
const kept = 50;
const cachedProducts = 5_000;
/** Attributes that must agree where both products have them. */
const guards = ["gender", "age_group"] as const;

const depthOf = (path: string) => path.split("/").length;

/** The deepest category says best what a product is; campaigns and collections are flat. */
export function mainCategory(product: CatalogProduct): string {
  let best = "";
  for (const path of product.categories) if (best === "" || depthOf(path) > depthOf(best)) best = path;
  return best;
}

const rootOf = (path: string) => path.split("/", 1)[0] ?? "";

function categoryOverlap(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared += 1;
  return shared / Math.max(left.length, right.length);
}

function valuesOf(value: AttributeValue): readonly string[] {
  return Array.isArray(value) ? value : [String(value)];
}

/** Share of equal values, averaged over the attributes that either product has. */
function attributeSimilarity(a: CatalogProduct, b: CatalogProduct): number {
  let sum = a.brand !== null && a.brand === b.brand ? 1 : 0;
  let count = a.brand === null && b.brand === null ? 0 : 1;
  for (const code in b.attributes) if (a.attributes[code] === undefined) count += 1;
  for (const code in a.attributes) {
    count += 1;
    const [left, right] = [a.attributes[code], b.attributes[code]];
    if (left === undefined || right === undefined) continue;
    if (typeof left === "number" && typeof right === "number") {
      const largest = Math.max(Math.abs(left), Math.abs(right));
      sum += largest === 0 ? 1 : 1 - Math.min(1, Math.abs(left - right) / largest);
      continue;
    }
    sum += sharedValues(left, right);
  }
  return count === 0 ? 0 : sum / count;
}

/** Jaccard index of two values; most are single ones, which need no sets. */
function sharedValues(left: AttributeValue, right: AttributeValue): number {
  if (!Array.isArray(left) && !Array.isArray(right)) return String(left) === String(right) ? 1 : 0;
  const [leftValues, rightValues] = [new Set(valuesOf(left)), new Set(valuesOf(right))];
  let both = 0;
  for (const value of leftValues) if (rightValues.has(value)) both += 1;
  return both / Math.max(1, leftValues.size + rightValues.size - both);
}

// Products are immutable, so their words are too; the entry goes with the product.
const wordsByProduct = new WeakMap<CatalogProduct, ReadonlySet<string>>();

function wordsOf(product: CatalogProduct): ReadonlySet<string> {
  const known = wordsByProduct.get(product);
  if (known) return known;
  const text = `${product.name} ${product.description.slice(0, 2_000)}`.toLowerCase();
  const words = new Set((text.match(/[\p{L}\p{N}]{3,}/gu) ?? []).slice(0, maxWords * 3));
  const limited = new Set([...words].slice(0, maxWords));
  wordsByProduct.set(product, limited);
  return limited;
}

function wordSimilarity(a: CatalogProduct, b: CatalogProduct): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  if (left.size === 0 || right.size === 0) return 0;
  let both = 0;
  for (const word of left) if (right.has(word)) both += 1;
  return both / Math.sqrt(left.size * right.size);
}

function priceSimilarity(a: CatalogProduct, b: CatalogProduct): number {
  const [left, right] = [a.finalPrice, b.finalPrice];
  if (!left || !right || left.currency !== right.currency || left.minor <= 0 || right.minor <= 0) return 0;
  return Math.exp(-Math.abs(Math.log(left.minor / right.minor)) / priceScale);
}

function passesGuards(a: CatalogProduct, b: CatalogProduct): boolean {
  return guards.every((code) => {
    const [left, right] = [a.attributes[code], b.attributes[code]];
    if (left === undefined || right === undefined) return true;
    const allowed = new Set(valuesOf(right));
    return valuesOf(left).some((value) => allowed.has(value));
  });
}

/** True when two products may stand beside each other: same root category, same gender and age group where both have them. */
export function areGuarded(a: CatalogProduct, b: CatalogProduct): boolean {
  return rootOf(mainCategory(a)) === rootOf(mainCategory(b)) && passesGuards(a, b);
}

const visualCode = /colou?r|pattern|material|fabric|style|shape|texture|finish|sleeve|neck|collar|fit/;

/** Share of equal values over the attributes that say how a product looks, 0 to 1; 0 where neither has any. */
export function visualSimilarity(a: CatalogProduct, b: CatalogProduct): number {
  let [sum, count] = [0, 0];
  for (const code of new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)])) {
    if (!visualCode.test(code)) continue;
    count += 1;
    const [left, right] = [a.attributes[code], b.attributes[code]];
    if (left === undefined || right === undefined) continue;
    sum += sharedValues(left, right);
  }
  return count === 0 ? 0 : sum / count;
}

/** Similarity of two products, 0 to 1; 0 when a guard keeps them apart. */
export function similarity(a: CatalogProduct, b: CatalogProduct): number {
  const [left, right] = [mainCategory(a), mainCategory(b)];
  if (rootOf(left) !== rootOf(right) || !passesGuards(a, b)) return 0;
  return (
    weights.category * (left === "" ? 0 : categoryOverlap(left, right)) +
    weights.attributes * attributeSimilarity(a, b) +
    weights.words * wordSimilarity(a, b) +
    weights.price * priceSimilarity(a, b)
  );
}

/** Nearest categories first, until there are enough to compare with. */
function candidatesFor(product: CatalogProduct, catalog: CatalogSnapshot): ReadonlySet<CatalogProduct> {
  const found = new Set<CatalogProduct>();
  let path = mainCategory(product);
  const take = (products: readonly CatalogProduct[]) => {
    for (const candidate of products) {
      if (found.size >= maxCandidates) return;
      if (candidate.sku !== product.sku) found.add(candidate);
    }
  };
  while (path !== "" && found.size < maxCandidates) {
    take(catalog.inCategory(path));
    path = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  }
  // A product without any category can only be compared with others like it.
  if (product.categories.length === 0) take(catalog.listed());
  return found;
}

/** Remembers what it found. */
export function createSimilarProducts() {
  const cache = createCatalogCache<string, readonly SimilarProduct[]>(cachedProducts);
  return {
    /** The products most like this one, best first, at most 50. */
    like: (product: CatalogProduct, catalog: CatalogSnapshot, nowMs: number): readonly SimilarProduct[] =>
      cache.get(product.sku, catalog, null, nowMs, () =>
        [...candidatesFor(product, catalog)]
          .map((candidate) => ({ sku: candidate.sku, score: similarity(product, candidate) }))
          .filter((similar) => similar.score > 0)
          .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1))
          .slice(0, kept),
      ),
  };
}

export type SimilarProducts = ReturnType<typeof createSimilarProducts>;
