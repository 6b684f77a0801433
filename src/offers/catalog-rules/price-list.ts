import type { CatalogProduct, CatalogSnapshot, ProductPrices } from "../../catalog/index.ts";
import { deriveParent, isParent, withRequiredOptions } from "../../catalog/index.ts";
import type { Money } from "../../kernel/index.ts";
import type { PriceContext } from "./catalog-rule.ts";
import { lowestOf, ownPrices } from "./final-price.ts";
import { compileChain, type PriceChain, type PriceStep, type RateOf, stepOf } from "./price-chain.ts";
import type { CatalogRule } from "./rule-set.ts";
import type { RuleTable } from "./rule-table.ts";

/** Parents of parents: a bundle of configurable products has two levels; what lies deeper keeps the catalog's price. */
const maxLevels = 3;

type ListDeps = {
  readonly table: RuleTable;
  /** Whether each rule of the table runs for who asks. */
  readonly active: readonly boolean[];
  readonly context: Pick<PriceContext, "website" | "customerGroup" | "day">;
  readonly current: () => CatalogSnapshot;
  readonly rateOf: RateOf;
};

/** The rules of a class that run, up to and with the first that stops; null when none does. */
function chainOf(rules: readonly CatalogRule[], currency: string, rateOf: RateOf): PriceChain | null {
  const steps: PriceStep[] = [];
  for (const rule of rules) {
    const step = stepOf(rule.action, currency, rateOf);
    if (!step) continue;
    steps.push(step);
    if (rule.stop) break;
  }
  return steps.length === 0 ? null : compileChain(steps);
}

/** What every product costs one kind of visitor. */
export function createPriceList({ table, active, context, current, rateOf }: ListDeps): ProductPrices {
  const chainsByCurrency = new Map<string, (PriceChain | null | undefined)[]>();

  const chainFor = (number: number, currency: string): PriceChain | null => {
    let chains = chainsByCurrency.get(currency);
    if (!chains) {
      chains = [];
      chainsByCurrency.set(currency, chains);
    }
    const known = chains[number];
    if (known !== undefined) return known;
    const rules = table.placesOf(number).flatMap((place) => (active[place] ? (table.rules[place] ?? []) : []));
    const chain = chainOf(rules, currency, rateOf);
    chains[number] = chain;
    return chain;
  };

  const ownPrice = (product: CatalogProduct): Money | null => {
    const own = ownPrices(product, context, 1);
    if (!own) return product.finalPrice;
    const { minor, currency } = own.list;
    const number = table.classOf(product.sku);
    const chain = number === 0 ? null : chainFor(number, currency);
    const lowest = lowestOf(own, chain === null ? null : chain(minor)).minor;
    const final = product.customOptions ? withRequiredOptions(product, { minor: lowest, currency }).minor : lowest;
    const known = product.finalPrice;
    return known?.minor === final && known.currency === currency ? known : { minor: final, currency };
  };

  const priceOf = (product: CatalogProduct, level: number): Money | null => {
    if (!isParent(product) || level >= maxLevels) return level >= maxLevels ? product.finalPrice : ownPrice(product);
    const snapshot = current();
    // A bundle or a grouped product without a price of its own is as dear as its parts.
    const own = { ...product, finalPrice: product.price || product.specialPrice ? ownPrice(product) : null };
    const lookup = (sku: string): CatalogProduct | undefined => {
      const part = snapshot.get(sku);
      return part && { ...part, finalPrice: priceOf(part, level + 1) };
    };
    return deriveParent(own, product.variants, lookup).finalPrice;
  };

  return { finalPriceOf: (product) => priceOf(product, 0), ...(table.isPartial ? { isPartial: true } : {}) };
}
