// The arrangement of one list: hidden products, factors, pins, and why each product stands where it does.
import type { Arrangement, RuleEffect } from "../search/index.ts";
import type { Chosen } from "./choose-rules.ts";
import { factorOf, type MergedEvents } from "./merge-events.ts";
import { rankFactor, rankingText, rankPercentiles, type TermContext } from "./rank-factors.ts";

/** Small enough to put the best match that cannot be bought behind the worst that can: text scores span fewer powers of ten. */
const soldOutFactor = 1e-6;

export type ArrangeDeps = TermContext & {
  readonly merged: MergedEvents;
  readonly hidden: ReadonlySet<string>;
  readonly ranking: Chosen["ranking"];
  readonly outOfStockLast: boolean;
  readonly isInStock: (sku: string) => boolean;
};

export function arrange(deps: ArrangeDeps): Arrangement {
  const { merged, ranking, outOfStockLast, isInStock } = deps;
  const pins = merged.pins();
  let ranked: { readonly skus: readonly string[]; readonly percentiles: Float64Array } | undefined;
  let places: ReadonlyMap<string, number> | undefined;

  const percentileOf = (sku: string): number => {
    places ??= new Map(ranked?.skus.map((each, at) => [each, at]));
    return ranked?.percentiles[places.get(sku) ?? -1] ?? 0;
  };
  const isLast = (sku: string) => outOfStockLast && !isInStock(sku);

  return {
    hidden: deps.hidden,
    pins,
    factorsOf: (skus) => {
      const factors = new Float64Array(skus.length).fill(1);
      if (ranking && ranking.setting.by !== "none") {
        ranked = { skus, percentiles: rankPercentiles(ranking.setting, skus, deps) };
        places = undefined;
        for (const [at, percentile] of ranked.percentiles.entries())
          factors[at] = rankFactor(ranking.setting, percentile);
      }
      if (!merged.hasFactors && !outOfStockLast) return factors;
      for (const [at, sku] of skus.entries()) {
        const winner = merged.hasFactors ? merged.winnerOf(sku) : undefined;
        if (winner) factors[at] = (factors[at] ?? 1) * factorOf(winner.event);
        if (isLast(sku)) factors[at] = (factors[at] ?? 1) * soldOutFactor;
      }
      return factors;
    },
    effectsOf: (sku) => {
      const effects: RuleEffect[] = [];
      const winner = merged.winnerOf(sku);
      if (winner && winner.event.action !== "hide") effects.push(effectOf(winner));
      if (ranking && ranking.setting.by !== "none") {
        const percentile = percentileOf(sku);
        const rule = { ruleId: ranking.definition.id, ruleName: ranking.definition.name };
        const text = `${rankingText(ranking.setting)}: stands above ${Math.round(percentile * 100)} % of the list`;
        effects.push({ action: "rank", ...rule, factor: rankFactor(ranking.setting, percentile), text });
      }
      if (isLast(sku)) {
        const text = "cannot be bought now: behind what can";
        effects.push({ action: "bury", ruleId: "", ruleName: "", factor: soldOutFactor, text });
      }
      return effects;
    },
  };
}

function effectOf({ rule, event }: NonNullable<ReturnType<MergedEvents["winnerOf"]>>): RuleEffect {
  const about = { ruleId: rule.id, ruleName: rule.name, factor: factorOf(event) };
  const why = event.sku === undefined ? " by a condition" : "";
  if (event.action === "pin")
    return { ...about, action: "pin", text: `pinned to place ${event.position ?? 1} by ${JSON.stringify(rule.name)}` };
  const done = event.action === "boost" ? "boosted" : "buried";
  return {
    ...about,
    action: event.action === "boost" ? "boost" : "bury",
    text: `${done}${why} by ${JSON.stringify(rule.name)}, ${about.factor} times`,
  };
}
