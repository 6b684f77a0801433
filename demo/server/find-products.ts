import { isInCategory, type ShopCatalog, type ShopProduct, startingPrice } from "./catalog.ts";

// The shop's own plain listing: what the pages fall back to while Clientele does not answer.

export type ProductQuery = {
  readonly category: string;
  readonly q: string;
  readonly skus: readonly string[];
  readonly sort: "" | "price:asc" | "price:desc" | "name:asc";
  readonly limit: number;
  readonly offset: number;
};

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function matches(product: ShopProduct, words: readonly string[]): boolean {
  const own = wordsOf(
    `${product.name} ${product.sku} ${Object.values(product.attributes).flat().join(" ")} ${product.categories.join(" ")}`,
  );
  // "jacket" also finds "jackets", and the other way round.
  return words.every((word) => own.some((mine) => mine.startsWith(word) || (mine.length > 3 && word.startsWith(mine))));
}

/** Products of a category, of words, or by SKU (in the order asked for). */
export function findProducts(
  catalog: ShopCatalog,
  query: ProductQuery,
): { readonly items: readonly ShopProduct[]; readonly total: number } {
  if (query.skus.length > 0) {
    const items = query.skus.flatMap((sku) => catalog.find(sku)?.product ?? []);
    return { items: [...new Set(items)], total: items.length };
  }
  const words = wordsOf(query.q).slice(0, 10);
  const found = catalog
    .listed()
    .filter((product) => (query.category === "" || isInCategory(product, query.category)) && matches(product, words));
  const price = (product: ShopProduct): number => startingPrice(catalog, product);
  const compare: Readonly<Record<ProductQuery["sort"], (a: ShopProduct, b: ShopProduct) => number>> = {
    "": () => 0,
    "name:asc": (a, b) => a.name.localeCompare(b.name, "en"),
    "price:asc": (a, b) => price(a) - price(b),
    "price:desc": (a, b) => price(b) - price(a),
  };
  const sorted = [...found].sort(compare[query.sort]);
  return { items: sorted.slice(query.offset, query.offset + query.limit), total: sorted.length };
}
