import {
  type CatalogProduct,
  type CatalogSnapshot,
  regularPriceOf,
  withRequiredOptions,
} from "../../../catalog/index.ts";
import { type Money, toDecimal } from "../../../kernel/index.ts";

type AmountView = { readonly value: number; readonly currency: string };
export type PriceView = {
  readonly final: { readonly amount: AmountView; readonly adjustments: readonly [] };
  readonly regular: { readonly amount: AmountView; readonly adjustments: readonly [] };
  readonly roles: readonly string[];
};
export type PriceRangeView = { readonly minimum: PriceView; readonly maximum: PriceView };

/** What a product costs before and after a discount; both are always there, as clients compare them. */
type Prices = { readonly final: Money; readonly regular: Money };

/** Major units as the protocol has them: a JSON number. */
export function amountOf(money: Money): AmountView {
  return { value: Number(toDecimal(money)), currency: money.currency };
}

function pricesOf(product: CatalogProduct): Prices | undefined {
  const price = regularPriceOf(product);
  const final = product.finalPrice ?? price;
  if (!final) return undefined;
  // A price in another currency, or below what is paid, is none to strike through.
  const regular = price && price.currency === final.currency && price.minor > final.minor ? price : final;
  return { final, regular };
}

function viewOf({ final, regular }: Prices): PriceView {
  return {
    final: { amount: amountOf(final), adjustments: [] },
    regular: { amount: amountOf(regular), adjustments: [] },
    roles: ["visible"],
  };
}

export function priceView(product: CatalogProduct): PriceView | null {
  const prices = pricesOf(product);
  return prices ? viewOf(prices) : null;
}

function partsOf(product: CatalogProduct, catalog: Pick<CatalogSnapshot, "get">): readonly Prices[] {
  const skus = product.type === "grouped" ? (product.components ?? []).flatMap((each) => each.skus) : product.variants;
  const parts = skus.flatMap((sku) => catalog.get(sku) ?? []);
  const available = parts.filter(({ inStock }) => inStock);
  const currency = product.finalPrice?.currency;
  return (available.length > 0 ? available : parts)
    .flatMap((part) => pricesOf(part) ?? [])
    .filter(({ final }) => currency === undefined || final.currency === currency)
    .map(({ final, regular }) => ({
      final: withRequiredOptions(product, final),
      regular: withRequiredOptions(product, regular),
    }));
}

/** Dearest and cheapest of what a bundle may be made of. */
function bundleRange(product: CatalogProduct, catalog: Pick<CatalogSnapshot, "get">): PriceRangeView | null {
  const own = pricesOf(product);
  if (!own) return null;
  const { currency } = own.final;
  let minor = 0;
  for (const { skus } of product.components ?? []) {
    const prices = skus
      .flatMap((sku) => catalog.get(sku)?.finalPrice ?? [])
      .filter((each) => each.currency === currency);
    minor += Math.max(0, ...prices.map((price) => price.minor));
  }
  const parts = withRequiredOptions(product, { minor, currency });
  const highest = { minor: Math.max(parts.minor, own.final.minor), currency };
  const regular = { minor: Math.max(highest.minor, own.regular.minor), currency };
  return {
    minimum: viewOf(own),
    maximum: viewOf({ final: highest, regular: own.final.minor === own.regular.minor ? highest : regular }),
  };
}

/** Cheapest and dearest variant; of those in stock, as long as there are any. */
export function priceRangeView(product: CatalogProduct, catalog: Pick<CatalogSnapshot, "get">): PriceRangeView | null {
  if (product.type === "bundle") return bundleRange(product, catalog);
  const parts = partsOf(product, catalog);
  const first = parts[0];
  if (!first) {
    const own = pricesOf(product);
    return own ? { minimum: viewOf(own), maximum: viewOf(own) } : null;
  }
  const pick = (of: (prices: Prices) => Money, isBetter: (a: number, b: number) => boolean): Money =>
    parts.map(of).reduce((best, each) => (isBetter(each.minor, best.minor) ? each : best), of(first));
  const below = (a: number, b: number) => a < b;
  const above = (a: number, b: number) => a > b;
  return {
    minimum: viewOf({ final: pick((each) => each.final, below), regular: pick((each) => each.regular, below) }),
    maximum: viewOf({ final: pick((each) => each.final, above), regular: pick((each) => each.regular, above) }),
  };
}
