import type { FastifyPluginAsync } from "fastify";
import type { Catalog, ProductPrices } from "../catalog/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import { ClienteleError, type Clock, type JsonObject, type Logger } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import type { Cart, Profile } from "../profiles/index.ts";
import { createUnitAnswers, type LiveUnit } from "./answer-units.ts";
import { createCategoryRankings } from "./category-rankings.ts";
import { type Readiness, readinessOf } from "./model.ts";
import { createPageMemory } from "./page-memory.ts";
import { buildPersonal } from "./personal-builder.ts";
import { createPersonalKeeper } from "./personal-keeper.ts";
import { measureReadiness, type UnitReadiness } from "./readiness-percent.ts";
import { type Recommendation, recommend } from "./recommend.ts";
import type { RecommendationQuery } from "./recommendation-query.ts";
import { createModelKeeper } from "./refresh-model.ts";
import { createRecommendationRoutes, type RecommendationRouteDeps } from "./routes.ts";
import { createReportRoutes, type ReportRouteDeps } from "./routes-reports.ts";
import { createUnitRoutes } from "./routes-units.ts";
import { createSessionBuilder } from "./session-builder.ts";
import { createSessionKeeper } from "./session-keeper.ts";
import type { SignalName } from "./signals.ts";
import { createSimilarProducts } from "./similar-products.ts";
import { createRecommendationStore, type EventDatabase } from "./store.clickhouse.ts";
import { createChangeStore } from "./store-changes.clickhouse.ts";
import { createMetricStore } from "./store-metrics.clickhouse.ts";
import { createPeopleStore } from "./store-people.clickhouse.ts";
import { createSessionStore } from "./store-sessions.clickhouse.ts";
import { createSignalStore } from "./store-signals.clickhouse.ts";
import { type Reason, type Strategy, strategies, toStrategy, typeIdOf } from "./strategy.ts";
import { createChangeTracker } from "./track-changes.ts";
import { defaultUnitLimit, type UnitBody, unitSettings } from "./unit.ts";
import { viewedWith } from "./viewed-with.ts";

export type { LiveUnit, UnitAnswer, UnitItem, UnitsQuery } from "./answer-units.ts";
export { type GivenHistory, withHistory } from "./given-history.ts";
export type { RecommendationQuery } from "./recommendation-query.ts";
export type { SignalName } from "./signals.ts";
export { type Strategy, toStrategy } from "./strategy.ts";
export { createUnitKind, type PageType, pageTypes, type UnitBody } from "./unit.ts";

const maxLimit = 100;

export type RecommendationsDeps = {
  readonly clickhouse: EventDatabase;
  readonly catalog: Pick<Catalog, "current">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What products cost a visitor whom a unit is decided for; default: what the catalog says. */
  readonly pricesOf?: (visitor: Pick<UnitContext, "profile" | "storeView">) => ProductPrices | undefined;
  /** The live units, from memory; default: none. */
  readonly units?: () => readonly LiveUnit[];
  /** Told of every unit that `units.answer` shows. */
  readonly logExposure?: (exposure: Exposure) => void;
};

/** What a decider sees of one decision call. */
export type UnitContext = {
  readonly nowMs: number;
  readonly storeView: string;
  readonly profile: Profile | null;
  readonly cart: Cart | null;
  readonly items: readonly string[];
  readonly categoryPath: string | null;
  readonly seen: Set<string>;
};

export type UnitDecision =
  | {
      readonly ok: true;
      readonly kind: "recommendations";
      readonly value: JsonObject;
      readonly reasons: readonly Reason[];
      readonly skus: readonly string[];
      readonly scores: readonly number[];
      readonly propensity: number;
      readonly policy: string;
    }
  | { readonly ok: false; readonly reason: Reason };

/**
 * Recommendations: counts what visitors do, answers from memory.
 *
 * Answers read the catalog and the last model only and never wait. Without events every strategy falls back to what the
 * catalog says; `readiness` tells which ones have not seen enough.
 */
