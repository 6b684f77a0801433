// The loop over rules: offers-and-segments 1.4 to 1.7 and 6. Group by group, rule by rule in their order; within a rule, line by line.
import type { Explanation, RuleEnvironment, RuleSubject } from "../../kernel/rules/index.ts";
import type { CouponFacts } from "../coupons/index.ts";
import type { CartRule, RuleGroup, RuleTree } from "./cart-rule.ts";
import { cartSubjects, createCartSums, type Moment } from "./cart-subject.ts";
import { chooseInGroup, type Trial } from "./choose-in-group.ts";
import { type Claim, claimOf, sizeOf } from "./claim.ts";
import { canCombine } from "./combine-rules.ts";
import { type Missing, missingOf } from "./failing-leaf.ts";
import { findFreeShipping, nothingFree } from "./free-shipping.ts";
import { createLedger, type FreeUnits, type Ledger, shippingCharge } from "./ledger.ts";
import { createMarginGuard, type Granted, grantClaim, leftOfBudget } from "./limit-claim.ts";
import { createMatching } from "./match-units.ts";
import { type PlanContext, planAction } from "./plan-action.ts";
import type { PricedCart } from "./price-cart.ts";
import { isSteady } from "./steady-conditions.ts";
import { createUnitVerdicts, type Outcome, type Verdict } from "./verdict.ts";

export type Run = {
  readonly cart: PricedCart;
  readonly ledger: Ledger;
  readonly free: FreeUnits;
  /** Minor units, after free shipping. */
  readonly shippingAmount: number;
  /** Minor units, as if nothing shipped free. */
  readonly shippingBeforeFree: number;
  /** One for each candidate, in order. */
  readonly verdicts: readonly Verdict[];
};

export type RunInput = {
  /** In the order in which they run. */
  readonly candidates: readonly CartRule[];
  readonly cart: PricedCart;
  /** The shopper; its cart is replaced by the one given. */
  readonly subject: RuleSubject;
  readonly facts: CouponFacts;
  readonly nowMs: number;
  readonly rateOf: RuleEnvironment["rateOf"];
  /** Of the cost, below which no line goes; millionths, null = no limit. */
  readonly marginFactor: bigint | null;
  readonly explain: boolean;
  /** Of how many rules to say what they lack; at most `maxNearMisses`. */
  readonly nearMisses: number;
};

/** Rules that nearly held are looked for up to this many, in order: explaining a rule costs several times what judging it does. */
export const maxNearMisses = 20;

/** Runs rules over a cart. Pure: the same input gives the same answer; counts nothing. */
export function runRules(input: RunInput): Run {
  // Free shipping is found out first. A rule that had a part in it may be dropped later: then all runs again without it.
  const barred = new Map<CartRule, Verdict>();
  for (;;) {
    const beaten = new Set<CartRule>();
    const run = runOnce(input, barred, beaten);
    const wrong = run.verdicts.filter(
      ({ rule, outcome }) =>
        (isDropped(outcome) || beaten.has(rule)) && !barred.has(rule) && (rule.freeShipping || rule.stop),
    );
    if (wrong.length === 0 || !input.candidates.some(({ freeShipping }) => freeShipping)) return run;
    for (const verdict of wrong) barred.set(verdict.rule, verdict);
  }
}

function isDropped(outcome: Outcome): boolean {
  return outcome === "not_combinable" || outcome === "budget_exhausted";
}

/** A rule that has an effect, and what is to be told of it; or how it came out without one. */
type Judged =
  | { readonly verdict: Verdict; readonly trial: null }
  | { readonly verdict: Verdict; readonly trial: Trial; readonly reachesShipping: boolean };

