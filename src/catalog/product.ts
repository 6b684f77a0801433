import type { JsonObject, Money } from "../kernel/index.ts";

export type ProductType = "simple" | "configurable" | "variant" | "bundle" | "grouped" | "downloadable" | "virtual";
export type Visibility = "catalog" | "search" | "both" | "none";
export type AttributeValue = string | number | boolean | readonly string[];

/** A product that is back in stock for a shorter time was not back: the time without it goes on. */
export const shortestReturnMs = 3_600_000;

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
  /** What shoppers choose or fill in when they buy the product; absent = nothing. Those of a parent are not its variants'. */
  readonly customOptions?: readonly CustomOption[];
  /**
   * What a shopper of no special group pays for one: the special price on its days when it is lower, else the price; of a parent
   * without one, its cheapest variant's; with its required options. Rules are not in it: see `ProductPrices`.
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

/** An option of a product, such as an engraving or a gift wrap; what is required is part of the final price. */
export type CustomOption = {
  readonly title: string;
  /** As the shop names it, e.g. `drop_down` or `field`. */
  readonly type: string;
  readonly isRequired: boolean;
  /** Of an option without values; absent = it costs nothing. */
  readonly price?: OptionPrice;
  /** Its choices; absent = it is filled in. */
  readonly values?: readonly { readonly title: string; readonly price?: OptionPrice }[];
};

/** An amount, or per cent of what the product costs before its options, as decimal text of at most four places, 0 to 1000. */
export type OptionPrice = { readonly amount: Money } | { readonly percent: string };

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

/** What an attribute is used for, yes or no. */
export const attributeFlags = [
  "searchable",
  "filterable",
  "filterableInSearch",
  "sortable",
  "usedForPromoRules",
] as const;
export type AttributeFlag = (typeof attributeFlags)[number];
/** Those that people set; an absent flag is as the shop says. */
export type ChosenFlags = Readonly<Partial<Record<AttributeFlag, boolean>>>;

/** What is known of one product attribute: what the shop says, and above it what people set. */
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
  /** Flags that people set against the shop; absent = none. */
  readonly chosen?: ChosenFlags;
};
