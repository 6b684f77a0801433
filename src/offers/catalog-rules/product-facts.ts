import { type CatalogProduct, withAncestors } from "../../catalog/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";

/**
 * The facts of a product that rules read, under the names of the rule language; a variant has what its parent has and itself has not.
 *
 * Only the wanted ones: all facts of a million products would be a second catalog in memory. A test compares them with those
 * that every other rule sees.
 */
export function productFacts(
  product: CatalogProduct,
  parent: CatalogProduct | undefined,
  keys: readonly string[],
): RuleObject {
  const facts: Record<string, unknown> = Object.create(null);
  for (const key of keys) facts[key] = factOf(product, parent, key);
  return facts;
}

function factOf(product: CatalogProduct, parent: CatalogProduct | undefined, key: string): unknown {
  switch (key) {
    case "sku":
      return product.sku;
    case "parent_sku":
      return product.parentSku;
    case "type":
      return product.type;
    case "name":
      return product.name;
    case "brand":
      return product.brand ?? parent?.brand ?? null;
    case "category_ids":
      return [...withAncestors(product.categories, parent?.categories ?? [])];
    case "price":
      return product.price;
    case "special_price":
      return product.specialPrice;
    case "final_price":
      return product.finalPrice;
    case "in_stock":
      return product.inStock;
    case "stock_qty":
      return product.qty;
    case "rating":
      return product.rating?.average;
    case "created_at":
      return product.createdAt;
    default:
      return (
        own(product.options, key) ?? own(product.attributes, key) ?? (parent ? own(parent.attributes, key) : undefined)
      );
  }
}

function own(values: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
