// Evaluates each order twice, by the rules that are live and by those of the draft, and adds up what differs. Pure.
import { ClienteleError } from "../../kernel/index.ts";
import type { RuleEnvironment, RuleObject } from "../../kernel/rules/index.ts";
import { dayMs, localDayOf } from "../../kernel/rules/index.ts";
import { type Evaluation, evaluateCart } from "../cart-rules/evaluate-cart.ts";
import { readScaled } from "../cart-rules/exact.ts";
import { failingLeaf } from "../cart-rules/failing-leaf.ts";
import type { RuleIndex } from "../cart-rules/rule-index.ts";
import type { CouponFacts } from "../coupons/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { addOrder, createTally, type Outcome, type Tally } from "./add-up.ts";
import { findingsOf } from "./findings.ts";
import { givenBy, givenByRule } from "./given.ts";
import { pastCart } from "./past-cart.ts";
import { subjectFrom } from "./plain-shopper.ts";
import type { SampledOrder, SampledRule, Side, SimulationReport } from "./report.ts";
import type { ReplayOrders, ReplayStart } from "./simulation-job.ts";

export type ReplaySets = {
  readonly start: ReplayStart;
  readonly live: RuleIndex;
  readonly draft: RuleIndex;
  readonly rateOf: RuleEnvironment["rateOf"];
};

const maxCodes = 5;
const maxSample = 25;
const defaultWebsite = "base";
const sides = ["live", "draft"] as const;

type Shown = { readonly outcome: Outcome; readonly order: ReplayOrders["orders"][number]; readonly weight: number };

/** Takes orders in batches; `report` may be asked for at any time. */
export function createReplay(sets: ReplaySets) {
  const { start } = sets;
  const products = new Map<string, RuleObject>();
  const poolCodes = new Map<string, string>();
  const tally = createTally(start);
  let sample: Shown[] = [];
  const marginFactor = start.marginFactor === undefined ? null : (readScaled(start.marginFactor) ?? null);
  const productOf = (sku: string): RuleObject => products.get(sku) ?? { sku };

  const evaluate = (order: ReplayOrders["orders"][number], side: Side, explain: boolean): Evaluation | undefined => {
    const past = pastCart(order);
    if (!past) return undefined;
    const { shopper, storeView } = order;
    const index = sets[side];
    return evaluateCart({
      ...{ index, cart: past.cart, couponCodes: past.codes, maxCodes, storeView, productOf, explain },
      facts: factsOf(past.codes, index, poolCodes),
      website: start.websites[storeView] ?? defaultWebsite,
      customerGroup: shopper.customerGroup,
      customerId: shopper.customerId,
      subject: subjectFrom(shopper, { context: { store_view: storeView }, productOf }),
      nowMs: start.nowMs,
      timezone: start.timezone,
      rateOf: sets.rateOf,
      marginFactor,
    });
  };
  const both = (order: ReplayOrders["orders"][number], explain: boolean): Outcome | undefined => {
    try {
      const live = evaluate(order, "live", explain);
      const draft = evaluate(order, "draft", explain);
      return live && draft ? { live, draft } : undefined;
    } catch (error) {
      if (error instanceof ClienteleError && error.code === "offers.amountTooLarge") return undefined;
      throw error;
    }
  };
  const keep = (outcome: Outcome, order: ReplayOrders["orders"][number]): void => {
    const weight = Math.abs(givenBy(outcome.draft) - givenBy(outcome.live));
    if (weight === 0) return;
    if (sample.length >= 2 * maxSample) sample = heaviest(sample);
    sample.push({ outcome, order, weight });
  };

  return {
    add: ({ orders, products: told, codes }: ReplayOrders): void => {
      for (const [sku, facts] of told) products.set(sku, facts);
      for (const [code, ruleKey] of Object.entries(codes)) poolCodes.set(code, ruleKey);
      for (const order of orders) {
        const outcome = both(order, false);
        if (!outcome) {
          tally.unreadable += 1;
          continue;
        }
        addOrder(tally, outcome, productOf);
        keep(outcome, order);
      }
    },
    report: (): SimulationReport => ({
      ...resultOf(tally),
      findings: findingsOf(tally),
      sample: heaviest(sample).flatMap(({ order }) => {
        const outcome = both(order, true);
        return outcome ? [shownOrder(outcome, order, start.timezone)] : [];
      }),
    }),
  };
}

