// A change of the catalog finds the customers who wait for it: they are looked at by the next run. Everything is found anew from what
// is stored, so a change that a process missed, or died over, is found by the next pass over all.
import type { Clock } from "../../kernel/index.ts";
import type { ProductNow } from "./interests.ts";
import type { ReminderSet } from "./reminder-set.ts";
import type { ReminderStore } from "./store.ts";
import type { ArrivedProduct, AwaitedProduct } from "./store-interests.ts";

export type NoticeDeps = {
  readonly store: Pick<ReminderStore, "interests">;
  readonly current: () => ReminderSet;
  readonly productNow: ProductNow;
  readonly clock: Clock;
  /** How often everything that is waited for is compared; default 5 min. */
  readonly everyMs?: number;
};

const defaultEveryMs = 300_000;
/** With more changes than this, everything is compared. */
const mostPending = 5_000;
const pageSize = 5_000;
/** Customers of one call; the rest is found by the next. */
const mostPages = 200;

/** What a product is now, where somebody noted something else. A price that rises matters too: it may fall again. */
function arrivalOf(
  { sku, kind, low, high, currency }: AwaitedProduct,
  productNow: ProductNow,
): readonly ArrivedProduct[] {
  const product = productNow(sku);
  if (!product) return [];
  const { price, inStock, backInStockAt = 0 } = product;
  const isComparable = kind === "stock" ? inStock : price !== null && price.currency === currency;
  const now = kind === "stock" ? backInStockAt : (price?.minor ?? 0);
  return isComparable && (low !== now || high !== now) ? [{ sku, kind, currency, now }] : [];
}

export function createNotice({ store, current, productNow, clock, everyMs = defaultEveryMs }: NoticeDeps) {
  let pending = new Set<string>();
  let comparedAt = Number.NEGATIVE_INFINITY;
  let isWaited = false;
  return {
    /** Products changed. */
    changed: (skus: readonly string[]): void => {
      if (!isWaited) return;
      for (const sku of skus) if (pending.size <= mostPending) pending.add(sku);
    },
    /** Job, every few seconds. @returns customers that the next run looks at because of it, one counted for each product */
    notice: async (): Promise<number> => {
      const { uses } = current();
      isWaited = uses.priceDrop || uses.backInStock.size > 0;
      if (!isWaited) return 0;
      const nowMs = clock.now();
      const isAll = nowMs - comparedAt >= everyMs || pending.size > mostPending;
      if (!isAll && pending.size === 0) return 0;
      const skus = isAll ? null : [...pending];
      const taken = pending;
      pending = new Set();
      try {
        const awaited = await store.interests.awaited(skus);
        const arrived = awaited.flatMap((each) => arrivalOf(each, productNow));
        if (isAll) comparedAt = nowMs;
        let found = 0;
        if (arrived.length === 0) return found;
        for (let page = 0; page < mostPages; page += 1) {
          const queued = await store.interests.queue(arrived, nowMs, pageSize);
          found += queued;
          if (queued < pageSize) return found;
        }
        for (const sku of taken) pending.add(sku);
        return found;
      } catch (error) {
        for (const sku of taken) pending.add(sku);
        throw error;
      }
    },
  };
}
