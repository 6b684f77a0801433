import { isObject, minorDigits } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import type { Evaluation } from "../cart-rules/engine.ts";
import { givenBy, givenByRule } from "./given.ts";
import { createLineOverlaps } from "./line-overlaps.ts";
import type { CurrencyTotals, Side } from "./report.ts";
import type { ReplayStart } from "./simulation-job.ts";

/** One order by both sets of rules. */
export type Outcome = Readonly<Record<Side, Evaluation>>;

type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends Readonly<Record<Side, number>> ? Record<Side, number> : T[K];
};
type Totals = Writable<CurrencyTotals>;
/** How one rule came out so far. */
export type RuleTally = {
  readonly key: string;
  readonly name: string;
  readonly priority: number;
  readonly isChanged: boolean;
  readonly orders: Record<Side, number>;
  readonly discount: Map<string, Record<Side, number>>;
  readonly missed: Map<string, number>;
  belowFloor: number;
};

export type Tally = {
  readonly start: ReplayStart;
  orders: number;
  unreadable: number;
  readonly totals: Map<string, Totals>;
  readonly rules: Map<string, RuleTally>;
  /** Orders in which two rules of the draft discount the same line. */
  readonly overlaps: ReturnType<typeof createLineOverlaps>;
};

const sides = ["live", "draft"] as const;

export function createTally(start: ReplayStart): Tally {
  const changed = new Set(start.changed);
  const rules = new Map<string, RuleTally>();
  for (const { key, name, body } of [...start.live, ...start.draft])
    rules.set(key, {
      ...{ key, name, priority: body.priority, isChanged: changed.has(key) },
      orders: { live: 0, draft: 0 },
      discount: new Map(),
      missed: new Map(),
      belowFloor: 0,
    });
  return { start, orders: 0, unreadable: 0, totals: new Map(), rules, overlaps: createLineOverlaps() };
}

const emptyTotals = (currency: string): Totals => ({
  ...{ currency, orders: 0, changed: 0, better: 0, worse: 0, betterBy: 0, worseBy: 0, subtotal: 0, costedSubtotal: 0 },
  discount: { live: 0, draft: 0 },
  margin: { live: 0, draft: 0 },
  belowFloor: { live: 0, draft: 0 },
});

/** Adds one order to the sums. */
export function addOrder(tally: Tally, outcome: Outcome): void {
  const { currency } = outcome.live.cart.input;
  const totals = tally.totals.get(currency) ?? emptyTotals(currency);
  tally.totals.set(currency, totals);
  tally.orders += 1;
  totals.orders += 1;
  totals.subtotal += outcome.live.subtotal;
  const given = { live: givenBy(outcome.live), draft: givenBy(outcome.draft) };
  for (const side of sides) {
    totals.discount[side] += given[side];
    addRules(tally, outcome[side], side, currency);
  }
  const more = given.draft - given.live;
  if (more > 0) {
    totals.better += 1;
    totals.betterBy += more;
  } else if (more < 0) {
    totals.worse += 1;
    totals.worseBy -= more;
  }
  if (more !== 0 || isOtherwise(outcome)) totals.changed += 1;
  addMargins(tally, totals, outcome);
  tally.overlaps.add(outcome.draft.units);
}

/** The same sum, but of other lines. */
export function isOtherwise({ live, draft }: Outcome): boolean {
  return live.units.some(({ discount }, at) => discount !== draft.units[at]?.discount);
}

function addRules(tally: Tally, evaluation: Evaluation, side: Side, currency: string): void {
  const given = givenByRule(evaluation);
  for (const { rule, outcome } of evaluation.verdicts) {
    const each = tally.rules.get(rule.key);
    if (!each) continue;
    if (outcome !== "applied") {
      if (side === "draft") each.missed.set(outcome, (each.missed.get(outcome) ?? 0) + 1);
      continue;
    }
    each.orders[side] += 1;
    const sums = each.discount.get(currency) ?? { live: 0, draft: 0 };
    sums[side] += given.get(rule.key) ?? 0;
    each.discount.set(currency, sums);
  }
}

/** Cost of a product in minor units of the shop's currency, for one piece; shops give it as a decimal in major units. */
function costOf(facts: RuleObject, currency: string): number | undefined {
  const { cost } = facts as { cost?: unknown };
  if (isObject(cost)) {
    const { minor, currency: of } = cost as { minor?: unknown; currency?: unknown };
    return typeof minor === "number" && of === currency ? minor : undefined;
  }
  const major = typeof cost === "string" && cost.trim() !== "" ? Number(cost) : cost;
  return typeof major === "number" && Number.isFinite(major)
    ? Math.round(major * 10 ** minorDigits(currency))
    : undefined;
}

/** Margins of one order by both sets of rules; minor units of the shop's currency. */
export type Margins = {
  /** Value of the lines whose cost is known. */
  readonly costedSubtotal: number;
  readonly margin: Readonly<Record<Side, number>>;
  /** Whether a line that is discounted leaves less of its price than the floor. */
  readonly isBelow: Readonly<Record<Side, boolean>>;
  /** Keys of the draft's rules that discount such a line. */
  readonly guilty: ReadonlySet<string>;
};

/** @returns undefined for an order in another currency: costs are in the shop's */
export function marginsOf(
  outcome: Outcome,
  { currency, marginFloor }: Pick<ReplayStart, "currency" | "marginFloor">,
): Margins | undefined {
  if (outcome.live.cart.input.currency !== currency) return undefined;
  let costedSubtotal = 0;
  const margin = { live: 0, draft: 0 };
  const isBelow = { live: false, draft: false };
  const guilty = new Set<string>();
  for (const [at, unit] of outcome.live.cart.units.entries()) {
    // What the order said of the product goes before what the catalog says now.
    const { product } = unit.facts as { product?: RuleObject };
    const cost = costOf(product ?? {}, currency);
    if (cost === undefined) continue;
    const row = Number(unit.row);
    const costs = Math.round((cost * Number(unit.qty)) / 1_000_000);
    costedSubtotal += row;
    for (const side of sides) {
      const result = outcome[side].units[at];
      const paid = row - (result?.discount ?? 0);
      margin[side] += paid - costs;
      if (result === undefined || result.discount === 0 || paid - costs >= marginFloor * paid) continue;
      isBelow[side] = true;
      if (side === "draft") for (const [key, minor] of result.byRule) if (minor > 0) guilty.add(key);
    }
  }
  return { costedSubtotal, margin, isBelow, guilty };
}

function addMargins(tally: Tally, totals: Totals, outcome: Outcome): void {
  const margins = marginsOf(outcome, tally.start);
  if (!margins) return;
  totals.costedSubtotal += margins.costedSubtotal;
  for (const side of sides) {
    totals.margin[side] += margins.margin[side];
    if (margins.isBelow[side]) totals.belowFloor[side] += 1;
  }
  for (const key of margins.guilty) {
    const rule = tally.rules.get(key);
    if (rule) rule.belowFloor += 1;
  }
}
