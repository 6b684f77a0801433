import type { Money } from "../kernel/index.ts";
import type { CatalogProduct } from "./product.ts";
import type { CatalogSnapshot } from "./snapshot.ts";

/** What products cost one kind of visitor: a customer group on a website, now. The same object as long as its prices are. */
export type ProductPrices = {
  /** What one piece costs; of a parent, what its cheapest part costs. Null without a price. */
  readonly finalPriceOf: (product: CatalogProduct) => Money | null;
};

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
