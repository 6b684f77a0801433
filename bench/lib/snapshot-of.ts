import type { AttributeMeta, CatalogProduct, CatalogSnapshot } from "../../src/catalog/index.ts";

/** A catalog without categories that only lies in memory. */
export function snapshotOf(products: readonly CatalogProduct[], attributes: readonly AttributeMeta[]): CatalogSnapshot {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  return {
    version: 1,
    products: bySku,
    categories: new Map(),
    attributes: new Map(attributes.map((meta) => [meta.code, meta])),
    get: (sku) => bySku.get(sku),
    parentOf: (sku) => bySku.get(sku),
    inCategory: () => [],
    listed: () => products,
  };
}
