import { type CatalogProduct, isAtCatalogPrice, type ProductPrices } from "../catalog/index.ts";
import type { RuleObject } from "../kernel/rules/index.ts";
import { marginOf } from "./margin.ts";

/** Facts of products with their margin, where the shop gave an attribute `cost` in major units: share of the price, 0 to 1. */
export function createPricedFacts(
  productOf: (sku: string, prices?: ProductPrices) => RuleObject | undefined,
  find: (sku: string) => CatalogProduct | undefined,
) {
  const withMargin = new WeakMap<RuleObject, RuleObject>();
  const hasOwnMargin = (facts: RuleObject) => facts["cost"] === undefined || facts["margin"] !== undefined;
  const factsOf = (sku: string, prices?: ProductPrices): RuleObject => {
    const facts = productOf(sku, prices) ?? { sku };
    if (hasOwnMargin(facts)) return facts;
    const known = withMargin.get(facts);
    if (known) return known;
    const made = { ...facts, margin: marginOf(facts["cost"], facts["final_price"]) };
    withMargin.set(facts, made);
    return made;
  };
  return {
    /** At the prices of a shopper; default: the catalog's own. */
    factsOf,
    /** One of the facts, without making the others: a list of 20,000 products may be ordered by it. */
    factOf: (sku: string, key: string, prices?: ProductPrices): unknown => {
      const product = prices && (key === "final_price" || key === "margin") ? find(sku) : undefined;
      if (!product || !prices || isAtCatalogPrice(product, prices)) return factsOf(sku)[key];
      const price = prices.finalPriceOf(product);
      if (key === "final_price") return price;
      const facts = productOf(sku) ?? {};
      return hasOwnMargin(facts) ? facts["margin"] : marginOf(facts["cost"], price);
    },
  };
}
