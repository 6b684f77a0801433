import { type CatalogProduct, type CatalogSnapshot, withAncestors } from "../catalog/index.ts";
import type { RuleObject } from "../kernel/rules/index.ts";

const factsByProduct = new WeakMap<CatalogProduct, RuleObject>();

/**
 * A product as rules read it: `product.sku`, `product.category_ids`, `product.<attribute code>`… Of one that is not in the catalog, or no
 * longer, the SKU is known.
 */
export function productFacts(catalog: CatalogSnapshot, sku: string): RuleObject {
  const product = catalog.get(sku);
  if (!product) return { sku };
  const known = factsByProduct.get(product);
  if (known) return known;
  const parent = catalog.parentOf(sku) ?? product;
  const facts: RuleObject = {
    ...parent.attributes,
    ...product.attributes,
    ...product.options,
    sku: product.sku,
    parent_sku: product.parentSku,
    type: product.type,
    name: product.name,
    brand: product.brand ?? parent.brand,
    category_ids: [...withAncestors(product.categories, parent.categories)],
    price: product.price,
    special_price: product.specialPrice,
    final_price: product.finalPrice,
    in_stock: product.inStock,
    stock_qty: product.qty,
    rating: product.rating?.average,
    created_at: product.createdAt,
  };
  factsByProduct.set(product, facts);
  return facts;
}

/** Paths of the categories directly below one. */
export function childCategories(catalog: CatalogSnapshot, path: string): readonly string[] {
  return [...catalog.categories.values()].filter(({ parentPath }) => parentPath === path).map((each) => each.path);
}