/** @param beaten is given the rules of groups of which another rule acts alone */
function runOnce(input: RunInput, barred: ReadonlyMap<CartRule, Verdict>, beaten: Set<CartRule>): Run {
  const { cart, nowMs, rateOf } = input;
  const candidates = barred.size === 0 ? input.candidates : input.candidates.filter((rule) => !barred.has(rule));
  const rates = { currency: cart.input.currency, rateOf };
  const ledger = createLedger(cart);
  const matching = createMatching(cart, nowMs);
  const sums = createCartSums(cart, ledger.discountOf);
  const guard = createMarginGuard(cart, input.marginFactor, rates);
  const unitVerdicts = input.explain ? createUnitVerdicts(cart, ledger) : null;
  let inHand: CartRule | undefined;
  let charge = 0;
  const moment: Moment = {
    ledger,
    shipping: () => charge,
    eligible: () => (inHand ? matching(inHand.targets).discountable : []),
  };
  const subjects = cartSubjects(input.subject, cart, sums, moment);
  const subjectOf = (rule: CartRule): RuleSubject => (rule.seesDiscounts ? subjects.discounted() : subjects.plain);
  // Rules that say the same share a tree: what stays as it is is judged once for all of them.
  const met = new Map<RuleTree, boolean>();
  const explained = new Map<RuleTree, Seen>();
  const isShared = (rule: CartRule, tree: RuleTree): boolean => !rule.seesDiscounts && isSteady(tree);
  const test = (rule: CartRule, tree: RuleTree): boolean => {
    inHand = rule;
    return tree.rule.test(subjectOf(rule), nowMs);
  };
  const holds = (rule: CartRule): boolean => {
    const tree = rule.conditions;
    if (!tree) return true;
    if (!isShared(rule, tree)) return test(rule, tree);
    const known = met.get(tree) ?? test(rule, tree);
    met.set(tree, known);
    return known;
  };
  // Free shipping is judged on the cart without discounts, whenever it is worked out.
  const heldAtFirst = new Map<CartRule, boolean>();
  const holdsAtFirst = (rule: CartRule): boolean => {
    const known = heldAtFirst.get(rule) ?? holds(rule);
    heldAtFirst.set(rule, known);
    return known;
  };
  const freeWith = (rules: readonly CartRule[]): FreeUnits =>
    findFreeShipping(rules, cart, holdsAtFirst, (rule) => matching(rule.targets).all);

  const shippingBeforeFree = shippingCharge(cart, nothingFree);
  charge = shippingBeforeFree;
  let free = freeWith(candidates);
  charge = shippingCharge(cart, free);
  let isShippingOpen = cart.input.shipping !== undefined || cart.shipments !== null;
  let nearMisses = 0;
  const acting: CartRule[] = [];
  let isSelective = false;

  const look = (rule: CartRule, tree: RuleTree, isMet: boolean): Seen => {
    inHand = rule;
    const conditions = tree.rule.explain(subjectOf(rule), nowMs);
    const missing = !isMet && rule.isNearable ? (missingOf(tree.node, conditions) ?? null) : null;
    return { conditions, missing };
  };
  const explainConditions = (rule: CartRule, isMet: boolean): Seen => {
    const tree = rule.conditions;
    if (!tree) return notAsked;
    const isNear = !isMet && rule.isNearable && nearMisses < input.nearMisses;
    if (!input.explain && !isNear && (isMet || rule.coupon === "none")) return notAsked;
    const shared = isShared(rule, tree);
    const seen = (shared && explained.get(tree)) || look(rule, tree, isMet);
    if (shared) explained.set(tree, seen);
    if (seen.missing === null) return seen;
    if (!isNear) return { conditions: seen.conditions, missing: null };
    nearMisses += 1;
    return seen;
  };
  const measuresOf = (rule: CartRule): PlanContext["measures"] => {
    const reachable = (): readonly number[] => matching(rule.targets).discountable;
    return {
      subtotal: () => (rule.seesDiscounts ? sums.left() : sums.subtotal()),
      eligible_subtotal: () => (rule.seesDiscounts ? sums.leftOf : sums.subtotalOf)(reachable()),
      qty: () => sums.qtyOf(reachable()),
    };
  };
  const withoutTiers: PlanContext = { ...rates, measures: noMeasures };
  const planContext = (rule: CartRule): PlanContext =>
    "tiers" in rule.action ? { ...rates, measures: measuresOf(rule) } : withoutTiers;
  const matches = (tree: CartRule["targets"], at: number): boolean => matching(tree).discountable.includes(at);
  const withWhich = (rule: CartRule): readonly string[] =>
    acting.filter((each) => !canCombine(each, rule)).map(({ key }) => key);

  const judge = (rule: CartRule, freed: number): Judged => {
    const isMet = holds(rule);
    const seen = explainConditions(rule, isMet);
    const units = unitVerdicts ? unitVerdicts(matching(rule.targets).discountable) : noUnits;
    const givesShipping = free.givenBy.has(rule.key);
    // Literals in full: spreading what is the same in all of them cost more than judging a rule.
    const ends = (outcome: Outcome, tier: Verdict["tier"], against: readonly string[], overBudget: number): Judged => {
      const told =
        givesShipping && outcome !== "not_combinable" && outcome !== "budget_exhausted" ? "applied" : outcome;
      return { verdict: verdictOf(rule, told, seen, units, tier, against, noHeld, overBudget), trial: null };
    };
    if (!isMet) return ends("conditions_not_met", null, none, 0);
    const planned = planAction(rule.action, planContext(rule));
    if (!planned.ok) {
      if (planned.why === "no_rate") return ends("no_rate", null, none, 0);
      return ends("conditions_not_met", planned.missing, none, 0);
    }
    const budget = rule.budget.spend === null ? null : leftOfBudget(rule, input.facts, rates);
    if (budget === undefined) return ends("no_rate", null, none, 0);
    const { discountable } = matching(rule.targets);
    const reached = ledger.openOf(discountable);
    const reachesShipping = rule.action.applyToShipping === true && discountable.length > 0 && isShippingOpen;
    if (reached.length === 0 && !reachesShipping && !givesShipping)
      return ends(discountable.length === 0 ? "no_matching_items" : "superseded", null, none, 0);
    const shippingLeft = reachesShipping ? Math.max(0, charge - ledger.shippingDiscount()) : null;
    const wanted = claimOf({ rule, plan: planned.plan, cart, ledger, reached, shippingLeft, matches });
    const granted = grantClaim(wanted, rule, { guard, budget, discountOf: ledger.discountOf });
    const { held, overBudget, claim } = granted;
    if (overBudget > 0 && sizeOf(claim) === 0) return ends("budget_exhausted", null, none, overBudget);
    const acts = actsBy(rule, granted, givesShipping);
    const against = acts && (isSelective || rule.combination.with) ? withWhich(rule) : none;
    if (against.length > 0) return ends("not_combinable", null, against, 0);
    const verdict = verdictOf(rule, "applied", seen, units, null, none, held, overBudget);
    return { verdict, trial: { rule, claim, freed, acts }, reachesShipping };
  };

  const commit = (
    { verdict, trial, reachesShipping }: Exclude<Judged, { readonly trial: null }>,
    claim: Claim,
  ): Verdict => {
    const { rule, acts } = trial;
    ledger.addAll(claim.reached, rule, claim.amounts);
    // Of several rules of a group one may have made shipping free since.
    if (claim.shipping !== null) ledger.addShipping(rule, Math.min(claim.shipping, charge - ledger.shippingDiscount()));
    if (rule.stop) {
      ledger.stop(claim.reached);
      if (reachesShipping) isShippingOpen = false;
    }
    if (acts) {
      acting.push(rule);
      isSelective ||= rule.combination.with !== null;
    }
    return verdict;
  };

  const runGroup = (rules: readonly CartRule[], { mode, per }: RuleGroup): readonly Verdict[] => {
    if (mode === "stackable") {
      return rules.map((rule) => {
        const judged = judge(rule, 0);
        return judged.trial ? commit(judged, judged.trial.claim) : judged.verdict;
      });
    }
    const shippingOf = shippingAlone(rules);
    const actual = { free, charge };
    const judged = rules.map((rule) => {
      const alone = shippingOf(rule);
      [free, charge] = [alone.free, alone.charge];
      return judge(rule, alone.freed);
    });
    [free, charge] = [actual.free, actual.charge];
    const trials = judged.flatMap(({ trial }) => (trial ? [trial] : []));
    const { chosen, lost } = chooseInGroup(trials, mode, per);
    if (per === "cart" && chosen.size > 0) for (const rule of rules) if (!chosen.has(rule)) beaten.add(rule);
    return judged.map((each): Verdict => {
      const { verdict, trial } = each;
      if (!trial) return verdict;
      const { rule } = verdict;
      const claim = chosen.get(rule);
      if (!claim) return { ...verdict, ...nothingTold, outcome: "not_combinable", with: lost.get(rule) ?? [] };
      const against = trial.acts ? withWhich(rule) : none;
      if (against.length === 0) return commit(each, claim);
      return { ...verdict, ...nothingTold, outcome: "not_combinable", with: against };
    });
  };

  /** What ships free, and what shipping costs, with each rule of a group alone; and what is saved by it. */
  const shippingAlone = (members: readonly CartRule[]) => {
    const hasPart = members.some((rule) => rule.freeShipping || rule.stop);
    if (!hasPart || !candidates.some(({ freeShipping }) => freeShipping)) return () => ({ free, charge, freed: 0 });
    const isMember = new Set(members);
    const without = shippingCharge(cart, freeWith(candidates.filter((rule) => !isMember.has(rule))));
    return (rule: CartRule) => {
      const alone = freeWith(candidates.filter((each) => each === rule || !isMember.has(each)));
      const own = shippingCharge(cart, alone);
      return { free: alone, charge: own, freed: rule.freeShipping ? without - own : 0 };
    };
  };

  const verdicts = groupsOf(candidates).flatMap(({ rules, group }) => runGroup(rules, group));
  const shippingAmount = charge;
  if (barred.size === 0) return { cart, ledger, free, shippingAmount, shippingBeforeFree, verdicts };
  const byRule = new Map(verdicts.map((verdict) => [verdict.rule, verdict]));
  const inOrder = input.candidates.flatMap((rule) => byRule.get(rule) ?? barredNow(barred.get(rule), verdicts));
  return { cart, ledger, free, shippingAmount, shippingBeforeFree, verdicts: inOrder };
}

