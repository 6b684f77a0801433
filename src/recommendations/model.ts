import { setImmediate } from "node:timers/promises";
import type { NextItems } from "./learners/index.ts";
import { type Neighbour, type PairCounts, scorePairs, scorePairsInSlices } from "./pair-scores.ts";
import { enoughPeople, noPersonal, type Personal } from "./personal-keeper.ts";
import { noChanges, type ProductChanges } from "./product-changes.ts";
import { createRepurchase, type Repurchase, type RepurchaseGaps } from "./repurchase.ts";
import { type CountedSignals, createSignals, noSignals, type SignalName } from "./signals.ts";
import type { Overview, ProductCounts } from "./store.clickhouse.ts";
import type { Strategy } from "./strategy.ts";
import { minTrendHistoryMs, scoreTrends, type Trend, type TrendCounts } from "./trending-score.ts";

/** Everything that was counted, at one time. */
export type Counted = {
  readonly nowMs: number;
  readonly overview: Overview;
  readonly products: readonly ProductCounts[];
  readonly trends: { readonly counts: readonly TrendCounts[]; readonly weekdayFactor: number };
};

/** The counts that cost most; counted less often. */
export type CountedTogether = {
  readonly viewed: PairCounts;
  readonly bought: PairCounts;
  readonly viewedThenBought: PairCounts;
  readonly repurchases: readonly RepurchaseGaps[];
};

export type RankedSku = { readonly sku: string; readonly score: number };

/** What the shop has learned so far; never changed, replaced as a whole. */
export type RecommendationModel = {
  readonly builtAt: number;
  readonly overview: Overview;
  readonly historyMs: number;
  /** Decayed weighted signals, positive ones only. */
  readonly popularity: ReadonlyMap<string, number>;
  readonly mostPopular: number;
  readonly rankings: Readonly<Record<RankedStrategy, readonly RankedSku[]>>;
  readonly trends: readonly Trend[];
  readonly viewedTogether: ReadonlyMap<string, readonly Neighbour[]>;
  readonly boughtTogether: ReadonlyMap<string, readonly Neighbour[]>;
  readonly viewedThenBought: ReadonlyMap<string, readonly Neighbour[]>;
  readonly repurchase: Repurchase;
  readonly next: NextItems;
  readonly personal: Personal;
  readonly changes: ProductChanges;
  /** Value of each product that has the signal, of the last so many days. */
  readonly signalOf: (name: SignalName, days: number) => ReadonlyMap<string, number>;
};

export type RankedStrategy =
  | "most-viewed"
  | "most-purchased"
  | "most-added-to-cart"
  | "view-to-cart-rate"
  | "view-to-purchase-rate";

/** Whether a strategy has seen enough to answer by itself; if not, why. */
export type Readiness = { readonly trained: boolean; readonly reasons: readonly string[] };

const rateSmoothing = 50;
const minRateSessions = 20;
const noNext: NextItems = { sessionCount: 0, next: () => [] };
const noPairs: PairCounts = { total: { n: 0, w: 0 }, items: new Map(), pairs: [] };
export const nothingTogether: CountedTogether = {
  viewed: noPairs,
  bought: noPairs,
  viewedThenBought: noPairs,
  repurchases: [],
};

function rank(products: readonly ProductCounts[], scoreOf: (counts: ProductCounts) => number): readonly RankedSku[] {
  return products
    .map((counts) => ({ sku: counts.sku, score: scoreOf(counts), popularity: counts.popularity }))
    .filter((ranked) => ranked.score > 0)
    .sort((a, b) => b.score - a.score || b.popularity - a.popularity || (a.sku < b.sku ? -1 : 1))
    .map(({ sku, score }) => ({ sku, score }));
}

/** Sessions that led on, by sessions that viewed, pulled towards the shop's mean: (k + αp)/(n + α). */
function rateOf(
  products: readonly ProductCounts[],
  led: (counts: ProductCounts) => number,
): (counts: ProductCounts) => number {
  const views = products.reduce((sum, counts) => sum + counts.viewSessions, 0);
  const mean = views > 0 ? products.reduce((sum, counts) => sum + led(counts), 0) / views : 0;
  return (counts) =>
    counts.viewSessions < minRateSessions || led(counts) === 0
      ? 0
      : (led(counts) + rateSmoothing * mean) / (counts.viewSessions + rateSmoothing);
}

type Rankings = RecommendationModel["rankings"];

/** One way of ordering products each; functions, so that they can be run one by one. */
const rankers: Readonly<Record<RankedStrategy, (products: readonly ProductCounts[]) => readonly RankedSku[]>> = {
  "most-viewed": (products) => rank(products, (counts) => counts.viewSessions),
  "most-purchased": (products) => rank(products, (counts) => counts.orders),
  "most-added-to-cart": (products) => rank(products, (counts) => counts.cartSessions),
  "view-to-cart-rate": (products) =>
    rank(
      products,
      rateOf(products, (counts) => counts.viewAndCartSessions),
    ),
  "view-to-purchase-rate": (products) =>
    rank(
      products,
      rateOf(products, (counts) => counts.viewAndBuySessions),
    ),
};

function rankAll(products: readonly ProductCounts[]): Rankings {
  const lists = Object.entries(rankers).map(([name, list]) => [name, list(products)] as const);
  // The rankers cover every ranked strategy.
  return Object.fromEntries(lists) as Rankings;
}

