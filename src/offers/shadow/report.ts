import type { LiveDefinition } from "../../definitions/index.ts";
import type { CartRuleBody, RuleChange } from "../cart-rules/index.ts";
import type { RuleTally } from "../simulation/add-up.ts";
import { findingsOf } from "../simulation/findings.ts";
import type { CurrencyTotals, RuleResult, SampledOrder, Side, SimulationReport } from "../simulation/report.ts";
import type { DaySums, RuleSums } from "./store.clickhouse.ts";

/** Of one day of the store. Amounts are minor units of the currency beside them. */
export type ShadowDay = {
  /** YYYY-MM-DD, of the carts' last outcomes. */
  readonly day: string;
  readonly currency: string;
  readonly orders: number;
  readonly changed: number;
  readonly bought: number;
  readonly discount: Readonly<Record<Side, number>>;
};

/** A report as simulations give it, of carts: `orders` counts them. */
export type ShadowReport = SimulationReport & {
  /** Carts that became orders, and of them those that the draft changes. */
  readonly bought: { readonly orders: number; readonly changed: number };
  readonly days: readonly ShadowDay[];
};

export type ReportParts = {
  readonly days: readonly DaySums[];
  readonly rules: readonly RuleSums[];
  readonly overlaps: readonly { readonly pair: string; readonly carts: number }[];
  readonly sample: readonly SampledOrder[];
  readonly change: RuleChange;
  readonly live: readonly Pick<LiveDefinition<CartRuleBody>, "key" | "name" | "body">[];
  readonly marginFloor: number;
};

export function shadowReport(parts: ReportParts): ShadowReport {
  const { days } = parts;
  const sum = (of: (day: DaySums) => number) => days.reduce((total, day) => total + of(day), 0);
  const orders = sum(({ carts }) => carts);
  const rules = tallies(parts);
  return {
    orders,
    unreadable: 0,
    totals: totalsOf(days),
    rules: [...rules.values()].map(toResult).sort((a, b) => a.priority - b.priority || (a.key < b.key ? -1 : 1)),
    findings: findingsOf({ orders, rules, overlaps: overlapsOf(parts), start: lookedAt(parts, rules) }, "carts"),
    sample: parts.sample,
    bought: { orders: sum(({ bought }) => bought), changed: sum(({ boughtChanged }) => boughtChanged) },
    days: days.map(({ day, currency, carts, changed, bought, discount }) => ({
      ...{ day, currency, orders: carts, changed, bought, discount },
    })),
  };
}

const plus = (a: Readonly<Record<Side, number>>, b: Readonly<Record<Side, number>>): Record<Side, number> => ({
  live: a.live + b.live,
  draft: a.draft + b.draft,
});

function totalsOf(days: readonly DaySums[]): readonly CurrencyTotals[] {
  const totals = new Map<string, CurrencyTotals>();
  for (const day of days) {
    const before = totals.get(day.currency);
    const own: CurrencyTotals = {
      ...{ currency: day.currency, orders: day.carts, changed: day.changed, better: day.better, worse: day.worse },
      ...{ betterBy: day.betterBy, worseBy: day.worseBy, subtotal: day.subtotal, discount: day.discount },
      ...{ margin: day.margin, costedSubtotal: day.costedSubtotal, belowFloor: day.belowFloor },
    };
    totals.set(day.currency, before ? added(before, own) : own);
  }
  return [...totals.values()].sort((a, b) => b.orders - a.orders);
}

function added(a: CurrencyTotals, b: CurrencyTotals): CurrencyTotals {
  return {
    ...{ currency: a.currency, orders: a.orders + b.orders, changed: a.changed + b.changed },
    ...{ better: a.better + b.better, worse: a.worse + b.worse },
    ...{ betterBy: a.betterBy + b.betterBy, worseBy: a.worseBy + b.worseBy, subtotal: a.subtotal + b.subtotal },
    ...{ discount: plus(a.discount, b.discount), margin: plus(a.margin, b.margin) },
    ...{ costedSubtotal: a.costedSubtotal + b.costedSubtotal, belowFloor: plus(a.belowFloor, b.belowFloor) },
  };
}

/** Live rules, rules of the draft, and rules that were live when a cart came. */
function tallies({ rules, live, change }: ReportParts): ReadonlyMap<string, RuleTally> {
  const changed = new Set([...change.removed, ...change.rules.map(({ key }) => key)]);
  const found = new Map<string, RuleTally>();
  const open = (key: string, name: string, priority: number): RuleTally => {
    const known = found.get(key);
    if (known) return known;
    const made: RuleTally = {
      ...{ key, name, priority, isChanged: changed.has(key), orders: { live: 0, draft: 0 } },
      ...{ discount: new Map(), missed: new Map(), belowFloor: 0 },
    };
    found.set(key, made);
    return made;
  };
  for (const { key, name, body } of [...change.rules, ...live]) open(key, name, body.priority);
  for (const { key, currency, outcome, carts, appliedLive, given, below } of rules) {
    const tally = open(key, key, 0);
    tally.orders.live += appliedLive;
    if (outcome === "applied") tally.orders.draft += carts;
    else if (outcome !== "") tally.missed.set(outcome, (tally.missed.get(outcome) ?? 0) + carts);
    if (given.live !== 0 || given.draft !== 0 || appliedLive > 0 || outcome === "applied")
      tally.discount.set(currency, plus(tally.discount.get(currency) ?? { live: 0, draft: 0 }, given));
    tally.belowFloor += below;
  }
  return found;
}

const toResult = ({ discount, missed, ...rule }: RuleTally): RuleResult => ({
  ...rule,
  discount: [...discount].map(([currency, amounts]) => ({ currency, ...amounts })),
  missed: Object.fromEntries(missed),
});

/** What is kept of a cart are rules that give something and those that the draft changes: of no others is it known why they do not. */
function lookedAt({ change, marginFloor }: ReportParts, rules: ReadonlyMap<string, RuleTally>) {
  const isChanged = new Set(change.rules.map(({ key }) => key));
  const removed = new Set(change.removed);
  const draft = [...rules.values()].filter(
    ({ key, orders, belowFloor }) =>
      !removed.has(key) && (isChanged.has(key) || orders.live > 0 || orders.draft > 0 || belowFloor > 0),
  );
  return { marginFloor, draft };
}

function overlapsOf({ overlaps }: ReportParts) {
  const most = overlaps.flatMap(({ pair, carts }) => {
    const [a, b] = pair.split(" ");
    return a === undefined || b === undefined ? [] : [{ rules: [a, b] as const, orders: carts }];
  });
  return { most: (limit: number) => most.slice(0, limit) };
}
