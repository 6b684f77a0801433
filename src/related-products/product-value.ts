import type { CatalogProduct } from "../catalog/index.ts";

/**
 * What rules read of a product in a list at `product.<key>`. The same as the fact of that name (a test compares both), without
 * making all facts of every product.
 */
export function productValue(product: CatalogProduct, key: string): unknown {
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
      return product.brand;
    case "category_ids":
      return product.categories.length === 1
        ? ancestorsOf(product.categories[0] ?? "")
        : product.categories.flatMap(ancestorsOf);
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
      return own(product.options, key) ?? own(product.attributes, key);
  }
}

function own(values: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

const maxKnownPaths = 50_000;
const knownAncestors = new Map<string, readonly string[]>();

/** A category path and all above it. */
function ancestorsOf(path: string): readonly string[] {
  const known = knownAncestors.get(path);
  if (known) return known;
  const all: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) all.push(path.slice(0, end));
  if (knownAncestors.size >= maxKnownPaths) knownAncestors.clear();
  knownAncestors.set(path, all);
  return all;
}
