import { type CatalogProduct, type RequiredOption, requiredOptions, withRequiredOptions } from "../../catalog/index.ts";
import type { Money } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import type { PriceContext } from "./catalog-rule.ts";
import { lowestOf, ownPrices, type PriceSource } from "./final-price.ts";
import { compileChain, type PriceStep, type RateOf, stepOf } from "./price-chain.ts";
import { byPriority, type CatalogRule, whyIdle } from "./rule-set.ts";

/** What one rule did to a product, or why it did nothing. */
export type RuleOutcome =
  | { readonly rule: CatalogRule; readonly isApplied: true; readonly before: Money; readonly after: Money }
  | { readonly rule: CatalogRule; readonly isApplied: false; readonly reason: string };

export type EvaluatedPrice = {
  /** Null when no rule applies. */
  readonly rulePrice: Money | null;
  readonly finalPrice: Money;
  readonly source: PriceSource;
  /** The product's own prices that were compared. */
  readonly list: Money;
  readonly tier: Money | null;
  readonly special: Money | null;
  /** Required options, which come on top of the lowest price and no rule takes anything off. */
  readonly options: readonly RequiredOption[];
  readonly outcomes: readonly RuleOutcome[];
};

type Judged = {
  readonly rules: readonly CatalogRule[];
  readonly product: Pick<CatalogProduct, "price" | "specialPrice" | "specialDays" | "tierPrices" | "customOptions">;
  /** Facts to judge the product by: its own, and its parent's; one that holds is enough. */
  readonly facts: readonly RuleObject[];
  readonly context: PriceContext;
  readonly qty: number;
  readonly rateOf: RateOf;
};

/**
 * The price of one product that is no parent, worked out rule by rule (offers-and-segments 2). Amounts after each rule are rounded
 * for the reader only; the chain is rounded once.
 *
 * @returns null for a product without a list price
 */
export function evaluatePrice({ rules, product, facts, context, qty, rateOf }: Judged): EvaluatedPrice | null {
  const own = ownPrices(product, context, qty);
  if (!own) return null;
  const { minor, currency } = own.list;
  const money = (amount: number): Money => ({ minor: amount, currency });
  const steps: PriceStep[] = [];
  const outcomes: RuleOutcome[] = [];
  let stoppedBy: CatalogRule | undefined;
  for (const rule of [...rules].sort(byPriority)) {
    const idle = stoppedBy ? `stoppedBy:${stoppedBy.key}` : whyIdle(rule, context);
    const holds = idle === undefined && facts.some((each) => rule.condition.test({ product: each }, context.nowMs));
    const step = holds ? stepOf(rule.action, currency, rateOf) : undefined;
    if (!step) {
      outcomes.push({ rule, isApplied: false, reason: idle ?? (holds ? "currency" : "conditions") });
      continue;
    }
    const before = compileChain(steps)(minor);
    steps.push(step);
    outcomes.push({ rule, isApplied: true, before: money(before), after: money(compileChain(steps)(minor)) });
    if (rule.stop) stoppedBy = rule;
  }
  const rulePrice = steps.length > 0 ? compileChain(steps)(minor) : null;
  const { minor: finalMinor, source } = lowestOf(own, rulePrice);
  return {
    rulePrice: rulePrice === null ? null : money(rulePrice),
    finalPrice: withRequiredOptions(product, money(finalMinor)),
    source,
    list: own.list,
    tier: own.tier === null ? null : money(own.tier),
    special: own.special === null ? null : money(own.special),
    options: requiredOptions(product, money(finalMinor)),
    outcomes,
  };
}

/** A sentence for people about why a rule did nothing. */
export function reasonText(reason: string): string {
  const [code = "", by] = reason.split(":");
  switch (code) {
    case "storeView":
      return "It is for other store views";
    case "website":
      return "It is for other websites";
    case "customerGroup":
      return "It is for other customer groups";
    case "notStarted":
      return "It has not started";
    case "ended":
      return "It has ended";
    case "audience":
      return "Who asks is in none of its audiences";
    case "conditions":
      return "Its conditions do not hold for the product";
    case "currency":
      return "It states no amount in the product's currency and there is no rate";
    case "stoppedBy":
      return `The rule ${by} discards those behind it`;
    default:
      return code;
  }
}
