// Whether a page reports to the Edge as well: only then is it worth waiting for a twin. The tracker sends one request after the
// other, so that each needless wait of two seconds delays everything behind it.
import { createRecentMap } from "./recent-map.ts";

const keptMs = 10 * 60_000;
const maxKept = 5_000;

/** What the Commerce collector reports to both streams. The other types have Edge names of ours, which a shop may use. */
const reportedTwice = new Set([
  "pageView",
  "categoryView",
  "productPageView",
  "searchRequestSent",
  "searchResponseReceived",
  "addToCart",
  "shoppingCartView",
  "startCheckout",
  "completeCheckout",
]);

export type EdgeTraffic = ReturnType<typeof createEdgeTraffic>;

export function createEdgeTraffic(now: () => number) {
  const startedAt = now();
  const seen = createRecentMap<true>(maxKept, keptMs, now);
  const hasSeen = (key: string): boolean => seen.get(key) !== undefined;
  return {
    saw: (origin: string | undefined, types: readonly string[]): void => {
      if (origin === undefined) return;
      seen.set(origin, true);
      for (const type of types) if (!reportedTwice.has(type)) seen.set(`${origin}\n${type}`, true);
    },
    /** A process that has just started has seen nothing yet: it expects what the collector does by itself. */
    expects: (origin: string | undefined, type: string): boolean => {
      if (!reportedTwice.has(type)) return origin !== undefined && hasSeen(`${origin}\n${type}`);
      return now() - startedAt < keptMs || (origin !== undefined && hasSeen(origin));
    },
  };
}
