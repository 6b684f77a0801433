import { useLoaded } from "../components/use-loaded.ts";
import { shopApi } from "../shop-api.ts";
import type { Line, Totals } from "../types.ts";
import { toRequests } from "./cart.ts";
import { useShop } from "./shop.ts";
import { useValue } from "./value.ts";

export type TotalsAnswer = {
  readonly lines: readonly Line[];
  readonly totals: Totals;
  readonly shippingMethods: readonly { readonly code: string; readonly price: Totals["shipping"] }[];
};

/** What the cart costs, as the shop's server reckons it. */
export function useTotals(shippingMethod: string, state: string) {
  const { cart } = useShop();
  const { lines, quoteId } = useValue(cart.cart);
  const body = { lines: toRequests(lines), shippingMethod, state, quoteId };
  return useLoaded(JSON.stringify(body), (signal) => shopApi.post<TotalsAnswer>("/totals", body, signal));
}
