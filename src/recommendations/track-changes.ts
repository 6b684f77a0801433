import type { CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import { changedProducts, isSameState, noChanges, type ProductChanges, stateOf } from "./product-changes.ts";
import type { ChangeStore } from "./store-changes.clickhouse.ts";

const changesAgeMs = 5 * 60_000;
const maxPages = 100;

/**
 * Notes when products change their price or stock. Several processes may note the same change: they write the same state twice, which
 * is no change.
 */
export function createChangeTracker(store: ChangeStore) {
  let seen: ReadonlyMap<string, CatalogProduct> | undefined;
  let changes = noChanges;
  let readAt = Number.NEGATIVE_INFINITY;

  /** Products that are not as the table has them; after a restart most are. */
  const unlikeStored = async (products: ReadonlyMap<string, CatalogProduct>) => {
    const open = new Map(changedProducts(undefined, products).map((state) => [state.sku, state]));
    let after = "";
    for (let page = 0; page < maxPages; page += 1) {
      const states = await store.lastStates(after);
      for (const state of states) {
        const product = products.get(state.sku);
        if (product && isSameState(stateOf(product), state)) open.delete(state.sku);
      }
      const last = states.at(-1);
      if (!last) break;
      after = last.sku;
    }
    return [...open.values()];
  };

  return {
    /** @returns what changed in the last 30 days and still holds; as new as 5 minutes, or as the last change seen here */
    refresh: async ({ products }: CatalogSnapshot, nowMs: number): Promise<ProductChanges> => {
      if (products !== seen) {
        const changed = seen ? changedProducts(seen, products) : await unlikeStored(products);
        await store.add(changed, nowMs);
        seen = products;
        if (changed.length > 0) readAt = Number.NEGATIVE_INFINITY;
      }
      if (nowMs - readAt >= changesAgeMs) {
        changes = await store.changes(nowMs);
        readAt = nowMs;
      }
      return changes;
    },
  };
}
