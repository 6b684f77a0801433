// What the catalog says of a product, as numbers and short texts; worked out once for each version of a product.
import { type AttributeValue, type CatalogProduct, type ProductPrices, withAncestors } from "../catalog/index.ts";

export type ItemFacts = {
  readonly sku: string;
  readonly brand: string;
  /** The deepest category, the first of several. */
  readonly category: string;
  /** Every category and all above, for overlaps. */
  readonly categories: readonly string[];
  readonly colours: readonly string[];
  readonly sizes: readonly string[];
  /** Minor units of the shop's currency; NaN = none. */
  readonly price: number;
  readonly discount: number;
  readonly qty: number;
  readonly isInStock: boolean;
  /** Mean of the ratings, drawn to 3.5 as by ten of them. */
  readonly rating: number;
  readonly reviews: number;
  readonly images: number;
  readonly variants: number;
  readonly createdAt: number;
};

const priorRating = 3.5;
const priorRatings = 10;
const known = new WeakMap<CatalogProduct, ItemFacts>();

function deepest(paths: readonly string[]): string {
  let best = "";
  let depth = -1;
  for (const path of paths) {
    const own = path.split("/").length;
    if (own > depth) [best, depth] = [path, own];
  }
  return best;
}

function textsOf(value: AttributeValue | undefined): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === "string").map((each) => each.toLowerCase());
}

function attributeOf(product: CatalogProduct, codes: readonly string[]): readonly string[] {
  return codes.flatMap((code) => (Object.hasOwn(product.attributes, code) ? textsOf(product.attributes[code]) : []));
}

function pricesOf({ price }: CatalogProduct, final: number): Pick<ItemFacts, "price" | "discount"> {
  const full = price?.minor ?? final;
  return { price: final, discount: full > 0 && final < full ? 1 - final / full : 0 };
}

function read(product: CatalogProduct): ItemFacts {
  const { finalPrice, rating } = product;
  const count = rating?.count ?? 0;
  return {
    sku: product.sku,
    brand: product.brand ?? "",
    category: deepest(product.categories),
    categories: [...withAncestors(product.categories)],
    colours: attributeOf(product, ["color", "colour"]),
    sizes: attributeOf(product, ["size"]),
    ...pricesOf(product, finalPrice?.minor ?? Number.NaN),
    qty: product.qty ?? Number.NaN,
    isInStock: product.inStock,
    rating: ((rating?.average ?? 0) * count + priorRating * priorRatings) / (count + priorRatings),
    reviews: count,
    images: product.images.length,
    variants: product.variants.length,
    createdAt: product.createdAt,
  };
}

export function factsOf(product: CatalogProduct): ItemFacts {
  const found = known.get(product);
  if (found) return found;
  const facts = read(product);
  known.set(product, facts);
  return facts;
}

/** The same at the prices of a shopper: a copy of the few facts of a product that costs them something else. */
export function factsAt(product: CatalogProduct, prices: ProductPrices): ItemFacts {
  const facts = factsOf(product);
  const final = prices.finalPriceOf(product)?.minor ?? Number.NaN;
  return Object.is(final, facts.price) ? facts : { ...facts, ...pricesOf(product, final) };
}

/** Share of the categories of both that both have, 0..1. */
export function categoryOverlap(a: ItemFacts, b: ItemFacts): number {
  let common = 0;
  for (const category of a.categories) if (b.categories.includes(category)) common += 1;
  const all = a.categories.length + b.categories.length - common;
  return all === 0 ? 0 : common / all;
}
