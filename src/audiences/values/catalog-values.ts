import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import { foldText, type ParsedPath } from "../../kernel/rules/index.ts";
import { productFacts } from "../product-facts.ts";
import { createValueCounts, type KnownValue } from "./value-counts.ts";

export type CatalogSource = "categories" | "skus" | "products";

/** A pass over so many products takes about 50 ms. */
const maxProducts = 50_000;
const maxValues = 5_000;

const categoryKeys = new Set(["category_ids", "categoryPath", "favourite_category"]);
const skuKeys = new Set(["sku", "skus", "parent_sku", "last_viewed_products"]);
const productSubjects = new Set(["product", "matched"]);
/** Of each product its own: nothing to choose from. */
const uniqueKeys = new Set(["name", "description", "short_description", "url_key", "created_at"]);

/** Which part of the catalog holds the values of an attribute; undefined when none does. */
export function catalogSourceOf({ subject, keys }: ParsedPath): CatalogSource | undefined {
  const last = keys.at(-1) ?? "";
  if (categoryKeys.has(last)) return "categories";
  if (skuKeys.has(last)) return "skus";
  if (subject === "profile" && keys.length === 1 && last === "favourite_brand") return "products";
  return productSubjects.has(subject) && !uniqueKeys.has(last) ? "products" : undefined;
}

export function categoryValues(catalog: CatalogSnapshot): readonly KnownValue[] {
  return [...catalog.categories.values()].map(({ path, name }) => ({ value: path, label: name }));
}

/** Products whose SKU or name holds the search, in catalog order; at most 50,000 are looked at. */
export function skuValues(catalog: CatalogSnapshot, search: string, limit: number): readonly KnownValue[] {
  const needle = foldText(search.trim());
  const exact = catalog.get(search.trim());
  const found: KnownValue[] = exact ? [{ value: exact.sku, label: exact.name }] : [];
  let seen = 0;
  for (const { sku, name } of catalog.products.values()) {
    seen += 1;
    if (found.length >= limit || seen > maxProducts) break;
    if (sku === exact?.sku) continue;
    if (needle === "" || foldText(sku).includes(needle) || foldText(name).includes(needle))
      found.push({ value: sku, label: name });
  }
  return found;
}

/** Values of an attribute among the first 50,000 products, with how many have each. */
export function productValues(catalog: CatalogSnapshot, path: ParsedPath): readonly KnownValue[] {
  const [key = ""] = path.subject === "profile" ? ["brand"] : path.keys;
  const counts = createValueCounts(maxValues);
  let seen = 0;
  for (const product of catalog.products.values()) {
    seen += 1;
    if (seen > maxProducts) break;
    counts.add(factOf(catalog, product, key));
  }
  return counts.atLeast(1);
}

function factOf(catalog: CatalogSnapshot, product: CatalogProduct, key: string): unknown {
  const facts = productFacts(catalog, product.sku);
  return Object.hasOwn(facts, key) ? facts[key] : undefined;
}
