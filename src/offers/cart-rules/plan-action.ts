// An action with its amounts in the currency of the cart, and the tier that the cart reaches.
import type { Money } from "../../kernel/index.ts";
import type { RuleEnvironment } from "../../kernel/rules/index.ts";
import { type Amount, amountIn, type CartAction, percentOf, reachesAmount } from "./cart-rule.ts";
import { scale, scaleNumber } from "./exact.ts";

type Taking =
  | { readonly takes: "percent"; readonly percent: number }
  | { readonly takes: "fixed" | "cart_fixed"; readonly amount: Amount }
  /** Whole units at their list price. */
  | { readonly takes: "pieces" }
  | {
      readonly takes: "group_price";
      readonly amount: Amount;
      readonly qty: number;
      readonly pick: "cheapest" | "dearest";
      readonly repeat: number;
    };

/** `cap`: minor units that the rule takes at most; null = no limit. */
export type Plan = Taking & { readonly cap: number | null };

/** What is missing for the first tier. */
export type TierMissing = {
  readonly measure: "subtotal" | "eligible_subtotal" | "qty";
  /** Minor units, or units. */
  readonly need: number;
  readonly have: number;
};

export type Planned =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly why: "no_rate" }
  | { readonly ok: false; readonly why: "no_tier"; readonly missing: TierMissing };

export type PlanContext = {
  readonly currency: string;
  readonly rateOf: RuleEnvironment["rateOf"];
  /** Minor units, and millionths of units. */
  readonly measures: {
    readonly subtotal: () => number;
    readonly eligible_subtotal: () => number;
    readonly qty: () => bigint;
  };
};

const noRate: Planned = { ok: false, why: "no_rate" };

/** Of actions that depend on nothing: percentages are read from text once. */
const known = new WeakMap<CartAction, Planned>();

export function planAction(action: CartAction, context: PlanContext): Planned {
  const before = known.get(action);
  if (before) return before;
  const planned = plan(action, context);
  const isFixed = action.type === "buy_x_get_y" || action.type === "free_gift" || action.type === "buy_get";
  if (isFixed || (action.type === "percent" && !action.cap)) known.set(action, planned);
  return planned;
}

function plan(action: CartAction, context: PlanContext): Planned {
  switch (action.type) {
    case "percent":
      return withCap({ takes: "percent", percent: percentOf(action.percent) }, action.cap, context);
    case "buy_get":
      return withCap({ takes: "percent", percent: percentOf(action.percent) }, undefined, context);
    case "fixed":
    case "cart_fixed":
      return withAmount(action.amounts, context, (amount) => ({ takes: action.type, amount }));
    case "group_price": {
      const { qty, pick = "dearest", repeat = Number.MAX_SAFE_INTEGER } = action;
      return withAmount(action.amounts, context, (amount) => ({ takes: "group_price", amount, qty, pick, repeat }));
    }
    case "buy_x_get_y":
    case "free_gift":
      return withCap({ takes: "pieces" }, undefined, context);
    case "tiered_percent": {
      const found = tierOf(action.measure, action.tiers, context);
      if (!found.ok) return found;
      return withCap({ takes: "percent", percent: percentOf(found.tier.percent) }, action.cap, context);
    }
    case "tiered_fixed": {
      const found = tierOf(action.measure, action.tiers, context);
      if (!found.ok) return found;
      const takes = action.per === "unit" ? "fixed" : "cart_fixed";
      return withAmount(found.tier.amounts, context, (amount) => ({ takes, amount }));
    }
  }
}

function withAmount(amounts: readonly Money[], context: PlanContext, taking: (amount: Amount) => Taking): Planned {
  const amount = amountIn(amounts, context.currency, context.rateOf);
  return amount ? { ok: true, plan: withoutCap(taking(amount)) } : noRate;
}

function withCap(taking: Taking, cap: readonly Money[] | undefined, { currency, rateOf }: PlanContext): Planned {
  if (!cap) return { ok: true, plan: withoutCap(taking) };
  const amount = amountIn(cap, currency, rateOf);
  return amount ? { ok: true, plan: { cap: amount.minor, ...taking } } : noRate;
}

function withoutCap(taking: Taking): Plan {
  return { cap: null, ...taking };
}

type From = { readonly fromQty?: number; readonly fromAmounts?: readonly Money[] };
type Found<T> = { readonly ok: true; readonly tier: T } | Exclude<Planned, { readonly ok: true }>;

/** The highest tier that is reached. */
function tierOf<T extends From>(measure: TierMissing["measure"], tiers: readonly T[], context: PlanContext): Found<T> {
  let best: T | undefined;
  let missing: TierMissing | undefined;
  for (const tier of tiers) {
    if (measure === "qty") {
      const need = tier.fromQty ?? 1;
      const have = context.measures.qty();
      if (have >= BigInt(need) * scale) best = tier;
      else missing ??= { measure, need, have: Number(have) / scaleNumber };
      continue;
    }
    const need = amountIn(tier.fromAmounts ?? [], context.currency, context.rateOf);
    if (!need) return { ok: false, why: "no_rate" };
    const have = context.measures[measure]();
    if (reachesAmount(have, need)) best = tier;
    else missing ??= { measure, need: need.exact ? Math.ceil(need.minor) : need.minor, have };
  }
  if (best) return { ok: true, tier: best };
  return { ok: false, why: "no_tier", missing: missing ?? { measure, need: 0, have: 0 } };
}