/**
 * The rules that a dropped one stood back for, as they came out in the end. Where none of them acts without it, as when free shipping
 * of the dropped one was what let another act, it stays as it was told first: it does not combine with them.
 */
function barredNow(barred: Verdict | undefined, verdicts: readonly Verdict[]): readonly Verdict[] {
  if (!barred) return [];
  const { group } = barred.rule;
  const applied = verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule);
  const still = applied.filter(({ key }) => barred.with.includes(key));
  const ofGroup = group.mode === "stackable" ? [] : applied.filter((rule) => rule.group.key === group.key);
  const others = still.length > 0 ? still : ofGroup;
  return [barred.with.length === 0 || others.length === 0 ? barred : { ...barred, with: others.map(({ key }) => key) }];
}

type Seen = { readonly conditions: Explanation | null; readonly missing: Missing | null };

const notAsked: Seen = { conditions: null, missing: null };
const none: readonly string[] = [];
const noUnits: Verdict["units"] = [];
const noHeld: Verdict["held"] = [];
const noMeasures: PlanContext["measures"] = { subtotal: () => 0, eligible_subtotal: () => 0, qty: () => 0n };
const nothingTold = { tier: null, with: none, held: noHeld, overBudget: 0 };

function verdictOf(
  rule: CartRule,
  outcome: Outcome,
  { conditions, missing }: Seen,
  units: Verdict["units"],
  tier: Verdict["tier"],
  against: readonly string[],
  held: Verdict["held"],
  overBudget: number,
): Verdict {
  return { rule, outcome, conditions, missing, units, tier, with: against, held, overBudget };
}

function actsBy({ rewardPoints, action }: CartRule, { claim }: Granted, givesShipping: boolean): boolean {
  return givesShipping || rewardPoints > 0 || action.type === "free_gift" || sizeOf(claim) > 0;
}

type Group = { readonly group: RuleGroup; readonly rules: readonly CartRule[] };

/** Rules of one group stand together in the order of rules. */
function groupsOf(candidates: readonly CartRule[]): readonly Group[] {
  const [first] = candidates;
  if (!first) return [];
  if (candidates.at(-1)?.group.key === first.group.key) return [{ group: first.group, rules: candidates }];
  const groups: { readonly group: RuleGroup; readonly rules: CartRule[] }[] = [];
  for (const rule of candidates) {
    const last = groups.at(-1);
    if (last?.group.key === rule.group.key) last.rules.push(rule);
    else groups.push({ group: rule.group, rules: [rule] });
  }
  return groups;
}
