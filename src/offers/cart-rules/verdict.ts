import type { Explanation } from "../../kernel/rules/index.ts";
import type { CartRule, RuleTree } from "./cart-rule.ts";
import type { Missing } from "./failing-leaf.ts";
import type { Ledger } from "./ledger.ts";
import { canDiscount, lineSubject } from "./match-units.ts";
import type { TierMissing } from "./plan-action.ts";
import type { PricedCart } from "./price-cart.ts";

/** How a candidate came out. */
export type Outcome =
  | "applied"
  | "conditions_not_met"
  | "no_matching_items"
  | "superseded"
  | "no_rate"
  | "not_combinable"
  | "budget_exhausted";

export type UnitVerdict = "reached" | "stopped" | "excluded" | "not_matched";

export type Verdict = {
  readonly rule: CartRule;
  readonly outcome: Outcome;
  /** Of conditions that did not hold and that somebody asks about, or of all with `explain`; as the rule found the cart. */
  readonly conditions: Explanation | null;
  /** What alone is missing for the conditions to hold; of the first rules of a cart only. */
  readonly missing: Missing | null;
  /** With `explain` only: of each unit, at its place in the cart. */
  readonly units: readonly UnitVerdict[];
  /** Of an action with tiers none of which is reached. */
  readonly tier: TierMissing | null;
  /** Keys of the rules that a rule cannot be combined with. */
  readonly with: readonly string[];
  /** What the margin guard held back of what the rule took, in minor units by unit. */
  readonly held: readonly (readonly [unit: number, amount: number])[];
  /** Minor units that the budget did not cover. */
  readonly overBudget: number;
};

/** Tells of each unit of a cart whether a rule reaches it, given those that its action conditions match. */
export function createUnitVerdicts(cart: PricedCart, ledger: Pick<Ledger, "isStopped">) {
  const unmatched = cart.units.map((_, at): UnitVerdict => (canDiscount(cart, at) ? "not_matched" : "excluded"));
  return (matched: readonly number[]): readonly UnitVerdict[] => {
    const verdicts = unmatched.slice();
    for (const at of matched) verdicts[at] = ledger.isStopped(at) ? "stopped" : "reached";
    return verdicts;
  };
}

/**
 * Why the action conditions of rules do not match units. Takes several times as long as the evaluation, so that it is worked out for
 * those who read it, and once for all rules that say the same.
 */
export function createMismatches(cart: PricedCart, nowMs: number) {
  const known = new Map<RuleTree, (Explanation | undefined)[]>();
  return (tree: RuleTree, unit: number): Explanation | null => {
    const { facts } = cart.units[unit] ?? {};
    if (!facts) return null;
    const ofTree = known.get(tree) ?? [];
    known.set(tree, ofTree);
    const explanation = ofTree[unit] ?? tree.rule.explain(lineSubject(facts), nowMs);
    ofTree[unit] = explanation;
    return explanation;
  };
}
