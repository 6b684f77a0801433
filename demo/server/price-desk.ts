import { askClientele, type ClienteleAccess, readCents } from "./ask-clientele.ts";
import { isFields } from "./form.ts";
import { catalogPrices, type PriceList } from "./lines.ts";
import { ShopError } from "./shop-error.ts";

// What products cost a shopper after catalog price rules. Clientele knows; the shop's own catalog holds list prices.

const orderLimitMs = 5_000;
const displayLimitMs = 3_000;
/** How long pages go without asking again after Clientele gave no answer. */
const pauseMs = 2_000;
/** How old a price on a page may be; an order is always priced afresh. */
const freshMs = 5_000;
const maxKept = 10_000;
const atOnce = 8;

/** Who asks: prices may differ by customer. */
export type Asker = { readonly customerId: string | null; readonly anonymousId: string | null };

export type PriceDesk = {
  /** Prices as of now. @throws {ShopError} 503 when Clientele does not tell them */
  exact(skus: readonly string[], asker: Asker): Promise<PriceList>;
  /** Prices to show, a few seconds old at most; those of the shop's catalog while Clientele does not answer. */
  shown(skus: readonly string[], asker: Asker): Promise<PriceList>;
};

/** Runs `work` over the values, some at a time. */
async function eachOf<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  const waiting = values.values();
  const worker = async (): Promise<void> => {
    for (const value of waiting) await work(value);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker));
}

export function noOffersNow(): ShopError {
  return new ShopError(
    503,
    "offersUnavailable",
    "Prices and offers cannot be worked out at the moment. Nothing was ordered. Please try again.",
  );
}

export function createPriceDesk(
  deps: ClienteleAccess & { readonly storeView: string; readonly now: () => number },
): PriceDesk {
  const { storeView, now } = deps;
  const kept = new Map<string, { readonly minor: number | undefined; readonly at: number }>();
  let silentUntil = 0;

  const keep = (key: string, minor: number | undefined): void => {
    if (kept.size >= maxKept) kept.clear();
    kept.set(key, { minor, at: now() });
  };

  /** @throws when there is no answer; undefined for a product that Clientele does not know or that has no price there */
  const askPrice = async (sku: string, asker: Asker, timeoutMs: number): Promise<number | undefined> => {
    const query = new URLSearchParams({
      storeView,
      ...(asker.customerId !== null && { customerId: asker.customerId }),
      ...(asker.anonymousId !== null && { anonymousId: asker.anonymousId }),
    });
    const path = `/v1/catalog/products/${encodeURIComponent(sku)}/price?${query}`;
    const { status, body } = await askClientele(deps, path, { timeoutMs });
    if (status === 404) return undefined;
    if (status !== 200 || !isFields(body)) throw noOffersNow();
    return readCents(body["finalPrice"]);
  };

  const collect = async (
    skus: readonly string[],
    asker: Asker,
    { timeoutMs, maxAgeMs }: { readonly timeoutMs: number; readonly maxAgeMs: number },
  ): Promise<PriceList> => {
    const list = new Map<string, number>();
    const who = `${asker.customerId ?? ""} ${asker.anonymousId ?? ""}`;
    await eachOf(skus, async (sku) => {
      const key = `${who} ${sku}`;
      const known = kept.get(key);
      const isFresh = known !== undefined && now() - known.at < maxAgeMs;
      const minor = isFresh ? known.minor : await askPrice(sku, asker, timeoutMs);
      if (!isFresh) keep(key, minor);
      if (minor !== undefined) list.set(sku, minor);
    });
    return list;
  };

  return {
    exact: (skus, asker) => collect(skus, asker, { timeoutMs: orderLimitMs, maxAgeMs: 0 }),
    shown: async (skus, asker) => {
      if (now() < silentUntil) return catalogPrices;
      try {
        return await collect(skus, asker, { timeoutMs: displayLimitMs, maxAgeMs: freshMs });
      } catch {
        silentUntil = now() + pauseMs;
        return catalogPrices;
      }
    },
  };
}
