/** An amount in integer minor units of an ISO 4217 currency; the shop sells in one currency. */
export type Money = { readonly minor: number; readonly currency: string };

/** The only currency of the Luma catalog. */
const shopCurrency = "USD";

export function money(minor: number): Money {
  return { minor, currency: shopCurrency };
}

/** A catalog price in dollars as cents. The files hold at most two decimals, so rounding only removes binary noise. */
export function toCents(dollars: number): number {
  return Math.round(dollars * 100);
}
