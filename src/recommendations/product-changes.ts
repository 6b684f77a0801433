import type { CatalogProduct } from "../catalog/index.ts";

/** What a shopper notices of a product from outside. */
export type ProductState = {
  readonly sku: string;
  /** Null = no price. */
  readonly priceMinor: number | null;
  readonly currency: string;
  readonly inStock: boolean;
};

export type PriceDrop = {
  readonly sku: string;
  readonly at: number;
  /** The price before it. */
  readonly fromMinor: number;
  readonly currency: string;
};

/** Changes of the last 30 days that still hold, newest first. */
export type ProductChanges = {
  readonly drops: readonly PriceDrop[];
  readonly restocks: readonly { readonly sku: string; readonly at: number }[];
};

export const noChanges: ProductChanges = { drops: [], restocks: [] };

export function stateOf({ sku, finalPrice, inStock }: CatalogProduct): ProductState {
  return { sku, priceMinor: finalPrice?.minor ?? null, currency: finalPrice?.currency ?? "", inStock };
}

export function isSameState(a: ProductState, b: ProductState): boolean {
  return a.priceMinor === b.priceMinor && a.currency === b.currency && a.inStock === b.inStock;
}

/**
 * The products whose state is another than it was. Products are immutable, so one that is the same object has not changed.
 *
 * @param before as of the last look; undefined = nothing is known, then every product has changed
 */
export function changedProducts(
  before: ReadonlyMap<string, CatalogProduct> | undefined,
  after: ReadonlyMap<string, CatalogProduct>,
): readonly ProductState[] {
  const changed: ProductState[] = [];
  for (const [sku, product] of after) {
    if (product.type === "variant") continue;
    const old = before?.get(sku);
    if (old === product) continue;
    const state = stateOf(product);
    if (!old || !isSameState(stateOf(old), state)) changed.push(state);
  }
  return changed;
}
