import { createHash } from "node:crypto";

const maxPages = 20_000;
const maxAgeMs = 10 * 60_000;
const maxUnits = 50;
const maxSkus = 100;

type Page = { readonly atMs: number; readonly shown: Map<string, readonly string[]> };

/**
 * What each unit of a page showed, for clients that ask for one unit a request, so that a page shows no product twice.
 *
 * Of one process; 20,000 pages, forgotten after 10 minutes. A unit that asks again does not meet its own products.
 */
export function createPageMemory() {
  const pages = new Map<string, Page>();
  // Keys are given from outside: a digest has one length, and callers of different keys do not meet.
  const keyOf = (caller: string, pageKey: string) =>
    createHash("sha256").update(`${caller}\n${pageKey}`).digest("base64");

  return {
    /** SKUs that other units of the page showed. */
    seen: (caller: string, pageKey: string, unitId: string, nowMs: number): ReadonlySet<string> => {
      const page = pages.get(keyOf(caller, pageKey));
      if (!page || nowMs - page.atMs > maxAgeMs) return new Set();
      return new Set([...page.shown].flatMap(([unit, skus]) => (unit === unitId ? [] : skus)));
    },
    remember: (caller: string, pageKey: string, unitId: string, skus: readonly string[], nowMs: number): void => {
      const key = keyOf(caller, pageKey);
      const known = pages.get(key);
      const shown = known && nowMs - known.atMs <= maxAgeMs ? known.shown : new Map<string, readonly string[]>();
      if (shown.size < maxUnits || shown.has(unitId)) shown.set(unitId, skus.slice(0, maxSkus));
      // Set anew, so that the oldest page comes first.
      pages.delete(key);
      pages.set(key, { atMs: nowMs, shown });
      for (const oldest of pages.keys()) {
        if (pages.size <= maxPages) break;
        pages.delete(oldest);
      }
    },
    size: () => pages.size,
  };
}

export type PageMemory = ReturnType<typeof createPageMemory>;
