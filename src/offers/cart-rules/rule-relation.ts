// What two cart price rules are to each other, as far as it follows from the rules alone: whether they can meet in a cart, whether the
// earlier always keeps the later away, whether one always wins over the other in their group. What depends on the cart counts as
// possible: nothing is said to be always so that some cart could contradict.
import type { RuleEnvironment } from "../../kernel/rules/index.ts";
import { frameCovers, framesMeet, type RuleFrame } from "../rule-frame.ts";
import { amountIn, type CartAction, type CartRule, compareRules, percentOf, type RuleGroup } from "./cart-rule.ts";
import { canCombine } from "./combine-rules.ts";

export type RelationContext = {
  /** Local day of the store. */
  readonly today: number;
  /** Of the shop: amounts of rules are compared in it. */
  readonly currency: string;
  readonly rateOf: RuleEnvironment["rateOf"];
  readonly hasMarginGuard: boolean;
};

/** Its days and times, open ones as infinities. */
function frameOf({ websites, customerGroups, storeViews, fromDay, toDay, window }: CartRule): RuleFrame {
  return {
    ...{ websites, storeViews, groups: customerGroups },
    fromDay: fromDay ?? Number.NEGATIVE_INFINITY,
    toDay: toDay ?? Number.POSITIVE_INFINITY,
    fromMs: window.fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: window.toMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Whether every cart that `later` is for is one that `earlier` is for, too. */
export function covers(earlier: CartRule, later: CartRule, today: number): boolean {
  return frameCovers(frameOf(earlier), frameOf(later), today);
}

/** Whether some cart, today or later, is one that both are for. Conditions are not looked at. */
export function canMeet(a: CartRule, b: CartRule, today: number): boolean {
  return framesMeet(frameOf(a), frameOf(b), today);
}

export function isOver({ toDay, window }: CartRule, { today, nowMs }: { today: number; nowMs: number }): boolean {
  return (toDay !== null && toDay < today) || (window.toMs !== null && window.toMs <= nowMs);
}

function isUnconditional({ coupon, conditions, usesPerCustomer, budget }: CartRule): boolean {
  const isLimited = usesPerCustomer !== null || budget.uses !== null || budget.spend !== null;
  return coupon === "none" && conditions === null && !isLimited;
}

/** Whether the action is planned for every cart: there is no tier to reach, and its amounts can be had. */
function isAlwaysPlanned(action: CartAction, { currency, rateOf }: RelationContext): boolean {
  if ("tiers" in action) return false;
  if ("cap" in action && action.cap && !amountIn(action.cap, currency, rateOf)) return false;
  return !("amounts" in action) || amountIn(action.amounts, currency, rateOf) !== undefined;
}

/** Only one rule of the group acts on a cart. */
const isExclusive = ({ mode, per }: RuleGroup): boolean => mode !== "stackable" && per === "cart";

/** Whether one cart may have the discounts of both. */
export function canStack(a: CartRule, b: CartRule): boolean {
  return !(a.group === b.group && isExclusive(a.group)) && canCombine(a, b);
}

/** Rules of a shop in their order, prepared for questions about pairs. */
export function createRelations(given: readonly CartRule[], context: RelationContext) {
  const rules = [...given].sort(compareRules);
  const membersOf = new Map<string, CartRule[]>();
  for (const rule of rules) {
    const members = membersOf.get(rule.group.key);
    if (members) members.push(rule);
    else membersOf.set(rule.group.key, [rule]);
  }
  const selective = rules.filter(({ combination }) => combination.with !== null);
  const known = new Map<CartRule, boolean>();

  /** No rule of its group, and none before it, can take its place. */
  const isUnrivalled = (rule: CartRule): boolean => {
    const members = membersOf.get(rule.group.key) ?? [];
    // Even the first of a group gives way where it would take nothing.
    if (rule.group.mode !== "stackable" && (members.length > 1 || rule.group.per === "line")) return false;
    if (rule.combination.with !== null) return false;
    return selective.every((each) => compareRules(each, rule) >= 0 || canCombine(each, rule));
  };

  /** Whether it stops the lines that it reaches in every cart that it is for. */
  const alwaysStops = (rule: CartRule): boolean => {
    const before = known.get(rule);
    if (before !== undefined) return before;
    const stops = rule.stop && isUnconditional(rule) && isAlwaysPlanned(rule.action, context) && isUnrivalled(rule);
    known.set(rule, stops);
    return stops;
  };

  return {
    /** In the order in which they run. */
    rules,
    groupOf: (key: string): readonly CartRule[] => membersOf.get(key) ?? [],
    alwaysStops,
    /** Whether a rule that stops `later` on every line leaves it nothing: shipping may be left. */
    leavesNothing: (earlier: CartRule, later: CartRule): boolean =>
      later.action.applyToShipping !== true || (earlier.action.applyToShipping === true && earlier.targets === null),
    /**
     * Whether `winner` acts instead of `loser`, in their group, in every cart that `loser` is for: lines that `loser` reaches are lines
     * that `winner` reaches.
     */
    alwaysBeats: (winner: CartRule, loser: CartRule): boolean =>
      // A rule that stands beside some only may keep the winner away, and the loser is left.
      beats(winner, loser, context) && selective.every((each) => canCombine(each, winner)),
  };
}

export type Relations = ReturnType<typeof createRelations>;

function beats(winner: CartRule, loser: CartRule, context: RelationContext): boolean {
  const { group } = winner;
  if (group !== loser.group || group.mode === "stackable" || winner === loser) return false;
  if (!isUnconditional(winner) || winner.combination.with !== null) return false;
  // The guard may hold back what one takes, and not what the other does.
  if (context.hasMarginGuard && loser.isBelowCost && !winner.isBelowCost) return false;
  // Gifts, points and shipping count where nothing is left to take from lines, or count for more.
  if (loser.freeShipping !== null || (loser.action.applyToShipping && !winner.action.applyToShipping)) return false;
  if (loser.rewardPoints > 0 || loser.action.type === "free_gift") return false;
  const own = takingOf(winner.action, context);
  if (!own?.isSure || own.least <= 0 || (group.per === "line" && own.of === "cart")) return false;
  const isBefore = compareRules(winner, loser) < 0;
  if (group.mode === "first") return isBefore;
  const other = takingOf(loser.action, context);
  if (!other || other.of !== own.of) return false;
  if (group.mode === "highest") return isBefore ? own.least >= other.most : own.least > other.most;
  // What takes least must be for the same lines, or it takes more by more lines.
  const isSame = group.per === "line" || JSON.stringify(winner.targets?.node) === JSON.stringify(loser.targets?.node);
  if (!isSame || !other.isSure || winner.freeShipping !== null || winner.action.applyToShipping === true) return false;
  return isBefore ? own.most <= other.least : own.most < other.least;
}

type Taking = {
  /** A share of each line in millionths of a percent, so much of each unit, or of the cart; minor units. */
  readonly of: "share" | "unit" | "cart";
  readonly least: number;
  readonly most: number;
  /** It takes that of all that it reaches, whatever the cart. */
  readonly isSure: boolean;
};

/** How much an action takes; undefined where that depends on more than its numbers. */
function takingOf(action: CartAction, { currency, rateOf }: RelationContext): Taking | undefined {
  const isWhole = action.maxQty === undefined && action.step === undefined;
  const amount = (amounts: Parameters<typeof amountIn>[0]) => amountIn(amounts, currency, rateOf)?.minor;
  switch (action.type) {
    case "percent": {
      const share = percentOf(action.percent);
      return { of: "share", least: share, most: share, isSure: isWhole && !action.cap && !action.applyOnce };
    }
    case "tiered_percent": {
      const shares = action.tiers.map(({ percent }) => percentOf(percent));
      return { of: "share", least: 0, most: Math.max(0, ...shares), isSure: false };
    }
    case "fixed":
    case "cart_fixed": {
      const minor = amount(action.amounts);
      const of = action.type === "fixed" ? "unit" : "cart";
      const isSure = isWhole && !("applyOnce" in action && action.applyOnce);
      return minor === undefined ? undefined : { of, least: minor, most: minor, isSure };
    }
    case "tiered_fixed": {
      const minors = action.tiers.map(({ amounts }) => amount(amounts));
      const most = minors.reduce<number>((sum, each) => Math.max(sum, each ?? Number.POSITIVE_INFINITY), 0);
      return { of: action.per === "unit" ? "unit" : "cart", least: 0, most, isSure: false };
    }
    default:
      return undefined;
  }
}
