import type { Money } from "../kernel/index.ts";
import type { CatalogProduct } from "./product.ts";
import type { CatalogSnapshot } from "./snapshot.ts";

/** What products cost one kind of visitor: a customer group on a website, now. The same object as long as its prices are. */
export type ProductPrices = {
  /** What one piece costs; of a parent, what its cheapest part costs. Null without a price. */
  readonly finalPriceOf: (product: CatalogProduct) => Money | null;
  /** Worked out product by product while all are being judged: good for what is shown, too slow for whoever asks for every product. */
  readonly isPartial?: true;
};

/** Prices for what goes through all products: filters, orders, sets. Undefined = what the catalog says. */
export function pricesOfMany(prices: ProductPrices | undefined): ProductPrices | undefined {
  return prices?.isPartial ? undefined : prices;
}

/** What a product costs at the prices of a visitor. @param prices undefined = the catalog's own */
export function finalPriceAt(product: CatalogProduct, prices: ProductPrices | undefined): Money | null {
  return prices ? prices.finalPriceOf(product) : product.finalPrice;
}

/** Whether a product costs the visitor what the catalog says. */
export function isAtCatalogPrice(product: CatalogProduct, prices: ProductPrices): boolean {
  return isSame(prices.finalPriceOf(product), product.finalPrice);
}

/**
 * A snapshot whose `get` and `parentOf` give products at the prices of a visitor. Lists and `products` keep those of the catalog:
 * price what is shown, not what is looked through.
 *
 * @param prices undefined = the catalog's own
 */
export function withPrices(snapshot: CatalogSnapshot, prices: ProductPrices | undefined): CatalogSnapshot {
  if (!prices) return snapshot;
  const priced = (product: CatalogProduct | undefined): CatalogProduct | undefined => {
    if (!product) return undefined;
    const finalPrice = prices.finalPriceOf(product);
    return isSame(finalPrice, product.finalPrice) ? product : { ...product, finalPrice };
  };
  return {
    ...snapshot,
    get: (sku) => priced(snapshot.get(sku)),
    parentOf: (sku) => priced(snapshot.parentOf(sku)),
  };
}

function isSame(a: Money | null, b: Money | null): boolean {
  return a === b || (a !== null && b !== null && a.minor === b.minor && a.currency === b.currency);
}