/** Ranks one list after the other with a rest between them: each takes about 20 ms at 40,000 products. */
export async function rankInSlices(products: readonly ProductCounts[]): Promise<Rankings> {
  const lists: (readonly [string, readonly RankedSku[]])[] = [];
  for (const [name, list] of Object.entries(rankers)) {
    lists.push([name, list(products)]);
    await setImmediate();
  }
  // As above.
  return Object.fromEntries(lists) as Rankings;
}

/** Turns counts into what requests read. Pure; the parts that cost most come ready from `learnTogether`. */
export function buildModel(
  counted: Counted,
  together: Together,
  {
    next = noNext,
    personal = noPersonal,
    changes = noChanges,
    signals = noSignals,
    rankings = rankAll(counted.products),
  }: {
    readonly next?: NextItems;
    readonly personal?: Personal;
    readonly changes?: ProductChanges;
    readonly signals?: CountedSignals;
    readonly rankings?: Rankings;
  } = {},
): RecommendationModel {
  const { overview, products, nowMs } = counted;
  const historyMs = overview.firstEventAt === null ? 0 : nowMs - overview.firstEventAt;
  const popularity = new Map(
    products.filter((counts) => counts.popularity > 0).map((counts) => [counts.sku, counts.popularity]),
  );
  return {
    builtAt: nowMs,
    overview,
    historyMs,
    mostPopular: products.reduce((most, counts) => Math.max(most, counts.popularity), 0),
    popularity,
    signalOf: createSignals(signals, popularity, historyMs),
    rankings,
    trends: scoreTrends(counted.trends.counts, historyMs, counted.trends.weekdayFactor),
    ...together,
    next,
    personal,
    changes,
  };
}

type Together = Pick<RecommendationModel, "viewedTogether" | "boughtTogether" | "viewedThenBought" | "repurchase">;

/** Scores pairs and repeats. */
export function learnTogether(counted: CountedTogether): Together {
  return {
    viewedTogether: scorePairs(counted.viewed),
    boughtTogether: scorePairs(counted.bought),
    viewedThenBought: scorePairs(counted.viewedThenBought),
    repurchase: createRepurchase(counted.repurchases),
  };
}

/** As `learnTogether`, and lets requests through meanwhile. */
export async function learnTogetherInSlices(counted: CountedTogether): Promise<Together> {
  return {
    viewedTogether: await scorePairsInSlices(counted.viewed),
    boughtTogether: await scorePairsInSlices(counted.bought),
    viewedThenBought: await scorePairsInSlices(counted.viewedThenBought),
    repurchase: createRepurchase(counted.repurchases),
  };
}

/** The model of a shop without events. */
export function emptyModel(nowMs: number): RecommendationModel {
  const overview = { events: 0, views: 0, sessions: 0, orders: 0, firstEventAt: null, lastReceivedAt: 0 };
  return buildModel(
    { nowMs, overview, products: [], trends: { counts: [], weekdayFactor: 1 } },
    learnTogether(nothingTogether),
  );
}

type Need = (model: RecommendationModel) => string | null;

const needViews: Need = ({ overview }) => (overview.views < 100 ? `${overview.views} of 100 product views` : null);
const needSessions: Need = ({ overview }) => (overview.sessions < 100 ? `${overview.sessions} of 100 sessions` : null);
const needOrders: Need = ({ overview }) => (overview.orders < 100 ? `${overview.orders} of 100 orders` : null);
const needHistory: Need = ({ historyMs }) =>
  historyMs < minTrendHistoryMs
    ? `${Math.floor(historyMs / 3_600_000)} of ${minTrendHistoryMs / 3_600_000} hours of history`
    : null;

const needRepeats: Need = ({ repurchase }) =>
  repurchase.productCount < 1 ? "0 of 1 products that somebody bought again" : null;

const needShoppers: Need = ({ personal: { taste } }) =>
  taste.personCount < enoughPeople
    ? `${taste.personCount} of ${enoughPeople} shoppers with two products or more`
    : null;
const needBuyers: Need = ({ personal: { buyers } }) =>
  buyers < enoughPeople ? `${buyers} of ${enoughPeople} shoppers with two orders or more` : null;

const needs: Readonly<Record<Strategy, readonly Need[]>> = {
  "recommended-for-you": [needSessions, needShoppers],
  next: [needSessions],
  "recently-viewed": [],
  "viewed-also-viewed": [needSessions],
  "viewed-then-bought": [needOrders],
  "bought-together": [needOrders],
  "frequently-bought-together": [needOrders],
  "more-like-this": [],
  "visual-similarity": [],
  substitutes: [],
  "complete-the-look": [],
  "most-viewed": [needViews],
  "most-purchased": [needOrders],
  "most-added-to-cart": [needViews],
  trending: [needHistory, needViews],
  "view-to-cart-rate": [needSessions],
  "view-to-purchase-rate": [needOrders],
  "new-arrivals": [],
  "buy-again": [],
  "next-basket": [needBuyers],
  replenishment: [needRepeats],
  "price-drop": [],
  "back-in-stock": [],
};

export function readinessOf(model: RecommendationModel, strategy: Strategy): Readiness {
  const reasons = needs[strategy].flatMap((need) => need(model) ?? []);
  return { trained: reasons.length === 0, reasons };
}
