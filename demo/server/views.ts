import { type ShopCatalog, type ShopCategory, type ShopProduct, startingPrice } from "./catalog.ts";
import { catalogPrices, lineKey, type PricedLine, type PriceList, priceLine } from "./lines.ts";
import { money } from "./money.ts";
import type { Account, Order, Quote, RequisitionList } from "./records.ts";
import type { Bill } from "./till.ts";
import type { Totals } from "./totals.ts";

// The shapes that the pages receive: money with its currency, no secrets, nothing that a page does not show.

function productUrl(sku: string): string {
  return `/shop/product/${encodeURIComponent(sku)}`;
}

/** A product as a tile shows it. */
export function toCard(catalog: ShopCatalog, product: ShopProduct, prices: PriceList = catalogPrices) {
  const { sku, name, kind, images, rating, categories, regularMinor, options, variants } = product;
  const ownMinor = startingPrice(catalog, product);
  const priceMinor = prices.get(sku) ?? ownMinor;
  const colors = options.find(({ code }) => code === "color")?.values ?? [];
  return {
    sku,
    name,
    kind,
    url: productUrl(sku),
    image: images[0] ?? null,
    price: money(priceMinor),
    regularPrice: money(Math.max(regularMinor ?? 0, ownMinor, priceMinor)),
    isFrom: kind === "bundle" || kind === "grouped",
    rating,
    categories,
    colors: colors.map((color) => ({
      color,
      image: variants.find((variant) => variant.options["color"] === color)?.image ?? null,
    })),
  };
}

/** A product with everything that its page needs. */
export function toProduct(catalog: ShopCatalog, product: ShopProduct, prices: PriceList = catalogPrices) {
  const parts = product.components.map(({ code, label, skus }) => ({
    code,
    label,
    choices: skus.flatMap((sku) => {
      const part = catalog.get(sku);
      const priceMinor = prices.get(sku) ?? part?.priceMinor ?? 0;
      return part ? [{ sku, name: part.name, price: money(priceMinor), image: part.images[0] ?? null }] : [];
    }),
  }));
  const attributes = Object.entries(product.attributes).flatMap(([code, values]) => {
    const label = catalog.attributeLabels[code];
    const shown = values.filter((value) => value !== "No");
    return label === undefined || shown.length === 0 ? [] : [{ code, label, values: shown }];
  });
  return {
    ...toCard(catalog, product, prices),
    description: product.description,
    images: product.images,
    options: product.options,
    variants: product.variants.map(({ sku, options, priceMinor, qty, image }) => ({
      sku,
      options,
      price: money(prices.get(sku) ?? priceMinor),
      inStock: qty > 0,
      image,
    })),
    parts,
    attributes,
    reviews: catalog.reviewsOf(product.sku),
    related: product.related,
  };
}

type CategoryView = {
  readonly path: string;
  readonly name: string;
  readonly inMenu: boolean;
  readonly children: readonly CategoryView[];
};

export function toCategory({ path, name, inMenu, children }: ShopCategory): CategoryView {
  return { path, name, inMenu, children: children.map(toCategory) };
}

export function toLine(line: PricedLine) {
  const { sku, parentSku, name, qty, options, choices, categories, image, unitMinor, lineMinor, regularUnitMinor } =
    line;
  return {
    key: lineKey(line),
    sku,
    parentSku,
    name,
    qty,
    options,
    choices,
    categories,
    image,
    url: productUrl(parentSku ?? sku),
    unitPrice: money(unitMinor),
    regularUnitPrice: money(regularUnitMinor),
    lineTotal: money(lineMinor),
    discount: money(line.discountMinor ?? 0),
  };
}

export function toTotals(totals: Totals) {
  return {
    subtotal: money(totals.subtotalMinor),
    discount: money(totals.discountMinor),
    discounts: (totals.discounts ?? []).map(({ key, label, minor }) => ({ key, label, amount: money(minor) })),
    shipping: money(totals.shippingMinor),
    tax: money(totals.taxMinor),
    total: money(totals.totalMinor),
  };
}

/** What a page needs of offers: hints, codes with what became of them, gifts to add. */
export function toOffers(catalog: ShopCatalog, { offers, hasOffers }: Bill) {
  return {
    isAvailable: hasOffers,
    coupons: offers.coupons.map(({ code, isApplied, message }) => ({ code, isApplied, message })),
    hints: offers.hints,
    gifts: offers.gifts.flatMap(({ sku, add }) => {
      const name = catalog.find(sku)?.product.name;
      return name === undefined ? [] : [{ sku, name, qty: add }];
    }),
  };
}

export function toOrder(order: Order) {
  const { orderId, email, placedAt, status, address, shippingMethod, paymentMethod, purchaseOrderNumber } = order;
  return {
    orderId,
    email,
    placedAt,
    status,
    address,
    shippingMethod,
    paymentMethod,
    purchaseOrderNumber,
    lines: order.lines.map(toLine),
    totals: toTotals(order),
  };
}

export function toCustomer({ customerId, email, firstName, lastName }: Account) {
  return { customerId, email, firstName, lastName };
}

export function toQuote({ quoteId, status, original, negotiated, expiresAt }: Quote, isUsed: boolean) {
  return { quoteId, status: isUsed ? ("ordered" as const) : status, original, negotiated, expiresAt };
}

/** @param quote the newest one of the list */
export function toList(
  catalog: ShopCatalog,
  list: RequisitionList,
  quote: ReturnType<typeof toQuote> | null,
  prices: PriceList = catalogPrices,
) {
  const lines = list.lines.map((line) => priceLine(catalog, line, prices)).filter((line) => line !== null);
  return {
    listId: list.listId,
    name: list.name,
    description: list.description,
    updatedAt: list.updatedAt,
    lines: lines.map(toLine),
    quote,
  };
}
