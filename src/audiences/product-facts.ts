import {
  type CatalogProduct,
  type CatalogSnapshot,
  isAtCatalogPrice,
  type ProductPrices,
  withAncestors,
} from "../catalog/index.ts";
import type { RuleObject } from "../kernel/rules/index.ts";

const factsByProduct = new WeakMap<CatalogProduct, RuleObject>();

/**
 * A product as rules read it: `product.sku`, `product.category_ids`, `product.<attribute code>`… Of one that is not in the catalog, or no
 * longer, the SKU is known.
 *
 * @param prices what products cost the shopper; default: what the catalog says
 */
export function productFacts(catalog: CatalogSnapshot, sku: string, prices?: ProductPrices): RuleObject {
  const product = catalog.get(sku);
  if (!product) return { sku };
  const facts = catalogFacts(catalog, product);
  return !prices || isAtCatalogPrice(product, prices) ? facts : { ...facts, final_price: prices.finalPriceOf(product) };
}

function catalogFacts(catalog: CatalogSnapshot, product: CatalogProduct): RuleObject {
  const known = factsByProduct.get(product);
  if (known) return known;
  const parent = catalog.parentOf(product.sku) ?? product;
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
    out_of_stock_at: product.outOfStockAt,
    back_in_stock_at: product.backInStockAt,
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
