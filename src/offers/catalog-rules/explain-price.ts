import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import { isParent, requiredOptions, withRequiredOptions } from "../../catalog/index.ts";
import type { PriceContext } from "./catalog-rule.ts";
import { type EvaluatedPrice, evaluatePrice } from "./evaluate-price.ts";
import type { RateOf } from "./price-chain.ts";
import { factsToJudge } from "./rule-judge.ts";
import type { CatalogRule } from "./rule-set.ts";

export type PriceDeps = {
  /** In the order in which they run. */
  readonly rules: readonly CatalogRule[];
  /** Rules of a product without some that do not reach it; default all. */
  readonly rulesFor?: (product: CatalogProduct) => readonly CatalogRule[];
  readonly snapshot: CatalogSnapshot;
  readonly rateOf: RateOf;
};

/** The price of a product with why it is what it is; of a configurable product, of its cheapest variant. */
export type ExplainedPrice = {
  readonly sku: string;
  /** The variant that the price is of. */
  readonly pricedSku: string;
  readonly price: EvaluatedPrice;
};

/**
 * Judges the rules by their conditions, not by what was gathered before.
 *
 * @returns null when the product has no price of its own, as bundles and grouped products
 */
export function explainPrice(
  { rules: all, rulesFor, snapshot, rateOf }: PriceDeps,
  product: CatalogProduct,
  context: PriceContext,
  qty: number,
): ExplainedPrice | null {
  const priced = (each: CatalogProduct): ExplainedPrice | null => {
    const rules = rulesFor ? rulesFor(each) : all;
    const keys = [...new Set(rules.flatMap(({ productKeys }) => productKeys))];
    const facts = factsToJudge(each, snapshot, keys);
    const price = evaluatePrice({ rules, product: each, facts, context, qty, rateOf });
    return price && { sku: product.sku, pricedSku: each.sku, price };
  };
  if (!isParent(product) || product.variants.length === 0) return priced(product);
  const variants = product.variants.flatMap((sku) => snapshot.get(sku) ?? []);
  const inStock = variants.filter((variant) => variant.inStock);
  let best: ExplainedPrice | null = null;
  for (const variant of inStock.length > 0 ? inStock : variants) {
    const own = priced(variant);
    if (!own) continue;
    if (best && best.price.finalPrice.currency !== own.price.finalPrice.currency) continue;
    if (!best || own.price.finalPrice.minor < best.price.finalPrice.minor) best = own;
  }
  return best ? withOptionsOf(product, best) : priced(product);
}

/** The price of a variant, bought as its configurable product with what that requires. */
function withOptionsOf(parent: CatalogProduct, { price, ...explained }: ExplainedPrice): ExplainedPrice {
  const { finalPrice, options } = price;
  return {
    ...explained,
    price: {
      ...price,
      finalPrice: withRequiredOptions(parent, finalPrice),
      options: [...options, ...requiredOptions(parent, finalPrice)],
    },
  };
}
