// One cart by the live rules and by those of a draft, as it is kept. Pure.
import { isOtherwise, type Margins, marginsOf, type Outcome } from "../simulation/add-up.ts";
import { givenBy, givenByRule } from "../simulation/given.ts";
import type { SampledOrder, Side } from "../simulation/report.ts";
import { sampledOrder } from "../simulation/sampled-order.ts";

/** Rules of one cart of which something is kept. */
const mostRules = 300;
/** Of them, with reasons. */
const mostSampled = 100;
const mostOverlaps = 50;
const mostLines = 50;

export type RuleOutcome = {
  readonly key: string;
  /** Empty = not a candidate. */
  readonly outcome: Readonly<Record<Side, string>>;
  /** Minor units. */
  readonly given: Readonly<Record<Side, number>>;
  readonly isBelow: boolean;
};

/** Amounts in minor units of the currency; margins in those of the shop's. */
export type CartOutcome = {
  readonly lines: number;
  readonly currency: string;
  readonly subtotal: number;
  readonly given: Readonly<Record<Side, number>>;
  readonly isChanged: boolean;
  readonly margins: Margins | undefined;
  readonly rules: readonly RuleOutcome[];
  /** Rules that the draft changes, each with another rule that discounts the same line; keys of a pair in order. */
  readonly overlaps: readonly (readonly [string, string])[];
};

export type JudgeOptions = {
  /** Keys of rules that the draft changes or adds. */
  readonly changed: ReadonlySet<string>;
  /** Of the shop. */
  readonly currency: string;
  /** 0 to 1. */
  readonly marginFloor: number;
};

export function cartOutcome(outcome: Outcome, options: JudgeOptions): CartOutcome {
  const { live, draft } = outcome;
  const given = { live: givenBy(live), draft: givenBy(draft) };
  const margins = marginsOf(outcome, options);
  return {
    lines: live.cart.lines.length,
    currency: live.cart.input.currency,
    subtotal: live.subtotal,
    given,
    isChanged: given.live !== given.draft || isOtherwise(outcome),
    margins,
    rules: rulesOf(outcome, options.changed, margins?.guilty ?? new Set()),
    overlaps: overlapsOf(draft, options.changed),
  };
}

/** Rules that apply on one of the sides, and those that the draft changes. */
function rulesOf(
  { live, draft }: Outcome,
  changed: ReadonlySet<string>,
  guilty: ReadonlySet<string>,
): readonly RuleOutcome[] {
  const given = { live: givenByRule(live), draft: givenByRule(draft) };
  const outcomes = {
    live: new Map<string, string>(live.verdicts.map(({ rule, outcome }) => [rule.key, outcome])),
    draft: new Map<string, string>(draft.verdicts.map(({ rule, outcome }) => [rule.key, outcome])),
  };
  const applied = [...live.verdicts, ...draft.verdicts].filter(({ outcome }) => outcome === "applied");
  const keys = new Set([...applied.map(({ rule }) => rule.key), ...changed]);
  return [...keys].slice(0, mostRules).map((key) => ({
    key,
    outcome: { live: outcomes.live.get(key) ?? "", draft: outcomes.draft.get(key) ?? "" },
    given: { live: given.live.get(key) ?? 0, draft: given.draft.get(key) ?? 0 },
    isBelow: guilty.has(key),
  }));
}

/** Of thousands of rules on a cart millions of pairs meet: those count that somebody tries. */
function overlapsOf({ units }: Outcome["draft"], changed: ReadonlySet<string>): CartOutcome["overlaps"] {
  const found = new Map<string, readonly [string, string]>();
  for (const { byRule } of units) {
    const reached = byRule.filter(([, minor]) => minor > 0);
    for (const [tried] of reached) {
      if (!changed.has(tried)) continue;
      for (const [other] of reached) {
        if (other === tried) continue;
        const pair = tried < other ? ([tried, other] as const) : ([other, tried] as const);
        found.set(pair.join(" "), pair);
        if (found.size >= mostOverlaps) return [...found.values()];
      }
    }
  }
  return [...found.values()];
}

/**
 * The cart line by line, and why rules came out differently. Names are those of the catalog: a shop may write what somebody had engraved
 * into the name of a line.
 *
 * @param outcome explained
 */
export function sampleOf(
  outcome: Outcome,
  place: Parameters<typeof sampledOrder>[1],
  nameOf: (sku: string) => string,
): SampledOrder {
  const sample = sampledOrder(outcome, place);
  return {
    ...sample,
    lines: sample.lines.slice(0, mostLines).map((line) => ({ ...line, name: nameOf(line.sku) })),
    rules: sample.rules.slice(0, mostSampled),
  };
}
