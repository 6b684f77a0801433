// Evaluates each order twice, by the rules that are live and by those of the draft, and adds up what differs. Pure.
import { ClienteleError } from "../../kernel/index.ts";
import type { RuleEnvironment, RuleObject } from "../../kernel/rules/index.ts";
import { type Evaluation, evaluateCart, type RuleIndex, readScaled } from "../cart-rules/engine.ts";
import type { CouponFacts } from "../coupons/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { addOrder, createTally, type Outcome, type Tally } from "./add-up.ts";
import { findingsOf } from "./findings.ts";
import { givenBy } from "./given.ts";
import { type PastCart, pastCart } from "./past-cart.ts";
import { atCatalogPrices, pastOpenCarts } from "./past-open-carts.ts";
import { subjectFrom } from "./plain-shopper.ts";
import type { Side, SimulationReport } from "./report.ts";
import { sampledOrder } from "./sampled-order.ts";
import type { PlainShopper, ReplayBatch, ReplayFacts, ReplayQuestion, ReplayStart } from "./simulation-job.ts";

export type ReplaySets = {
  readonly start: ReplayStart;
  readonly live: RuleIndex;
  readonly draft: RuleIndex;
  readonly rateOf: RuleEnvironment["rateOf"];
};

const maxSample = 25;
const defaultWebsite = "base";

type Read = { readonly past: PastCart; readonly shopper: PlainShopper };
type Shown = { readonly past: PastCart; readonly shopper: PlainShopper; readonly weight: number };

/** Takes orders and carts in batches: first `take`, then `add` with what it asks for; `report` may be asked for at any time. */
export function createReplay(sets: ReplaySets) {
  const { start } = sets;
  const products = new Map<string, RuleObject | undefined>();
  const poolCodes = new Map<string, string | undefined>();
  const tally = createTally(start);
  let taken: readonly Read[] = [];
  let sample: Shown[] = [];
  const marginFactor = start.marginFactor === undefined ? null : (readScaled(start.marginFactor) ?? null);
  const productOf = (sku: string): RuleObject => products.get(sku) ?? { sku };

  const evaluate = ({ past, shopper }: Read, side: Side, explain: boolean): Evaluation => {
    const index = sets[side];
    const { cart, codes, storeView } = past;
    return evaluateCart({
      ...{ index, cart, couponCodes: codes, maxCodes: start.maxCodes, storeView, productOf, explain },
      // What a rule lacked is in no report.
      nearMisses: 0,
      facts: factsOf(codes, index, poolCodes),
      website: start.websites[storeView] ?? defaultWebsite,
      customerGroup: past.customerGroup ?? shopper.customerGroup,
      customerId: past.isGuest ? null : shopper.customerId,
      subject: subjectFrom(shopper, { context: { store_view: storeView }, productOf }),
      nowMs: start.nowMs,
      timezone: start.timezone,
      rateOf: sets.rateOf,
      marginFactor,
    });
  };
  const both = (read: Read, explain: boolean): Outcome | undefined => {
    try {
      return { live: evaluate(read, "live", explain), draft: evaluate(read, "draft", explain) };
    } catch (error) {
      if (error instanceof ClienteleError && error.code === "offers.amountTooLarge") return undefined;
      throw error;
    }
  };
  const keep = (outcome: Outcome, read: Read): void => {
    const weight = Math.abs(givenBy(outcome.draft) - givenBy(outcome.live));
    if (weight === 0) return;
    if (sample.length >= 2 * maxSample) sample = heaviest(sample);
    sample.push({ ...read, weight });
  };

  return {
    /** Reads a batch. */
    take: ({ past }: ReplayBatch): ReplayQuestion => {
      const read: Read[] = [];
      for (const { past: each, shopper } of past) {
        const carts = each.kind === "order" ? [pastCart(each)] : pastOpenCarts(each, start.currency);
        for (const cart of carts)
          if (cart) read.push({ past: cart, shopper });
          else tally.unreadable += 1;
      }
      taken = read;
      const lines = read.flatMap(({ past: { cart } }) =>
        cart.lines.flatMap((line) => [line, ...(line.children ?? [])]),
      );
      const codes = read.flatMap(({ past: { codes: entered } }) => entered.map(normaliseCode));
      const asked = {
        skus: [...new Set(lines.map(({ sku }) => sku))].filter((sku) => !products.has(sku)),
        codes: [...new Set(codes)].filter((code) => !poolCodes.has(code)),
      };
      // Nobody is asked twice for what nobody knows.
      for (const sku of asked.skus) products.set(sku, undefined);
      for (const code of asked.codes) poolCodes.set(code, undefined);
      return { kind: "asks", ...asked };
    },
    /** Replays what was taken. */
    add: (facts: ReplayFacts): void => {
      for (const [sku, told] of facts.products) products.set(sku, told);
      for (const [code, ruleKey] of Object.entries(facts.codes)) poolCodes.set(code, ruleKey);
      for (const each of taken) {
        const { past } = each;
        const cart = past.isClaimed ? atCatalogPrices(past.cart, (sku) => products.get(sku)) : past.cart;
        if (cart.lines.length === 0) {
          tally.unreadable += 1;
          continue;
        }
        const read = cart === past.cart ? each : { ...each, past: { ...past, cart } };
        const outcome = both(read, false);
        if (!outcome) {
          tally.unreadable += 1;
          continue;
        }
        addOrder(tally, outcome);
        keep(outcome, read);
      }
      taken = [];
    },
    report: (): SimulationReport => ({
      ...resultOf(tally),
      findings: findingsOf(tally),
      sample: heaviest(sample).flatMap((read) => {
        const outcome = both(read, true);
        const { at, storeView } = read.past;
        return outcome ? [sampledOrder(outcome, { at, storeView, timezone: start.timezone })] : [];
      }),
    }),
  };
}

const heaviest = (sample: readonly Shown[]): Shown[] =>
  [...sample].sort((a, b) => b.weight - a.weight).slice(0, maxSample);

/** Codes as if nobody had used one yet. */
function factsOf(
  codes: readonly string[],
  index: RuleIndex,
  pools: ReadonlyMap<string, string | undefined>,
): CouponFacts {
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
