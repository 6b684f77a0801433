import type { CatalogSnapshot, ProductPrices } from "../../catalog/index.ts";
import type { PriceContext } from "./catalog-rule.ts";
import type { RateOf } from "./price-chain.ts";
import { createPriceList } from "./price-list.ts";
import { type CatalogRule, whyIdle } from "./rule-set.ts";
import type { RuleTable } from "./rule-table.ts";
import type { SpecialPrices } from "./special-prices.ts";

/** Kinds of visitors whose prices are kept; search holds a column of prices for each that it was asked with. */
const maxLists = 64;

export type PriceLists = {
  readonly table: RuleTable;
  /** Whether a rule is for members of an audience. */
  readonly hasAudiences: boolean;
  /** Undefined = what the catalog says. The same object for visitors who pay the same. */
  readonly listFor: (context: PriceContext) => ProductPrices | undefined;
};

type ListsDeps = {
  readonly table: RuleTable;
  readonly specials: SpecialPrices;
  readonly current: () => CatalogSnapshot;
  readonly rateOf: RateOf;
  /** Local day by which the catalog's own prices go. */
  readonly today: () => number;
};

/** The rates that amounts of running rules are converted by. */
function ratesOf(
  rules: readonly CatalogRule[],
  active: readonly boolean[],
  currencies: ReadonlySet<string>,
  rateOf: RateOf,
): string {
  const rates: string[] = [];
  for (const [place, { action }] of rules.entries()) {
    if (!active[place] || !("amounts" in action)) continue;
    const base = action.amounts[0]?.currency ?? "";
    for (const currency of currencies) {
      if (!action.amounts.some((amount) => amount.currency === currency))
        rates.push(`${base}${currency}${rateOf(base, currency) ?? ""}`);
    }
  }
  return rates.join(",");
}

export function createPriceLists({ table, specials, current, rateOf, today }: ListsDeps): PriceLists {
  const lists = new Map<string, ProductPrices>();
  return {
    table,
    hasAudiences: table.rules.some(({ audiences }) => audiences.length > 0),
    listFor: (context) => {
      const active = table.rules.map((rule) => whyIdle(rule, context) === undefined);
      const rules = active.flatMap((isActive, place) => (isActive ? [place] : []));
      const seen = specials.seenOf(context);
      if (rules.length === 0 && !seen && !(specials.hasDays() && context.day !== today())) return undefined;
      const day = specials.hasDays() ? context.day : "";
      // What no product sees of the visitor must not be in the list: the next one with the same key may have another group.
      const { website = "", customerGroup = "" } = seen ?? {};
      const rates = ratesOf(table.rules, active, specials.currencies(), rateOf);
      const key = [rules.join(","), website, customerGroup, seen ? "own" : "", day, rates].join("\n");
      const known = lists.get(key);
      const list =
        known ??
        createPriceList({ table, active, context: { website, customerGroup, day: context.day }, current, rateOf });
      lists.delete(key);
      lists.set(key, list);
      if (lists.size > maxLists) {
        const [oldest] = lists.keys();
        if (oldest !== undefined) lists.delete(oldest);
      }
      return list;
    },
  };
}
