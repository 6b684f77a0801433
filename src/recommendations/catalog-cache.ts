import type { CatalogSnapshot } from "../catalog/index.ts";

/** Prices and stock change by the second; a list made of them may lag this far, because who asks looks each product up again. */
const staleMs = 60_000;

/**
 * Answers that were worked out from the catalog, by key.
 *
 * Forgotten when products came or went, when the catalog has otherwise changed for more than a minute, and when `source`
 * (anything else they were worked out from) is another one; never more than `maxEntries`.
 */
export function createCatalogCache<K, V>(maxEntries: number) {
  const entries = new Map<K, V>();
  let madeFor:
    | { readonly version: number; readonly size: number; readonly source: unknown; readonly atMs: number }
    | undefined;

  const isCurrent = (catalog: CatalogSnapshot, source: unknown, nowMs: number): boolean => {
    if (!madeFor || madeFor.source !== source || entries.size >= maxEntries) return false;
    if (madeFor.version === catalog.version) return true;
    return madeFor.size === catalog.products.size && nowMs - madeFor.atMs <= staleMs;
  };

  return {
    get: (key: K, catalog: CatalogSnapshot, source: unknown, nowMs: number, make: () => V): V => {
      if (!isCurrent(catalog, source, nowMs)) {
        entries.clear();
        madeFor = { version: catalog.version, size: catalog.products.size, source, atMs: nowMs };
      }
      const known = entries.get(key);
      if (known !== undefined) return known;
      const made = make();
      entries.set(key, made);
      return made;
    },
  };
}
