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
/** Products in one question. */
const maxAsked = 200;

/** Who asks: prices may differ by customer. */
export type Asker = { readonly customerId: string | null; readonly anonymousId: string | null };

export type PriceDesk = {
  /** Prices as of now. @throws {ShopError} 503 when Clientele does not tell them */
  exact(skus: readonly string[], asker: Asker): Promise<PriceList>;
  /** Prices to show, a few seconds old at most; those of the shop's catalog while Clientele does not answer. */
  shown(skus: readonly string[], asker: Asker): Promise<PriceList>;
};

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

  /** Cents by SKU, of those that Clientele knows and that have a price there. @throws when there is no answer */
  const askPrices = async (skus: readonly string[], asker: Asker, timeoutMs: number): Promise<PriceList> => {
    const identity = {
      ...(asker.customerId !== null && { customerId: asker.customerId }),
      ...(asker.anonymousId !== null && { anonymousId: asker.anonymousId }),
    };
    const body = { storeView, identity, items: skus.map((sku) => ({ sku })) };
    const answer = await askClientele(deps, "/v1/offers/prices", { body, timeoutMs });
    if (answer.status !== 200 || !isFields(answer.body)) throw noOffersNow();
    const { items } = answer.body;
    if (!Array.isArray(items)) throw noOffersNow();
    const list = new Map<string, number>();
    for (const item of items) {
      if (!isFields(item) || typeof item["sku"] !== "string") throw noOffersNow();
      const minor = readCents(item["finalPrice"]);
      if (minor !== undefined) list.set(item["sku"], minor);
    }
    return list;
  };

  const collect = async (
    skus: readonly string[],
    asker: Asker,
    { timeoutMs, maxAgeMs }: { readonly timeoutMs: number; readonly maxAgeMs: number },
  ): Promise<PriceList> => {
    const list = new Map<string, number>();
    const who = `${asker.customerId ?? ""} ${asker.anonymousId ?? ""}`;
    const put = (sku: string, minor: number | undefined): void => {
      if (minor !== undefined) list.set(sku, minor);
    };
    const open = [...new Set(skus)].filter((sku) => {
      const known = kept.get(`${who} ${sku}`);
      const isFresh = known !== undefined && now() - known.at < maxAgeMs;
      if (isFresh) put(sku, known.minor);
      return !isFresh;
    });
    for (let from = 0; from < open.length; from += maxAsked) {
      const asked = open.slice(from, from + maxAsked);
      const told = await askPrices(asked, asker, timeoutMs);
      for (const sku of asked) {
        put(sku, told.get(sku));
        keep(`${who} ${sku}`, told.get(sku));
      }
    }
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
