import type { Explanation } from "../../kernel/rules/index.ts";
import type { CartRule } from "./cart-rule.ts";
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

/** `why` of a unit that the action conditions do not match: worked out when asked, as it takes longer than the evaluation itself. */
type UnitReason = { readonly unit: number; readonly verdict: UnitVerdict; readonly why: () => Explanation | null };

export type Verdict = {
  readonly rule: CartRule;
  readonly outcome: Outcome;
  /** Of conditions that did not hold and that somebody asks about, or of all with `explain`; as the rule found the cart. */
  readonly conditions: Explanation | null;
  /** What alone is missing for the conditions to hold; of the first rules of a cart only. */
  readonly missing: Missing | null;
  /** With `explain` only. */
  readonly units: readonly UnitReason[];
  /** Of an action with tiers none of which is reached. */
  readonly tier: TierMissing | null;
  /** Keys of the rules that a rule cannot be combined with. */
  readonly with: readonly string[];
  /** What the margin guard held back of what the rule took, in minor units by unit. */
  readonly held: readonly (readonly [unit: number, amount: number])[];
  /** Minor units that the budget did not cover. */
  readonly overBudget: number;
};

/** Why each unit is reached by a rule or not. */
export function explainUnits(
  rule: CartRule,
  cart: PricedCart,
  ledger: Ledger,
  matched: readonly number[],
  nowMs: number,
): Verdict["units"] {
  const reached = new Set(matched);
  return cart.units.map((unit, at) => {
    if (reached.has(at)) return { unit: at, verdict: ledger.isStopped(at) ? "stopped" : "reached", why: noReason };
    if (!canDiscount(cart, at)) return { unit: at, verdict: "excluded", why: noReason };
    const why = () => rule.targets?.rule.explain(lineSubject(unit.facts), nowMs) ?? null;
    return { unit: at, verdict: "not_matched", why };
  });
}

const noReason = (): null => null;
