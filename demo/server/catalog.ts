// The shop's own catalog: read once from the Luma files, never changed while the shop runs.

export type ProductKind = "configurable" | "simple" | "downloadable" | "bundle" | "grouped";

export type ShopVariant = {
  readonly sku: string;
  readonly options: Readonly<Record<string, string>>;
  readonly priceMinor: number;
  readonly qty: number;
  readonly image: string | null;
};

/** What a shopper picks: a size, a color, or one product of a bundle's part. */
type ShopOption = { readonly code: string; readonly label: string; readonly values: readonly string[] };
export type ShopComponent = { readonly code: string; readonly label: string; readonly skus: readonly string[] };

export type ShopProduct = {
  readonly sku: string;
  readonly kind: ProductKind;
  readonly name: string;
  readonly description: string;
  /** Paths of URL keys, e.g. `women/tops-women/jackets-women`. */
  readonly categories: readonly string[];
  /** Null for bundles and sets, whose price comes from what is chosen. */
  readonly priceMinor: number | null;
  readonly regularMinor: number | null;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly options: readonly ShopOption[];
  readonly variants: readonly ShopVariant[];
  readonly components: readonly ShopComponent[];
  /** URLs below /shop/media, first one is the main picture. */
  readonly images: readonly string[];
  readonly related: readonly string[];
  readonly isListed: boolean;
  readonly rating: { readonly average: number; readonly count: number } | null;
};

export type Review = {
  readonly rating: number;
  readonly title: string;
  readonly text: string;
  readonly reviewer: string;
};

export type ShopCategory = {
  readonly path: string;
  readonly name: string;
  readonly inMenu: boolean;
  readonly position: number;
  readonly children: readonly ShopCategory[];
};

export type ShopCatalog = {
  readonly tree: readonly ShopCategory[];
  readonly attributeLabels: Readonly<Record<string, string>>;
  get(sku: string): ShopProduct | undefined;
  /** The product that lists a variant, and the variant; a product without variants gives itself. */
  find(sku: string): { readonly product: ShopProduct; readonly variant: ShopVariant | null } | undefined;
  listed(): readonly ShopProduct[];
  category(path: string): ShopCategory | undefined;
  reviewsOf(sku: string): readonly Review[];
};

/** Lowest price to start with: of the chosen parts for a bundle, of the cheapest piece for a set. */
export function startingPrice(catalog: ShopCatalog, product: ShopProduct): number {
  if (product.priceMinor !== null) return product.priceMinor;
  const cheapest = product.components.map(({ skus }) => {
    const prices = skus.map((sku) => catalog.get(sku)?.priceMinor ?? 0);
    return prices.length > 0 ? Math.min(...prices) : 0;
  });
  return product.kind === "bundle"
    ? cheapest.reduce((sum, price) => sum + price, 0)
    : Math.min(...cheapest, Number.MAX_SAFE_INTEGER);
}

// Two categories of the sample shop list products by a flag instead of by assignment.
const flagCategories: Readonly<Record<string, string>> = { "what-is-new": "new", sale: "sale" };

/** Whether a product is shown in a category, descendants included. */
export function isInCategory(product: ShopProduct, path: string): boolean {
  const flag = flagCategories[path];
  if (flag !== undefined) return product.attributes[flag]?.includes("Yes") ?? false;
  return product.categories.some((category) => category === path || category.startsWith(`${path}/`));
}
