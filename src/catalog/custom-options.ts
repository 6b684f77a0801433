// What shoppers must choose or fill in when they buy a product is part of what it costs: of each such option the cheapest choice.
// Fixed amounts stay as they are whatever takes something off the product; shares go by what the product costs before its options.
import type { Money } from "../kernel/index.ts";
import type { CatalogProduct, CustomOption, OptionPrice } from "./product.ts";

/** What a required option adds to the price of its product. */
export type RequiredOption = {
  readonly title: string;
  /** The cheapest choice; null = the option has no choices. */
  readonly value: string | null;
  readonly price: Money;
};

const none: readonly RequiredOption[] = [];

/** Percentages have up to four places. */
const percentScale = 10_000;
const wholePercent = 100n * BigInt(percentScale);

/** Minor units; undefined for an amount in another currency. */
function amountOf(price: OptionPrice | undefined, base: Money): number | undefined {
  if (!price) return 0;
  if ("amount" in price) return price.amount.currency === base.currency ? price.amount.minor : undefined;
  // To the nearest integer, which for four places is the number that the text says.
  const share = BigInt(Math.round(Number(price.percent) * percentScale));
  const minor = (2n * BigInt(base.minor) * share + wholePercent) / (2n * wholePercent);
  return Math.min(Number(minor), Number.MAX_SAFE_INTEGER);
}

/** The cheapest that an option can be had for; undefined where no choice has a price in the currency. */
function cheapestOf({ title, price, values }: CustomOption, base: Money): RequiredOption | undefined {
  const choices = values && values.length > 0 ? values : [{ title: null, price }];
  let best: RequiredOption | undefined;
  for (const choice of choices) {
    const minor = amountOf(choice.price, base);
    if (minor === undefined || (best && minor >= best.price.minor)) continue;
    best = { title, value: choice.title, price: { minor, currency: base.currency } };
  }
  return best;
}

/**
 * What the required options of a product add to its price, each rounded once, half a minor unit up.
 *
 * @param base what the product costs before its options
 */
export function requiredOptions({ customOptions }: Pick<CatalogProduct, "customOptions">, base: Money) {
  if (!customOptions) return none;
  return customOptions.flatMap((option) => (option.isRequired ? (cheapestOf(option, base) ?? []) : []));
}

/** A price before options as the final price: with the required options of the product. The same object where there are none. */
export function withRequiredOptions(product: Pick<CatalogProduct, "customOptions">, base: Money): Money;
export function withRequiredOptions(product: Pick<CatalogProduct, "customOptions">, base: Money | null): Money | null;
export function withRequiredOptions(product: Pick<CatalogProduct, "customOptions">, base: Money | null): Money | null {
  if (!base || !product.customOptions) return base;
  const added = requiredOptions(product, base).reduce((sum, { price }) => sum + price.minor, 0);
  return added === 0 ? base : { minor: base.minor + added, currency: base.currency };
}

/** What a product would cost at its list price, as the final price is compared with it. */
export function regularPriceOf(product: Pick<CatalogProduct, "price" | "customOptions">): Money | null {
  return withRequiredOptions(product, product.price);
}
