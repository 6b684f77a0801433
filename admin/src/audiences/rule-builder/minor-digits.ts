/** Decimals of a currency (JPY 0, USD 2, KWD 3); 2 for a code that is not complete yet. */
export function minorDigits(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}
