// The loop over rules: offers-and-segments 1.4 to 1.7. Rule by rule in their order; within a rule, line by line.
import type { CompiledRule, Explanation, RuleEnvironment, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { coveredQty, lineDiscount, shippingDiscount, splitAmount } from "./amounts.ts";
import { amountIn, type CartRule, percentOf } from "./cart-rule.ts";
import { cartSubject, type Moment } from "./cart-subject.ts";
import { type Fraction, maxBig } from "./exact.ts";
import { createLedger, type FreeUnits, type Ledger, shippingCharge } from "./ledger.ts";
import type { PricedCart, PricedLine } from "./price-cart.ts";

/** How a candidate came out. */
export type Outcome = "applied" | "conditions_not_met" | "no_matching_items" | "superseded" | "no_rate";

export type UnitVerdict = "reached" | "stopped" | "excluded" | "not_matched";

/** `why` of a unit that the action conditions do not match. */
type UnitReason = { readonly unit: number; readonly verdict: UnitVerdict; readonly why: Explanation | null };

export type Verdict = {
  readonly rule: CartRule;
  readonly outcome: Outcome;
  /** Of conditions that did not hold and that somebody asks about, or of all with `explain`; as the rule found the cart. */
  readonly conditions: Explanation | null;
  /** With `explain` only. */
  readonly units: readonly UnitReason[];
};

export type Run = {
  readonly cart: PricedCart;
  readonly ledger: Ledger;
  readonly free: FreeUnits;
  /** Minor units, after free shipping. */
  readonly shippingAmount: bigint;
  /** One for each candidate, in order. */
  readonly verdicts: readonly Verdict[];
};

export type RunInput = {
  /** In the order in which they run. */
  readonly candidates: readonly CartRule[];
  readonly cart: PricedCart;
  /** The shopper; its cart is replaced by the one given. */
  readonly subject: RuleSubject;
  readonly nowMs: number;
  readonly rateOf: RuleEnvironment["rateOf"];
  readonly explain: boolean;
};

const zero: Fraction = { over: 0n, under: 1n };
const nothingFree: FreeUnits = { scope: "none", qty: new Map(), givenBy: new Set() };

/** Runs rules over a cart. Pure: the same input gives the same answer; counts nothing. */
export function runRules(input: RunInput): Run {
  const { candidates, cart, nowMs } = input;
  const ledger = createLedger(cart);
  const matching = createMatching(cart, nowMs);
  let inHand: CartRule | undefined;
  let charge = shippingCharge(cart, nothingFree);
  const moment: Moment = {
    ledger,
    get shipping() {
      return charge;
    },
    eligible: () => (inHand ? matching(inHand).discountable : []),
  };
  const subject = cartSubject(input.subject, cart, () => moment);
  const holds = (rule: CartRule): boolean => {
    inHand = rule;
    return rule.conditions?.rule.test(subject, nowMs) ?? true;
  };

  const free = findFreeShipping(candidates, cart, holds, (rule) => matching(rule).all);
  charge = shippingCharge(cart, free);
  let isShippingOpen = cart.input.shipping !== undefined;
  const verdicts = candidates.map((rule): Verdict => {
    const isMet = holds(rule);
    const conditions =
      (input.explain || (!isMet && (rule.isNearable || rule.coupon !== "none"))) && rule.conditions
        ? rule.conditions.rule.explain(subject, nowMs)
        : null;
    const matched = matching(rule).discountable;
    const units = input.explain ? explainUnits(rule, cart, ledger, matched, nowMs) : [];
    const verdict = (outcome: Outcome): Verdict => ({ rule, outcome, conditions, units });
    const givesShipping = free.givenBy.has(rule.key);
    if (!isMet) return verdict(givesShipping ? "applied" : "conditions_not_met");
    const amount = "amounts" in rule.action ? amountIn(rule.action.amounts, cart.input.currency, input.rateOf) : zero;
    if (!amount) return verdict(givesShipping ? "applied" : "no_rate");
    const reached = matched.filter((unit) => !ledger.isStopped(unit));
    const reachesShipping = rule.action.applyToShipping === true && matched.length > 0 && isShippingOpen;
    discount(rule, { cart, ledger, reached, amount, shippingLeft: reachesShipping ? left(charge, ledger) : null });
    if (rule.stop) {
      ledger.stop(reached);
      if (reachesShipping) isShippingOpen = false;
    }
    if (reached.length > 0 || reachesShipping || givesShipping) return verdict("applied");
    return verdict(matched.length === 0 ? "no_matching_items" : "superseded");
  });
  return { cart, ledger, free, shippingAmount: charge, verdicts };
}

function left(charge: bigint, ledger: Ledger): bigint {
  return maxBig(0n, charge - ledger.shippingDiscount());
}

type Reach = {
  readonly cart: PricedCart;
  readonly ledger: Ledger;
  readonly reached: readonly number[];
  readonly amount: Fraction;
  /** Minor units; null = the rule does not reach shipping. */
  readonly shippingLeft: bigint | null;
};

function discount(rule: CartRule, { cart, ledger, reached, amount, shippingLeft }: Reach): void {
  const { action } = rule;
  if (action.type === "cart_fixed") {
    const shares = splitAmount(
      action,
      reached.map((at) => lineOf(cart, ledger, at)),
      shippingLeft ?? 0n,
      amount,
    );
    for (const [index, at] of reached.entries()) ledger.add(at, rule, shares.lines[index] ?? 0n);
    if (shippingLeft !== null) ledger.addShipping(rule, shares.shipping);
    return;
  }
  const percent = action.type === "percent" ? percentOf(action.percent) : 0n;
  for (const at of reached) {
    const unit = cart.units[at];
    if (unit) ledger.add(at, rule, lineDiscount(action, unit, ledger.discountOf(at), percent, amount));
  }
  if (shippingLeft !== null) ledger.addShipping(rule, shippingDiscount(action, shippingLeft, percent, amount));
}

const nothing = { sku: "", qty: 0n, price: 0n, row: 0n };

function lineOf({ units }: PricedCart, ledger: Ledger, at: number) {
  return { line: units[at] ?? nothing, discount: ledger.discountOf(at) };
}

/** Which units the action conditions of a rule hold for, worked out once a rule. */
function createMatching(cart: PricedCart, nowMs: number) {
  const { lines, units } = cart;
  const lineSubjects = lines.map(({ facts }) => lineSubject(facts));
  const unitSubjects = units.map(({ facts }) => lineSubject(facts));
  const known = new Map<CartRule, Matched>();
  const everything: Matched = split(cart, [...units.keys()]);

  const ofBundle = (rule: CompiledRule, line: PricedLine, whole: RuleSubject): readonly number[] => {
    const parts = line.units.filter((at) => rule.test(unitSubjects[at] ?? whole, nowMs));
    // Parts that match by themselves; where none does, a bundle that matches as a whole stands for all of them.
    return parts.length > 0 || !rule.test(whole, nowMs) ? parts : line.units;
  };
  const match = (rule: CompiledRule): readonly number[] => {
    const found: number[] = [];
    for (const [index, line] of lines.entries()) {
      const whole = lineSubjects[index];
      if (!whole) continue;
      if (line.isBundle) found.push(...ofBundle(rule, line, whole));
      else if (rule.test(whole, nowMs)) found.push(...line.units);
    }
    return found;
  };
  return (rule: CartRule): Matched => {
    if (!rule.targets) return everything;
    const before = known.get(rule);
    if (before) return before;
    const made = split(cart, match(rule.targets.rule));
    known.set(rule, made);
    return made;
  };
}

/** Units that a rule is for: all of them, and those that take discounts. */
type Matched = { readonly all: readonly number[]; readonly discountable: readonly number[] };

function split(cart: PricedCart, all: readonly number[]): Matched {
  return { all, discountable: all.filter((at) => canDiscount(cart, at)) };
}

function lineSubject(facts: RuleObject): RuleSubject {
  return { item: facts, product: productOf(facts) };
}

function canDiscount(cart: PricedCart, at: number): boolean {
  const unit = cart.units[at];
  return unit !== undefined && !unit.noDiscount && unit.price >= 0n;
}

function productOf(facts: RuleObject): RuleObject | undefined {
  const { product } = facts as { product?: RuleObject };
  return product;
}

/** Before any discount, by the same rules in the same order; lines that take no discount can still ship free. */
function findFreeShipping(
  candidates: readonly CartRule[],
  cart: PricedCart,
  holds: (rule: CartRule) => boolean,
  matching: (rule: CartRule) => readonly number[],
): FreeUnits {
  if (!candidates.some(({ freeShipping }) => freeShipping)) return nothingFree;
  const stopped = new Set<number>();
  const qty = new Map<number, bigint>();
  const givenBy = new Set<string>();
  let isWhole = false;
  for (const rule of candidates) {
    if ((!rule.freeShipping && !rule.stop) || !holds(rule)) continue;
    const live = matching(rule).filter((at) => !stopped.has(at));
    if (live.length === 0) continue;
    if (rule.freeShipping) givenBy.add(rule.key);
    if (rule.freeShipping === "shipment") isWhole = true;
    if (rule.freeShipping === "items") {
      for (const at of live) {
        const covered = coveredUnits(rule, cart.units[at]?.qty ?? 0n);
        qty.set(at, maxBig(qty.get(at) ?? 0n, covered));
      }
    }
    if (rule.stop) for (const at of live) stopped.add(at);
  }
  return { scope: isWhole ? "shipment" : qty.size > 0 ? "items" : "none", qty, givenBy };
}

/** Free shipping knows no steps. */
function coveredUnits(rule: CartRule, qty: bigint): bigint {
  const { maxQty } = rule.action;
  return coveredQty(qty, { type: "cart_fixed", amounts: [], ...(maxQty === undefined ? {} : { maxQty }) });
}

function explainUnits(
  rule: CartRule,
  cart: PricedCart,
  ledger: Ledger,
  matched: readonly number[],
  nowMs: number,
): Verdict["units"] {
  const reached = new Set(matched);
  return cart.units.map((unit, at) => {
    if (reached.has(at)) return { unit: at, verdict: ledger.isStopped(at) ? "stopped" : "reached", why: null };
    if (!canDiscount(cart, at)) return { unit: at, verdict: "excluded", why: null };
    return {
      unit: at,
      verdict: "not_matched",
      why: rule.targets?.rule.explain(lineSubject(unit.facts), nowMs) ?? null,
    };
  });
}
