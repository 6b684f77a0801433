// What an attribute of a record is in the index. Records of Algolia name things in many ways; the usual ones are understood.

export type RecordAttribute =
  /** Of the product itself: `code` is what the index calls it. */
  | { readonly kind: "plain"; readonly code: string }
  /** Names of categories; `level` counts from 0, absent = every level. */
  | { readonly kind: "category"; readonly level?: number };

const aliases: ReadonlyMap<string, string> = new Map([
  ["objectID", "sku"],
  ["in_stock", "inStock"],
  ["finalPrice", "price"],
  ["final_price", "price"],
  ["rating_summary", "rating"],
  ["rating.average", "rating"],
]);
const categoryFields: ReadonlySet<string> = new Set([
  "categories",
  "category",
  "categoryPath",
  "categoryPaths",
  "categoryPageId",
  "categoryIds",
]);
const levelPattern = /(?:^|[._])(?:lvl|level)_?(\d{1,2})$/;

/** @param name as filters and facets write it, e.g. `hierarchicalCategories.lvl1` or `price.USD.default` */
export function recordAttribute(name: string): RecordAttribute {
  const level = levelPattern.exec(name)?.[1];
  if (level !== undefined) return { kind: "category", level: Number(level) };
  if (categoryFields.has(name)) return { kind: "category" };
  if (name.startsWith("price.")) return { kind: "plain", code: "price" };
  return { kind: "plain", code: aliases.get(name) ?? name };
}
