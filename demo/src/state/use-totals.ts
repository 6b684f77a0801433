import { useLoaded } from "../components/use-loaded.ts";
import { shopApi } from "../shop-api.ts";
import type { CartOffers, Line, Totals } from "../types.ts";
import { toRequests } from "./cart.ts";
import { type Shop, useShop } from "./shop.ts";
import { useValue } from "./value.ts";

export type TotalsAnswer = {
  readonly lines: readonly Line[];
  readonly totals: Totals;
  readonly shippingMethods: readonly { readonly code: string; readonly price: Totals["shipping"] }[];
  readonly offers: CartOffers;
};

/** What the server is told of the cart; it knows the prices. */
export function toTotalsRequest(shop: Shop, shippingMethod = "standard", state = "") {
  const { lines, quoteId, couponCodes } = shop.cart.cart.get();
  const { anonymousId } = shop.client;
  return { lines: toRequests(lines), shippingMethod, state, quoteId, couponCodes, anonymousId };
}

/** What the cart costs, as the shop's server reckons it. */
export function useTotals(shippingMethod: string, state: string) {
  const shop = useShop();
  useValue(shop.cart.cart);
  const body = toTotalsRequest(shop, shippingMethod, state);
  return useLoaded(JSON.stringify(body), (signal) => shopApi.post<TotalsAnswer>("/totals", body, signal));
}

/** The lines of the cart with the prices of now, once they are known. */
export function pricedNow(lines: readonly Line[], totals: TotalsAnswer | undefined): readonly Line[] {
  const byKey = new Map(totals?.lines.map((line) => [line.key, line]));
  return lines.map((line) => {
    const now = byKey.get(line.key);
    return now?.qty === line.qty ? now : line;
  });
}
