// How ready a unit is (discovery.md 4.4): does its strategy find enough products wherever it is asked, and does it show more than a
// few of the catalog? Both are measured by asking it.
import { setImmediate } from "node:timers/promises";
import type { CatalogSnapshot } from "../catalog/index.ts";
import { emptyState } from "../profiles/index.ts";
import type { Recommendation } from "./recommend.ts";
import type { RecommendationQuery } from "./recommendation-query.ts";
import { type Strategy, strategyFacts } from "./strategy.ts";

export type UnitReadiness = {
  /** 0 to 100: 75 and more = highly relevant, below 50 = others often fill in; null = depends on the shopper alone. */
  readonly percent: number | null;
  /** Share of the pages asked for that get as many products as the unit shows, by its own strategy, 0 to 1. */
  readonly coverage: number;
  /** Distinct products shown on all of them, as a share of the catalog, 0 to 1. */
  readonly variety: number;
  /** Pages that were asked for: a sample of at most 300. */
  readonly asked: number;
  /** What is missing, in words. */
  readonly missing: readonly string[];
};

const maxAsked = 300;
const enoughVariety = 0.3;
const sliceMs = 5;

/** 100 · coverage · (0.5 + 0.5 · min(1, variety / 0.3)), rounded to whole numbers. */
export function percentOf(coverage: number, variety: number): number {
  return Math.round(100 * coverage * (0.5 + 0.5 * Math.min(1, variety / enoughVariety)));
}

type Page = Pick<RecommendationQuery, "items" | "categoryPath" | "profile">;

/** Every so-manieth of a list, so that the sample is the same at every look. */
function sampleOf<T>(list: readonly T[], size: number): readonly T[] {
  const step = Math.max(1, list.length / size);
  return Array.from({ length: Math.min(size, list.length) }, (_, at) => list[Math.floor(at * step)]).filter(
    (one) => one !== undefined,
  );
}

function pagesFor(strategy: Strategy, catalog: CatalogSnapshot, nowMs: number): readonly Page[] | null {
  const { isFillable, isPopular, needsItem } = strategyFacts[strategy];
  if (isPopular) {
    const paths = [...catalog.categories.keys()].filter((path) => catalog.inCategory(path).length > 0);
    return [null, ...sampleOf(paths, maxAsked - 1)].map((categoryPath) => ({ profile: null, categoryPath }));
  }
  const products = sampleOf(
    catalog.listed().filter(({ inStock }) => inStock),
    maxAsked,
  );
  if (needsItem) return products.map(({ sku }) => ({ profile: null, items: [sku] }));
  if (!isFillable) return null;
  // What a shopper who looked at one product would get.
  const of = (sku: string) => ({ ...emptyState(nowMs), viewed: [{ sku, at: nowMs - 1_000, count: 1 }] });
  return products.map(({ sku }) => ({ profile: of(sku), ...(strategy === "next" ? { items: [sku] } : {}) }));
}

/**
 * Asks the unit for a sample of its pages. Yields every few milliseconds, so that shoppers are answered meanwhile.
 *
 * @param unit settings as `recommend` takes them; what others fill in does not count
 */
export async function measureReadiness(
  unit: NonNullable<RecommendationQuery["unit"]>,
  strategy: Strategy,
  limit: number,
  catalog: CatalogSnapshot,
  nowMs: number,
  recommend: (query: RecommendationQuery) => Recommendation,
): Promise<UnitReadiness> {
  const needed = recommend({ unit, profile: null, nowMs }).readiness.reasons.map((text) => `It has seen ${text}`);
  const pages = pagesFor(strategy, catalog, nowMs);
  if (pages === null) return { percent: null, coverage: 0, variety: 0, asked: 0, missing: needed };
  const eligible = catalog.listed().filter(({ inStock }) => inStock).length;
  const shown = new Set<string>();
  let filled = 0;
  let sliceAt = performance.now();
  for (const page of pages) {
    const { items } = recommend({ ...page, unit: { ...unit, fallback: false }, limit, nowMs });
    for (const { sku } of items) shown.add(sku);
    if (items.length >= limit) filled += 1;
    if (performance.now() - sliceAt < sliceMs) continue;
    await setImmediate();
    sliceAt = performance.now();
  }
  const coverage = pages.length === 0 ? 0 : filled / pages.length;
  // A sample of pages cannot show more products than it has places.
  const reachable = Math.min(eligible, pages.length * limit);
  const variety = reachable === 0 ? 0 : shown.size / reachable;
  const missing = [...needed];
  if (pages.length === 0) missing.push("The catalog has no product in stock");
  else if (filled < pages.length)
    missing.push(`${pages.length - filled} of ${pages.length} pages get fewer than ${limit} products`);
  if (variety < enoughVariety)
    missing.push(`It shows ${shown.size} of ${reachable} products; a third of them would be varied`);
  return { percent: percentOf(coverage, variety), coverage, variety, asked: pages.length, missing };
}
