// What keeps a rule from what it would take: the cost of the goods, and the rule's budget.
import { isObject, type Money, minorDigits } from "../../kernel/index.ts";
import type { RuleEnvironment } from "../../kernel/rules/index.ts";
import type { CouponFacts } from "../coupons/index.ts";
import { amountIn, type CartRule, fractionOf } from "./cart-rule.ts";
import { type Claim, shrinkClaim, sizeOf } from "./claim.ts";
import { readScaled, scale } from "./exact.ts";
import type { PricedCart, Unit } from "./price-cart.ts";

/** A claim as far as it may be given. */
export type Granted = {
  readonly claim: Claim;
  /** What the margin guard held back, in minor units by unit. */
  readonly held: readonly (readonly [unit: number, amount: number])[];
  /** What the budget did not cover. */
  readonly overBudget: number;
};

type Rates = { readonly currency: string; readonly rateOf: RuleEnvironment["rateOf"] };

/**
 * Lines never go below their cost times a factor.
 *
 * @param factor millionths; null = no guard
 * @returns what may still be taken from a unit that has had `discount` taken; Infinity where no cost is known
 */
export function createMarginGuard(cart: PricedCart, factor: bigint | null, rates: Rates): MarginGuard | null {
  if (factor === null) return null;
  const floors = new Map<number, number | null>();
  const floorOf = (at: number): number | null => {
    const known = floors.get(at);
    if (known !== undefined) return known;
    const unit = cart.units[at];
    const floor = unit ? floorOfUnit(unit, factor, cart, rates) : null;
    floors.set(at, floor);
    return floor;
  };
  return (at: number, discount: number): number => {
    const floor = floorOf(at);
    const row = cart.units[at]?.row ?? 0;
    return floor === null ? Number.POSITIVE_INFINITY : Math.max(0, row - discount - floor);
  };
}

/** What may still be taken from a unit that has had a discount. */
export type MarginGuard = (unit: number, discount: number) => number;

/** Minor units, rounded up; with the tax where prices include it. */
function floorOfUnit(unit: Unit, factor: bigint, { input }: PricedCart, rates: Rates): number | null {
  const product = unit.facts["product"];
  const cost = isObject(product) ? readCost(product["cost"], product["price"], rates.currency) : undefined;
  const each = cost && amountIn([cost], rates.currency, rates.rateOf);
  if (!each) return null;
  const { over, under } = fractionOf(each);
  const whole = 100n * scale;
  const taxed = input.tax?.pricesIncludeTax ? whole + BigInt(unit.taxRate) : whole;
  const above = unit.qty * over * factor * taxed;
  const below = scale * under * scale * whole;
  return Number((above + below - 1n) / below);
}

const noHeld: Granted["held"] = [];

/** Money, or a number in whole units of the currency of the product's price. */
function readCost(cost: unknown, price: unknown, currency: string): Money | undefined {
  if (isMoney(cost)) return cost;
  if (typeof cost !== "number" && typeof cost !== "string") return undefined;
  const own = isMoney(price) ? price.currency : currency;
  const minor = readScaled(cost, minorDigits(own));
  return minor === undefined ? undefined : { minor: Number(minor), currency: own };
}

function isMoney(value: unknown): value is Money {
  return isObject(value) && Number.isSafeInteger(value["minor"]) && typeof value["currency"] === "string";
}

/** What is left of a rule's spend in the currency of the cart; null = no limit, undefined = there is no rate. */
export function leftOfBudget({ key, budget }: CartRule, facts: CouponFacts, rates: Rates): number | null | undefined {
  const { spend } = budget;
  if (!spend) return null;
  const minor = Math.max(0, spend.minor - (facts.spent.get(key)?.minor ?? 0));
  const left = amountIn([{ minor, currency: spend.currency }], rates.currency, rates.rateOf);
  if (!left) return undefined;
  return left.exact ? Number(left.exact.over / left.exact.under) : left.minor;
}

/**
 * @param budget what is left of the budget; null = no limit
 */
export function grantClaim(
  wanted: Claim,
  rule: CartRule,
  limits: {
    /** Null = there is none. */
    readonly guard: MarginGuard | null;
    readonly budget: number | null;
    readonly discountOf: (unit: number) => number;
  },
): Granted {
  const { claim, held } =
    rule.isBelowCost || !limits.guard
      ? { claim: wanted, held: noHeld }
      : guarded(wanted, limits.guard, limits.discountOf);
  const { budget } = limits;
  if (budget === null) return { claim, held, overBudget: 0 };
  const size = sizeOf(claim);
  if (size <= budget) return { claim, held, overBudget: 0 };
  const given = rule.budget.isPartial === true ? shrinkClaim(claim, budget) : shrinkClaim(claim, 0);
  return { claim: given, held, overBudget: size - sizeOf(given) };
}

function guarded(
  wanted: Claim,
  guard: MarginGuard,
  discountOf: (unit: number) => number,
): Pick<Granted, "claim" | "held"> {
  const held: [number, number][] = [];
  const amounts = wanted.amounts.map((amount, index) => {
    const at = wanted.reached[index];
    if (at === undefined || amount === 0) return amount;
    const most = guard(at, discountOf(at));
    if (amount <= most) return amount;
    held.push([at, amount - most]);
    return most;
  });
  return held.length === 0 ? { claim: wanted, held } : { claim: { ...wanted, amounts }, held };
}