const heaviest = (sample: readonly Shown[]): Shown[] =>
  [...sample].sort((a, b) => b.weight - a.weight).slice(0, maxSample);

/** Codes as if nobody had used one yet. */
function factsOf(codes: readonly string[], index: RuleIndex, pools: ReadonlyMap<string, string>): CouponFacts {
  const found: CouponFacts["codes"] extends ReadonlyMap<string, infer F> ? Map<string, F> : never = new Map();
  for (const each of codes) {
    const code = normaliseCode(each);
    const ruleKey = index.byCode.get(code)?.key ?? pools.get(code);
    if (ruleKey !== undefined) found.set(code, { ruleKey, limit: null, used: 0, expires: null, poolId: null });
  }
  return { codes: found, usesByCustomer: new Map(), spent: new Map() };
}

function resultOf(tally: Tally): Pick<SimulationReport, "orders" | "unreadable" | "totals" | "rules"> {
  return {
    orders: tally.orders,
    unreadable: tally.unreadable,
    totals: [...tally.totals.values()].sort((a, b) => b.orders - a.orders),
    rules: [...tally.rules.values()]
      .map(({ discount, missed, ...rule }) => ({
        ...rule,
        discount: [...discount].map(([currency, amounts]) => ({ currency, ...amounts })),
        missed: Object.fromEntries(missed),
      }))
      .sort((a, b) => a.priority - b.priority || (a.key < b.key ? -1 : 1)),
  };
}

function shownOrder(
  { live, draft }: Outcome,
  { at, storeView, currency }: ReplayOrders["orders"][number],
  timezone: string,
): SampledOrder {
  const discount = { live: givenBy(live), draft: givenBy(draft) };
  return {
    day: new Date(localDayOf(at, timezone) * dayMs).toISOString().slice(0, 10),
    ...{ storeView, currency, discount, subtotal: live.subtotal },
    lines: live.units.map(({ discount: before }, at) => {
      const unit = live.cart.units[at];
      const { name, product } = (unit?.facts ?? {}) as { name?: unknown; product?: { name?: unknown } };
      const shown = name ?? product?.name;
      return {
        sku: unit?.sku ?? "",
        name: typeof shown === "string" ? shown : "",
        qty: Number(unit?.qty ?? 0n) / 1_000_000,
        discount: { live: before, draft: draft.units[at]?.discount ?? 0 },
      };
    }),
    rules: rulesOf({ live, draft }),
  };
}

/** Rules that came out differently. */
function rulesOf(outcome: Outcome): readonly SampledRule[] {
  const given = { live: givenByRule(outcome.live), draft: givenByRule(outcome.draft) };
  const keys = new Set(sides.flatMap((side) => outcome[side].verdicts.map(({ rule }) => rule.key)));
  return [...keys].flatMap((key): readonly SampledRule[] => {
    const verdict = (side: Side) => outcome[side].verdicts.find(({ rule }) => rule.key === key);
    const [before, after] = [verdict("live"), verdict("draft")];
    const discount = { live: given.live.get(key) ?? 0, draft: given.draft.get(key) ?? 0 };
    if (before?.outcome === after?.outcome && discount.live === discount.draft) return [];
    const failed = [after, before].find((each) => each?.outcome === "conditions_not_met");
    const leaf =
      failed?.conditions && failed.rule.conditions && failingLeaf(failed.rule.conditions.node, failed.conditions);
    return [
      {
        rule: key,
        outcome: { live: before?.outcome ?? null, draft: after?.outcome ?? null },
        discount,
        // Its path, not its sentence: the sentence may tell what was seen of the shopper.
        ...(leaf ? { failing: leaf.path ?? leaf.node } : {}),
      },
    ];
  });
}
