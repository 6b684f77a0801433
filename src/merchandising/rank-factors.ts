import { percentiles } from "../search/index.ts";
import { defaultRankingBoost, defaultTrendingDays, type RankingSetting, type RankingTerm } from "./ranking-setting.ts";

/** A number for a product, whose order means something; undefined = the product has none. */
export type SignalValue = (sku: string) => number | undefined;

/** What shoppers did, by product. */
export type MerchandisingSignals = {
  /** Counts of the last days; of `trending` the score against the time before. */
  readonly signalOf: (name: "views" | "purchases" | "cart-adds" | "trending", windowDays: number) => SignalValue;
  /** How much a product is viewed together with what a shopper viewed; SKUs newest first. */
  readonly viewedWith: (viewed: readonly string[]) => SignalValue;
};

export type TermContext = {
  readonly signals: MerchandisingSignals;
  /** What rules read of a product at `product.<key>`. */
  readonly factOf: (sku: string, key: string) => unknown;
  /** What the shopper looked at, newest first. */
  readonly viewed: readonly string[];
};

const countedDays = 7;
/** Share of a factor that the percentile decides, with a boost of 5: discovery.md 2.5. */
const boostShare = 0.5;
const boostUnit = 5;

/** The number that a term orders by. */
export function valueOfTerm(term: RankingTerm, { signals, factOf, viewed }: TermContext): SignalValue {
  switch (term.by) {
    case "most-viewed":
      return signals.signalOf("views", countedDays);
    case "most-purchased":
      return signals.signalOf("purchases", countedDays);
    case "most-added-to-cart":
      return signals.signalOf("cart-adds", countedDays);
    case "trending":
      return signals.signalOf("trending", term.windowDays ?? defaultTrendingDays);
    case "recommended-for-you":
      return viewed.length === 0 ? () => undefined : signals.viewedWith(viewed);
    case "attribute": {
      const { attribute = "", direction } = term;
      const sign = direction === "asc" ? -1 : 1;
      return (sku) => {
        const value = numberOf(factOf(sku, attribute));
        return value === undefined ? undefined : sign * value;
      };
    }
  }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") {
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (Number.isFinite(number)) return number;
    const instant = Date.parse(value);
    return Number.isNaN(instant) ? undefined : instant;
  }
  if (typeof value === "object" && value !== null && "minor" in value) return numberOf(value.minor);
  return undefined;
}

/**
 * Percentile of each candidate's signal among all of them, where one without the signal stands below every other and counts 0.
 *
 * Only those that have it are sorted: of 20,000 products of a category a few hundred do.
 */
export function signalPercentiles(skus: readonly string[], signal: SignalValue): Float64Array {
  const result = new Float64Array(skus.length);
  const places: number[] = [];
  const values: number[] = [];
  for (const [at, sku] of skus.entries()) {
    const value = signal(sku);
    if (value === undefined || !Number.isFinite(value)) continue;
    places.push(at);
    values.push(value);
  }
  if (skus.length === 1) return result.fill(places.length === 1 ? 0.5 : 0);
  const among = percentiles(Float64Array.from(values));
  const without = skus.length - places.length;
  for (const [index, at] of places.entries()) {
    const below = without + (places.length > 1 ? (among[index] ?? 0.5) * (places.length - 1) : 0);
    result[at] = below / (skus.length - 1);
  }
  return result;
}

/** How far a ranking lifts each candidate: percentile of its signal, or the mean of several by weight. */
export function rankPercentiles(setting: RankingSetting, skus: readonly string[], context: TermContext): Float64Array {
  if (setting.by === "none") return new Float64Array(skus.length);
  if (setting.by !== "formula") return signalPercentiles(skus, valueOfTerm({ ...setting, by: setting.by }, context));
  const terms = setting.terms ?? [];
  const weights = terms.reduce((sum, { weight }) => sum + weight, 0);
  const mean = new Float64Array(skus.length);
  for (const term of terms) {
    const own = signalPercentiles(skus, valueOfTerm(term, context));
    for (const [at, percentile] of own.entries()) mean[at] = (mean[at] ?? 0) + (term.weight / weights) * percentile;
  }
  return mean;
}

/** 1 + (boost / 5) · 0.5 · percentile. */
export function rankFactor(setting: RankingSetting, percentile: number): number {
  return 1 + ((setting.boost ?? defaultRankingBoost) / boostUnit) * boostShare * percentile;
}

/** A ranking in words, e.g. `trending in 3 days`. */
export function rankingText(setting: RankingSetting): string {
  if (setting.by === "formula") return (setting.terms ?? []).map(termText).join(", ");
  return setting.by === "none" ? "relevance" : termText({ ...setting, by: setting.by });
}

function termText(term: RankingTerm): string {
  if (term.by === "attribute") return `${term.direction === "asc" ? "low" : "high"} ${term.attribute ?? ""}`;
  if (term.by === "trending") return `trending in ${term.windowDays ?? defaultTrendingDays} days`;
  const text = term.by.replaceAll("-", " ");
  return term.by === "recommended-for-you" ? text : `${text} in ${countedDays} days`;
}
