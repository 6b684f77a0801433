// What somebody waits for in the catalog: products they met that may come back into stock, and another price of what is in their cart.
// Noted with each look, so that a change of the catalog finds the customers it matters to.
import { shortestReturnMs } from "../../catalog/index.ts";
import type { Money } from "../../kernel/index.ts";
import type { Person } from "./person.ts";
import type { BackInStockSource } from "./reminder-body.ts";
import type { ReminderSet } from "./reminder-set.ts";

/** What reminders ask of a product now; undefined for one that the catalog does not have. */
export type ProductNow = (
  sku: string,
) =>
  | { readonly inStock: boolean; readonly backInStockAt?: number | undefined; readonly price: Money | null }
  | undefined;

export type Interest = {
  readonly profileId: string;
  readonly sku: string;
  readonly kind: "stock" | "price";
  /** At the look: of stock, when it came back last, 0 = it has not; of a price, minor units. */
  readonly noted: number;
  /** Of a price. */
  readonly currency: string | null;
};

const most = 300;

/** Products by where the customer met them. */
export function productsMet({ cart, wishlist, viewed }: Person["state"], source: BackInStockSource): readonly string[] {
  switch (source) {
    case "cart":
      return cart?.items.map(({ sku }) => sku) ?? [];
    case "wishlist":
      return wishlist;
    case "viewed":
      return viewed.map(({ sku }) => sku);
  }
}

/** At most 300 for one customer. */
export function interestsOf(
  { profileId, state }: Pick<Person, "profileId" | "state">,
  { priceDrop, backInStock }: ReminderSet["uses"],
  productNow: ProductNow,
  nowMs: number,
): readonly Interest[] {
  const interests: Interest[] = [];
  const met = (source: BackInStockSource) => (backInStock.has(source) ? productsMet(state, source) : []);
  const kept = new Set([...met("wishlist"), ...met("cart")]);
  for (const sku of new Set([...kept, ...met("viewed")])) {
    const product = productNow(sku);
    if (!product) continue;
    const { inStock, backInStockAt = 0 } = product;
    // What is only looked at while it is in stock waits for nothing, once its return is one that counts.
    if (inStock && !kept.has(sku) && nowMs - backInStockAt >= shortestReturnMs) continue;
    interests.push({ profileId, sku, kind: "stock", noted: backInStockAt, currency: null });
  }
  for (const sku of new Set(priceDrop ? productsMet(state, "cart") : [])) {
    const price = productNow(sku)?.price ?? null;
    if (price !== null) interests.push({ profileId, sku, kind: "price", noted: price.minor, currency: price.currency });
  }
  return interests.slice(0, most);
}
