import type { Money } from "@clientele/browser";

// What the shop's server answers.

export type Rating = { readonly average: number; readonly count: number };
export type ProductKind = "configurable" | "simple" | "downloadable" | "bundle" | "grouped";

/** A product as a tile shows it. The fields that only the shop knows may come a moment later than the rest. */
export type Card = {
  readonly sku: string;
  readonly name: string;
  readonly url: string;
  readonly image: string | null;
  readonly price: Money | null;
  readonly regularPrice: Money | null;
  readonly rating: Rating | null;
  readonly kind?: ProductKind;
  readonly isFrom?: boolean;
  readonly categories?: readonly string[];
  readonly colors?: readonly { readonly color: string; readonly image: string | null }[];
};

export type Variant = {
  readonly sku: string;
  readonly options: Readonly<Record<string, string>>;
  readonly price: Money;
  readonly inStock: boolean;
  readonly image: string | null;
};

export type Part = {
  readonly code: string;
  readonly label: string;
  readonly choices: readonly {
    readonly sku: string;
    readonly name: string;
    readonly price: Money;
    readonly image: string | null;
  }[];
};

export type Review = {
  readonly rating: number;
  readonly title: string;
  readonly text: string;
  readonly reviewer: string;
};

export type Product = Card & {
  readonly kind: ProductKind;
  readonly categories: readonly string[];
  readonly description: string;
  readonly images: readonly string[];
  readonly options: readonly { readonly code: string; readonly label: string; readonly values: readonly string[] }[];
  readonly variants: readonly Variant[];
  readonly parts: readonly Part[];
  readonly attributes: readonly { readonly code: string; readonly label: string; readonly values: readonly string[] }[];
  readonly reviews: readonly Review[];
  readonly related: readonly string[];
};

export type Category = {
  readonly path: string;
  readonly name: string;
  readonly inMenu: boolean;
  readonly children: readonly Category[];
};

/** What the browser asks for. */
export type LineRequest = {
  readonly sku: string;
  readonly qty: number;
  readonly choices?: Readonly<Record<string, string>>;
};

/** What the shop's server makes of it. */
export type Line = {
  readonly key: string;
  readonly sku: string;
  readonly parentSku: string | null;
  readonly name: string;
  readonly qty: number;
  readonly options: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly categories: readonly string[];
  readonly image: string | null;
  readonly url: string;
  readonly unitPrice: Money;
  readonly regularUnitPrice: Money;
  readonly lineTotal: Money;
  /** What offers take off the line; absent in carts that were kept before. */
  readonly discount?: Money;
};

export type Totals = {
  readonly subtotal: Money;
  readonly discount: Money;
  /** What the discount is made of; 0 stands for an offer that changes shipping only. */
  readonly discounts: readonly { readonly key: string; readonly label: string; readonly amount: Money }[];
  readonly shipping: Money;
  readonly tax: Money;
  readonly total: Money;
};

/** What offers do to the cart besides the figures. */
export type CartOffers = {
  /** False: offers cannot be worked out now, and the totals are without them. */
  readonly isAvailable: boolean;
  readonly coupons: readonly { readonly code: string; readonly isApplied: boolean; readonly message: string | null }[];
  readonly hints: readonly { readonly rule: string; readonly text: string }[];
  readonly gifts: readonly { readonly sku: string; readonly name: string; readonly qty: number }[];
};

export type Address = {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postcode: string;
  readonly phone: string;
};

export type Order = {
  readonly orderId: string;
  readonly email: string;
  readonly placedAt: number;
  readonly status: "placed" | "cancelled" | "returned";
  readonly address: Address;
  readonly shippingMethod: string;
  readonly paymentMethod: string;
  readonly purchaseOrderNumber: string;
  readonly lines: readonly Line[];
  readonly totals: Totals;
};

export type Quote = {
  readonly quoteId: string;
  readonly status: "offered" | "accepted" | "ordered";
  readonly original: Money;
  readonly negotiated: Money;
  readonly expiresAt: number;
};

export type RequisitionList = {
  readonly listId: string;
  readonly name: string;
  readonly description: string;
  readonly updatedAt: number;
  readonly lines: readonly Line[];
  readonly quote: Quote | null;
};

export type Customer = {
  readonly customerId: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
};
export type Shelf = { readonly cartId: string; readonly lines: readonly Line[]; readonly wishlist: readonly string[] };

export type Entered = { readonly customer: Customer; readonly identityToken: string; readonly shelf: Shelf };
export type SessionAnswer = {
  readonly config: { readonly endpoint: string; readonly writeKey: string; readonly storeView: string };
  readonly customer: Customer | null;
  readonly identityToken: string | null;
  readonly shelf: Shelf | null;
};