export function createRecommendations(deps: RecommendationsDeps) {
  const { catalog, clock } = deps;
  const { clickhouse, logger } = deps;
  const keeper = createModelKeeper({
    store: createRecommendationStore(clickhouse),
    signals: createSignalStore(clickhouse),
    sessions: createSessionKeeper({
      store: createSessionStore(clickhouse),
      builder: createSessionBuilder(),
      now: clock.now,
      logger,
    }),
    personal: createPersonalKeeper({
      ...{ store: createPeopleStore(clickhouse), build: buildPersonal, catalog, logger },
      now: clock.now,
    }),
    changes: createChangeTracker(createChangeStore(clickhouse)),
    catalog,
    clock,
    logger,
  });
  const similar = createSimilarProducts();
  const categoryRankings = createCategoryRankings();

  const answer = (query: RecommendationQuery): Recommendation => {
    const name = query.unit?.strategy ?? query.strategy ?? "recommended-for-you";
    if (toStrategy(name) === undefined) {
      throw new ClienteleError(
        "recommendations.unknownStrategy",
        `there is no strategy ${name.slice(0, 60)}; known: ${strategies.join(", ")}`,
      );
    }
    const settings = unitSettings({ ...query.unit, strategy: name });
    const limit = Math.min(maxLimit, Math.max(1, query.limit ?? query.unit?.limit ?? defaultUnitLimit));
    return recommend(
      {
        unit: { ...settings, limit },
        profile: query.profile,
        items: query.items ?? [],
        cart: query.cart ?? null,
        categoryPath: query.categoryPath ?? null,
        seen: query.seen ?? new Set(),
        nowMs: query.nowMs ?? clock.now(),
        currentPrice: query.currentPrice ?? null,
        allowsUnlisted: settings.strategy === "next" && query.unit === undefined,
        prices: query.prices,
        explain: query.explain ?? false,
      },
      { model: keeper.current(), catalog: catalog.current(), similar, categoryRankings },
    );
  };

  const units = createUnitAnswers({
    live: deps.units ?? (() => []),
    recommend: answer,
    pages: createPageMemory(),
    now: clock.now,
    ...(deps.logExposure ? { logExposure: deps.logExposure } : {}),
  });

  const measure = (unit: Pick<UnitBody, "strategy"> & Partial<UnitBody>): Promise<UnitReadiness> => {
    const { strategy, limit } = unitSettings(unit);
    return measureReadiness(unit, strategy, limit, catalog.current(), clock.now(), answer);
  };

  return {
    /** How ready a unit is, measured on a sample of its pages; yields to requests. */
    measureReadiness: measure,

    /** Units by page or by id, as foreign clients ask for them. */
    units,

    /**
     * A signal of the last so many days (1, 3, 7, 14, 30 or 90; trending 1, 3, 14 or 30; another number means the next larger), by
     * SKU: sessions, orders, rates or scores, larger is better. Products without the signal are not in it. Empty before the first count.
     */
    signalOf: (name: SignalName, windowDays: number): ReadonlyMap<string, number> =>
      keeper.current().signalOf(name, windowDays),

    /** How much products are viewed together with what a shopper viewed (SKUs, newest first); larger is better. */
    viewedWith: (viewed: readonly string[]): ReadonlyMap<string, number> =>
      viewedWith(viewed, keeper.current().viewedTogether),

    /** Ends what runs in the background. */
    close: keeper.close,

    /**
     * The products for one place, best first, each with its reasons.
     *
     * @throws {ClienteleError} `recommendations.unknownStrategy`
     */
    recommend: answer,

    /** A unit as a decider answers it; not ok when no product may be shown. */
    decide: (unit: LiveDefinition<UnitBody>, context: UnitContext): UnitDecision => {
      const { items, strategyUsed, reasons, readiness } = answer({
        ...context,
        unit: unit.body,
        profile: context.profile?.state ?? null,
        prices: deps.pricesOf?.(context),
      });
      if (items.length === 0)
        return { ok: false, reason: reasons.at(-1) ?? { code: "empty", text: "No product may be shown here" } };
      return {
        ok: true,
        kind: "recommendations",
        value: {
          unitId: unit.id,
          label: unit.body.label,
          strategy: unit.body.strategy,
          typeId: typeIdOf(unitSettings(unit.body).strategy),
          strategyUsed,
          trained: readiness.trained,
          items,
        },
        reasons,
        skus: items.map((item) => item.sku),
        scores: items.map((item) => item.score),
        propensity: 1,
        policy: `recommendations/${strategyUsed}`,
      };
    },

    /** Counts anew. Meant for every minute: without new events it costs one query, and pairs are counted every 5 minutes. `isForced` counts everything. */
    refresh: keeper.refresh,

    /** Per strategy whether it has seen enough, and if not what is missing. */
    readiness: (): Readonly<Record<Strategy, Readiness>> => {
      const entries = strategies.map((strategy) => [strategy, readinessOf(keeper.current(), strategy)] as const);
      // The entries cover every strategy.
      return Object.fromEntries(entries) as Record<Strategy, Readiness>;
    },

    /** When the present model was counted, Unix milliseconds. */
    countedAt: (): number => keeper.current().builtAt,

    /** Popularity of a product (decayed signals, half-life 7 d) as its share of the most popular one, 0 to 1. */
    popularityOf: (sku: string): number => {
      const { popularity, mostPopular } = keeper.current();
      return mostPopular > 0 ? (popularity.get(sku) ?? 0) / mostPopular : 0;
    },

    routes: (
      routeDeps: Omit<RecommendationRouteDeps, "recommend"> & Pick<ReportRouteDeps, "findUnit">,
    ): FastifyPluginAsync => {
      const readiness = (strategy: Strategy) => readinessOf(keeper.current(), strategy);
      return async (app) => {
        await app.register(createRecommendationRoutes({ ...routeDeps, recommend: answer }));
        await app.register(createUnitRoutes({ ...routeDeps, units }));
        await app.register(
          createReportRoutes({ ...routeDeps, metrics: createMetricStore(clickhouse), readiness, measure }),
        );
      };
    },
  };
}

export type Recommendations = ReturnType<typeof createRecommendations>;
