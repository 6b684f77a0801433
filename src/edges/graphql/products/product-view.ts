import type { AttributeMeta, AttributeValue, CatalogProduct, CatalogSnapshot } from "../../../catalog/index.ts";
import { sanitizeMarkup } from "../../../content/index.ts";
import { type OptionView, optionViews } from "./option-views.ts";
import { type PriceRangeView, type PriceView, priceRangeView, priceView } from "./price-view.ts";

type Roles = { readonly roles?: readonly (string | null)[] | null };

/** Fields with arguments, or that few documents ask for, are functions: they cost nothing unless asked for. */
export type ProductView = {
  readonly __typename: "SimpleProductView" | "ComplexProductView";
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  /** HTML, safe to insert. */
  readonly description: () => string;
  readonly url: string | null;
  readonly urlKey: string;
  readonly inStock: boolean;
  readonly lowStock: boolean;
  readonly addToCartAllowed: boolean;
  readonly lastModifiedAt: string;
  readonly visibility: string;
  readonly categories: readonly string[];
  readonly attributes: (roles: Roles) => readonly AttributeView[];
  readonly images: (roles: Roles) => readonly ImageView[];
  readonly links: (types: { readonly linkTypes?: readonly string[] | null }) => readonly LinkView[];
  readonly price: () => PriceView | null;
  readonly priceRange: () => PriceRangeView | null;
  readonly options: () => readonly OptionView[];
  readonly queryType?: "primary" | "backup";
  readonly rank?: number;
  readonly score?: number;
};

type AttributeView = {
  readonly name: string;
  readonly label: string;
  readonly value: AttributeValue;
  readonly roles: readonly string[];
};
type ImageView = { readonly url: string; readonly label: string; readonly roles: readonly string[] };
type LinkView = { readonly linkTypes: readonly string[]; readonly product: ProductView };

const visibilityTexts: Readonly<Record<CatalogProduct["visibility"], string>> = {
  both: "Catalog, Search",
  catalog: "Catalog",
  search: "Search",
  none: "Not Visible Individually",
};

/** Below this many pieces a product is nearly gone. */
const lowStockQty = 5;
const maxLinks = 20;
const complexTypes: ReadonlySet<string> = new Set(["configurable", "bundle", "grouped"]);

/** The last part of the product's address: what clients build their own links from. */
export function urlKeyOf(product: CatalogProduct): string {
  const given = product.attributes["url_key"];
  if (typeof given === "string" && given !== "") return given;
  const path = product.url.replace(/^https?:\/\/[^/]*/, "").replace(/[?#].*$/, "");
  const last = path
    .split("/")
    .findLast((part) => part !== "")
    ?.replace(/\.html?$/, "");
  return last || slugOf(product.name) || slugOf(product.sku);
}

function slugOf(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
}

function rolesOf(meta: AttributeMeta | undefined): readonly string[] {
  return [
    "visible_in_pdp",
    ...(meta?.filterable ? ["visible_in_plp"] : []),
    ...(meta?.searchable || meta?.filterableInSearch ? ["visible_in_search"] : []),
  ];
}

/** No roles, or an empty list, means all. */
function byRoles<T extends { readonly roles: readonly string[] }>(all: readonly T[], { roles }: Roles): readonly T[] {
  if (!roles || roles.length === 0) return all;
  return all.filter((each) => each.roles.some((role) => roles.includes(role)));
}

function attributeViews(product: CatalogProduct, { attributes }: Pick<CatalogSnapshot, "attributes">) {
  const label = (code: string) => attributes.get(code)?.label.split("\n")[0]?.trim() || code;
  const all: AttributeView[] = Object.entries(product.attributes).map(([name, value]) => ({
    name,
    label: label(name),
    value: typeof value === "boolean" ? (value ? "yes" : "no") : value,
    roles: rolesOf(attributes.get(name)),
  }));
  if (product.brand !== null && !Object.hasOwn(product.attributes, "brand"))
    all.push({ name: "brand", label: label("brand"), value: product.brand, roles: rolesOf(attributes.get("brand")) });
  return all;
}

function imageViews({ images, name }: CatalogProduct): readonly ImageView[] {
  return images.map((url, at) => ({ url, label: name, roles: at === 0 ? ["image", "small_image", "thumbnail"] : [] }));
}

function linkViews(product: CatalogProduct, catalog: CatalogSnapshot, types: readonly string[] | null | undefined) {
  const lists = { related: product.related, upsell: product.upsell, crosssell: product.crosssell };
  return Object.entries(lists).flatMap(([type, skus]) =>
    types && types.length > 0 && !types.includes(type)
      ? []
      : skus.slice(0, maxLinks).flatMap((sku) => {
          const linked = catalog.get(sku);
          return linked && linked.visibility !== "none"
            ? [{ linkTypes: [type], product: productView(linked, catalog) }]
            : [];
        }),
  );
}

/** A product as Adobe's catalog service answers it. */
export function productView(product: CatalogProduct, catalog: CatalogSnapshot): ProductView {
  const isComplex = complexTypes.has(product.type) || product.variants.length > 0;
  return {
    __typename: isComplex ? "ComplexProductView" : "SimpleProductView",
    id: Buffer.from(product.sku).toString("base64url"),
    sku: product.sku,
    name: product.name,
    description: () => sanitizeMarkup(product.description),
    url: product.url || null,
    urlKey: urlKeyOf(product),
    inStock: product.inStock,
    lowStock: product.inStock && product.qty !== null && product.qty < lowStockQty,
    addToCartAllowed: product.inStock,
    lastModifiedAt: new Date(product.updatedAt).toISOString(),
    visibility: visibilityTexts[product.visibility],
    categories: product.categories,
    attributes: (roles) => byRoles(attributeViews(product, catalog), roles),
    images: (roles) => byRoles(imageViews(product), roles),
    links: ({ linkTypes }) => linkViews(product, catalog, linkTypes),
    price: () => priceView(product),
    priceRange: () => priceRangeView(product, catalog),
    options: () => optionViews(product, catalog),
  };
}
