import type { Money } from "./types.ts";

// ISO 4217 currencies whose minor unit is not two digits. Intl knows digits too, but those of everyday use (CLDR):
// it counts none for IQD or ISK cents that accounting has, and the amounts come from accounting.
const digitsByCurrency: Readonly<Record<string, number>> = {};
for (const [digits, currencies] of [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
] as const) {
  for (const currency of currencies.split(" ")) Object.assign(digitsByCurrency, { [currency]: digits });
}

/** Digits after the point of a currency: 2 unless ISO 4217 says otherwise. */
export function minorDigits(currency: string): number {
  return digitsByCurrency[currency] ?? 2;
}

/** An amount as text for a reader of `locale`, by default the page's language. */
export function formatMoney({ minor, currency }: Money, locale?: string): string {
  const digits = minorDigits(currency);
  const options = {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  const amount = minor / 10 ** digits;
  try {
    return new Intl.NumberFormat(locale || document.documentElement.lang || undefined, options).format(amount);
  } catch {
    // A language tag or currency code that Intl does not accept must not cost the shopper the price.
    return `${amount.toFixed(digits)} ${currency}`;
  }
}
