import type { Money } from "../../../kernel/index.ts";
import { toMinor } from "../../../kernel/index.ts";
import { type Profile, refusesPersonalisation } from "../../../profiles/index.ts";
import type { GivenHistory } from "../../../recommendations/index.ts";
import type { Call } from "../graphql-deps.ts";

/** What a client says of its shopper and page, beside who they are. */
export type ShopperArgs = {
  readonly currentSku?: string | null;
  readonly currentProduct?: { readonly sku: string; readonly price?: number | null } | null;
  readonly userPurchaseHistory?:
    | readonly ({ readonly items: readonly (string | null)[]; readonly date?: unknown } | null)[]
    | null;
  readonly userViewHistory?: readonly ({ readonly sku: string; readonly date?: unknown } | null)[] | null;
  readonly cartSkus?: readonly (string | null)[] | null;
  readonly category?: string | null;
};

export type Shopper = {
  readonly profile: Profile | null;
  readonly history: GivenHistory;
  readonly currentSku: string | null;
  /** As the page shows it: the price list of the shopper may not be ours. */
  readonly currentPrice: Money | null;
  readonly categoryPath: string | null;
};

const maxSku = 64;
const maxEntries = 100;

export function present<T>(list: readonly (T | null)[] | null | undefined): readonly T[] {
  return (list ?? []).slice(0, maxEntries).filter((each) => each !== null);
}

function timeOf(date: unknown): number | null {
  const time = typeof date === "string" ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function historyOf(args: ShopperArgs): GivenHistory {
  const cut = (sku: string) => sku.slice(0, maxSku);
  return {
    viewed: present(args.userViewHistory).map(({ sku, date }) => ({ sku: cut(sku), at: timeOf(date) })),
    purchased: present(args.userPurchaseHistory).map(({ items, date }) => ({
      skus: present(items).map(cut),
      at: timeOf(date),
    })),
    cartSkus: present(args.cartSkus).map(cut),
  };
}

function priceOf(price: number | null | undefined, currency: string): Money | null {
  const minor = price === null || price === undefined ? undefined : toMinor(price, currency);
  return minor === undefined ? null : { minor, currency };
}

/** Who refused personalisation is recommended the same as everybody, whatever the page remembers: only the cart counts. */
export async function shopperOf(call: Call, args: ShopperArgs, currency: string): Promise<Shopper> {
  const found = await call.visitor();
  const refused = found.ok && refusesPersonalisation(found.profile.state);
  const history = historyOf(args);
  // The container sends an empty SKU on pages without a product.
  const sku = args.currentProduct?.sku || args.currentSku || "";
  return {
    profile: found.ok && !refused ? found.profile : null,
    history: refused ? { cartSkus: history.cartSkus ?? [] } : history,
    currentSku: sku === "" ? null : sku.slice(0, maxSku),
    currentPrice: priceOf(args.currentProduct?.price, call.catalog.get(sku)?.finalPrice?.currency ?? currency),
    categoryPath: args.category || null,
  };
}
