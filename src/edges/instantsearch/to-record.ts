// A product as a record of Algolia: flat, prices as numbers, categories by name.
import { type AttributeValue, type CatalogProduct, type CatalogSnapshot, regularPriceOf } from "../../catalog/index.ts";
import { type Money, toDecimal } from "../../kernel/index.ts";
import { plainText } from "../../search/index.ts";
import { ancestorsOf, type CategoryNames } from "./category-names.ts";

export type RecordValue = AttributeValue | null | Readonly<Record<string, readonly string[]>>;
export type ProductRecord = Readonly<Record<string, RecordValue>> & { readonly objectID: string };

const maxVariants = 1_000;

/** Number in major units: the protocol has no other. Decided nowhere by it. */
export function majorUnits(money: Money): number {
  return Number(toDecimal(money));
}

export function toRecord(
  product: CatalogProduct,
  snapshot: Pick<CatalogSnapshot, "get">,
  names: CategoryNames,
): ProductRecord {
  const { sku, name, brand, images, finalPrice, rating } = product;
  const price = regularPriceOf(product);
  return {
    ...optionsOf(product, snapshot),
    ...product.attributes,
    objectID: sku,
    sku,
    name,
    description: plainText(product.description),
    ...(brand === null ? {} : { brand }),
    url: product.url,
    image: images[0] ?? null,
    images,
    price: finalPrice ? majorUnits(finalPrice) : null,
    ...(price && finalPrice && price.minor > finalPrice.minor ? { originalPrice: majorUnits(price) } : {}),
    currency: finalPrice?.currency ?? null,
    ...categoryFields(product, names),
    inStock: product.inStock,
    type: product.type,
    ...(rating ? { rating: rating.average, ratingCount: rating.count } : {}),
  };
}

/** Choices of the variants, each once: `{color: ["Blue", "Red"]}`. */
function optionsOf(product: CatalogProduct, { get }: Pick<CatalogSnapshot, "get">): Record<string, RecordValue> {
  const valuesByCode = new Map<string, Set<string>>();
  const members = [product, ...product.variants.slice(0, maxVariants).flatMap((sku) => get(sku) ?? [])];
  for (const { options } of members) {
    for (const [code, value] of Object.entries(options)) {
      const values = valuesByCode.get(code) ?? new Set();
      valuesByCode.set(code, values.add(value));
    }
  }
  return Object.fromEntries([...valuesByCode].map(([code, values]) => [code, [...values]]));
}

function categoryFields({ categories }: CatalogProduct, names: CategoryNames): Record<string, RecordValue> {
  const flat = new Set<string>();
  const levels = new Map<string, Set<string>>();
  for (const path of categories) {
    for (const [level, ancestor] of ancestorsOf(path).entries()) {
      flat.add(names.nameOf(ancestor));
      const own = levels.get(`lvl${level}`) ?? new Set();
      levels.set(`lvl${level}`, own.add(names.namePathOf(ancestor)));
    }
  }
  return {
    categories: [...flat],
    categoryPaths: categories,
    hierarchicalCategories: Object.fromEntries([...levels].map(([level, paths]) => [level, [...paths]])),
  };
}

/** The fields that were asked for; `*` = all, `-name` = not this one. The id is always there. */
export function pickFields(record: ProductRecord, wanted: readonly string[]): ProductRecord {
  const without = new Set(wanted.flatMap((name) => (name.startsWith("-") ? [name.slice(1)] : [])));
  const named = new Set(wanted.filter((name) => !name.startsWith("-")).map((name) => name.split(".")[0] ?? name));
  const isAll = named.has("*") || (named.size === 0 && without.size > 0);
  const kept = Object.entries(record).filter(([name]) => (isAll || named.has(name)) && !without.has(name));
  return { ...Object.fromEntries(kept), objectID: record.objectID };
}
