import type { JsonObject, Money } from "../kernel/index.ts";

export type ProductType = "simple" | "configurable" | "variant" | "bundle" | "grouped" | "downloadable" | "virtual";
export type Visibility = "catalog" | "search" | "both" | "none";
export type AttributeValue = string | number | boolean | readonly string[];

/** One product, or one variant of a configurable product, as every process holds it in memory. */
export type CatalogProduct = {
  readonly sku: string;
  /** SKU of the configurable product that a variant belongs to; null for everything else. */
  readonly parentSku: string | null;
  readonly type: ProductType;
  readonly name: string;
  /** Kept as it came; may hold HTML. It is text to every reader: escape it, never insert it as markup. */
  readonly description: string;
  readonly brand: string | null;
  /** Paths of URL keys joined by "/", e.g. `women/tops-women/jackets-women`. */
  readonly categories: readonly string[];
  readonly price: Money | null;
  readonly specialPrice: Money | null;
  /** Days on which the special price holds; absent = always. */
  readonly specialDays?: LocalDays;
  /** Prices for customer groups and quantities; absent = none. */
  readonly tierPrices?: readonly TierPrice[];
  /**
   * What a shopper of no special group pays for one: the special price on its days when it is lower, else the price; of a parent
   * without one, its cheapest variant's. Rules are not in it: see `ProductPrices`.
   */
  readonly finalPrice: Money | null;
  readonly inStock: boolean;
  /** When the newest time without stock began, as far as this catalog has seen it; returns of less than an hour do not end it. */
  readonly outOfStockAt?: number;
  /** When that time ended; absent while it lasts. */
  readonly backInStockAt?: number;
  readonly qty: number | null;
  readonly visibility: Visibility;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** What sets a variant apart, e.g. `{size: "M", color: "Black"}`. */
  readonly options: Readonly<Record<string, string>>;
  /** SKUs of the variants of a configurable product. */
  readonly variants: readonly string[];
  /** The choices of a bundle, or the one list of a grouped product; absent for other types. */
  readonly components?: readonly ProductComponent[];
  readonly images: readonly string[];
  /** Empty when the shop gave none. */
  readonly url: string;
  readonly related: readonly string[];
  readonly upsell: readonly string[];
  readonly crosssell: readonly string[];
  readonly rating: { readonly average: number; readonly count: number } | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Local days `YYYY-MM-DD`, both inclusive; null = no bound. */
export type LocalDays = { readonly from: string | null; readonly to: string | null };

/** What one piece costs whoever buys at least `qty` of the product. */
export type TierPrice = {
  /** More than 0; 1 = a price for the group whatever it buys. */
  readonly qty: number;
  /** Customer group; absent = every group. */
  readonly group?: string;
  /** Absent = every website. */
  readonly website?: string;
  readonly price: Money;
};

/** One choice inside a bundle, or the list of a grouped product: any of `skus`. */
export type ProductComponent = { readonly label: string; readonly skus: readonly string[] };

/** What a shopper wrote about a product; kept with the stored product, not in memory. */
export type ProductReview = {
  /** 1 to 5. */
  readonly rating: number;
  readonly title: string;
  readonly text: string;
  readonly reviewer: string;
};

/** What only the page of one product needs; stored beside it and not held in memory. */
export type ProductDetail = {
  readonly reviews: readonly ProductReview[];
  /** Nested values that are no attributes, as they came. */
  readonly extra: JsonObject;
};

/** A product with everything that is stored of it. */
export type StoredProduct = CatalogProduct & ProductDetail;

export type Category = {
  /** URL keys from the root, joined by "/". */
  readonly path: string;
  readonly name: string;
  readonly urlKey: string;
  readonly parentPath: string | null;
  readonly position: number;
  readonly inMenu: boolean;
};

/** What the shop says about one product attribute. */
export type AttributeMeta = {
  readonly code: string;
  readonly label: string;
  readonly input: "text" | "select" | "multiselect" | "boolean" | "number" | "price" | "date";
  readonly options: readonly string[];
  readonly searchable: boolean;
  /** Share of the attribute in text search, 1 to 10; default 1. */
  readonly searchWeight: number;
  readonly filterable: boolean;
  readonly filterableInSearch: boolean;
  readonly sortable: boolean;
  /** Whether conditions of price rules may name it. */
  readonly usedForPromoRules: boolean;
};
