import type { AttributeMeta, AttributeValue, CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import { isLocalAttribute, type LocalText } from "../analysis/local-text.ts";
import { attributeField, brandField, categoryField, descriptionField, nameField, skuField } from "./fields.ts";
import type { FieldText, IndexDocument } from "./index-document.ts";
import { inStockFlag, shownInCategory, shownInSearch } from "./segment.ts";

/** Longest text that is taken for a value to filter by when the shop said nothing about the attribute. */
const maxUndeclaredValue = 60;
const optionWeight = 5;
/** Attributes of which the shop said nothing: half as much as a description. */
const undeclaredWeight = 5;

/** A catalog product with its variants as the index sees it: variants are found, filtered and counted as their parent. */
export function toIndexDocument(
  product: CatalogProduct,
  snapshot: Pick<CatalogSnapshot, "get" | "attributes" | "categories">,
  localText: LocalText,
): IndexDocument {
  const { name, description } = localText(product);
  const variants = product.variants.flatMap((sku) => snapshot.get(sku) ?? []);
  const members = [product, ...variants];
  const texts: FieldText[] = [{ field: nameField, text: name, kind: "words" }];
  for (const { sku } of members) texts.push({ field: skuField, text: sku, kind: "code" });
  if (product.brand) texts.push({ field: brandField, text: product.brand, kind: "words" });
  for (const path of categoryPaths(product))
    texts.push({ field: categoryField, text: categoryName(path, snapshot), kind: "set" });
  if (description) texts.push({ field: descriptionField, text: plainText(description), kind: "words" });
  texts.push(...attributeTexts(members, snapshot.attributes));
  return {
    sku: product.sku,
    name,
    texts,
    values: [...valuesOf(product, members, snapshot.attributes)],
    priceMinor: lowestPrice(product, variants),
    rating: product.rating ? product.rating.average : Number.NaN,
    createdAt: product.createdAt,
    flags: flagsOf(product),
  };
}

/** True for products that may be met at all: visible, and no variant. */
export function isIndexed(product: CatalogProduct): boolean {
  return product.type !== "variant" && product.parentSku === null && product.visibility !== "none";
}

function flagsOf({ visibility, inStock }: CatalogProduct): number {
  const search = visibility === "search" || visibility === "both" ? shownInSearch : 0;
  const category = visibility === "catalog" || visibility === "both" ? shownInCategory : 0;
  return search | category | (inStock ? inStockFlag : 0);
}

function categoryPaths({ categories }: CatalogProduct): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const path of categories) {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) paths.add(path.slice(0, end));
  }
  return paths;
}

/** The shop's name of a category, or its URL key in words. */
export function categoryName(path: string, { categories }: Pick<CatalogSnapshot, "categories">): string {
  return categories.get(path)?.name ?? path.slice(path.lastIndexOf("/") + 1).replaceAll("-", " ");
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Words of a description that may hold HTML. */
export function plainText(html: string): string {
  if (!html.includes("<") && !html.includes("&")) return html;
  return html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]{0,2000}>/g, " ")
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => entities[name] ?? " ")
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Math.min(0x10ffff, Number(code))));
}

function attributeTexts(
  members: readonly CatalogProduct[],
  metas: ReadonlyMap<string, AttributeMeta>,
): readonly FieldText[] {
  const texts: FieldText[] = [];
  const seen = new Set<string>();
  const add = (code: string, value: AttributeValue, weight: number) => {
    const text = textOf(value);
    // Fifteen black variants are black once: only distinct values count.
    if (text === "" || seen.has(`${code}\n${text}`)) return;
    seen.add(`${code}\n${text}`);
    texts.push({ field: attributeField(weight), text, kind: "words" });
  };
  for (const member of members) {
    for (const [code, value] of Object.entries(member.attributes)) {
      if (isLocalAttribute(code)) continue;
      const meta = metas.get(code);
      if (meta ? meta.searchable : typeof value !== "boolean" && typeof value !== "number")
        add(code, value, meta?.searchWeight ?? undeclaredWeight);
    }
    for (const [code, value] of Object.entries(member.options))
      add(code, value, Math.max(optionWeight, metas.get(code)?.searchWeight ?? 0));
  }
  return texts.sort((a, b) => a.field - b.field);
}

function textOf(value: AttributeValue): string {
  if (typeof value === "boolean") return "";
  return Array.isArray(value) ? value.join(" ; ") : String(value);
}

function* valuesOf(
  product: CatalogProduct,
  members: readonly CatalogProduct[],
  metas: ReadonlyMap<string, AttributeMeta>,
): Iterable<readonly [string, string | number]> {
  for (const path of categoryPaths(product)) yield ["categories", path];
  if (product.brand) yield ["brand", product.brand];
  yield ["type", product.type];
  yield ["inStock", String(product.inStock)];
  yield ["visibility", visibilityTitles[product.visibility]];
  for (const member of members) {
    for (const [code, value] of Object.entries(member.options)) yield [code, value];
    for (const [code, value] of Object.entries(member.attributes)) {
      if (!reservedAttributes.has(code)) yield* attributeValues(code, value, metas.get(code));
    }
  }
}

/** As the storefronts of Adobe Commerce spell them in their filters. */
const visibilityTitles: Readonly<Record<CatalogProduct["visibility"], string>> = {
  both: "Catalog, Search",
  catalog: "Catalog",
  search: "Search",
  none: "Not Visible Individually",
};

/** Names that the index answers itself; an attribute of the same name would be counted twice. */
const reservedAttributes: ReadonlySet<string> = new Set([
  "categories",
  "brand",
  "type",
  "inStock",
  "visibility",
  "price",
  "rating",
  "name",
  "sku",
  "relevance",
  "newest",
]);

function* attributeValues(
  code: string,
  value: AttributeValue,
  meta: AttributeMeta | undefined,
): Iterable<readonly [string, string | number]> {
  if (isLocalAttribute(code)) return;
  if (meta && !meta.filterable && !meta.filterableInSearch && !meta.sortable) return;
  if (typeof value === "number") yield [code, value];
  else if (typeof value === "boolean") yield [code, String(value)];
  else if (typeof value === "string") {
    if (value !== "" && (meta || value.length <= maxUndeclaredValue)) yield [code, value];
  } else for (const each of value) if (each !== "") yield [code, each];
}

function lowestPrice(product: CatalogProduct, variants: readonly CatalogProduct[]): number {
  if (product.finalPrice) return product.finalPrice.minor;
  const prices = variants.flatMap(({ finalPrice }) => finalPrice?.minor ?? []);
  return prices.length > 0 ? Math.min(...prices) : Number.NaN;
}
