import type { Catalog } from "../catalog/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import { ClienteleError, type Clock, type JsonObject, type Logger } from "../kernel/index.ts";
import type { Cart, Profile, ProfileState } from "../profiles/index.ts";
import { createCategoryRankings } from "./category-rankings.ts";
import { type Readiness, readinessOf } from "./model.ts";
import { type Recommendation, recommend } from "./recommend.ts";
import { createModelKeeper } from "./refresh-model.ts";
import { createRecommendationRoutes, type RecommendationRouteDeps } from "./routes.ts";
import { createSimilarProducts } from "./similar-products.ts";
import { createRecommendationStore, type EventDatabase } from "./store.clickhouse.ts";
import { type Reason, type Strategy, strategies, toStrategy } from "./strategy.ts";
import { defaultUnitLimit, maxUnitLimit, type UnitBody, unitSettings } from "./unit.ts";

export type { Strategy } from "./strategy.ts";
export { createUnitKind, type UnitBody } from "./unit.ts";

export type RecommendationsDeps = {
  readonly clickhouse: EventDatabase;
  readonly catalog: Pick<Catalog, "current">;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What to recommend: the settings of a unit, or a strategy by name. */
export type RecommendationQuery = {
  readonly unit?: Pick<UnitBody, "strategy"> & Partial<UnitBody>;
  readonly strategy?: string;
  /** Null = nobody known. */
  readonly profile: ProfileState | null;
  /** SKUs that the page is about, oldest first. */
  readonly items?: readonly string[];
  /** Default: the cart of the profile. */
  readonly cart?: Cart | null;
  readonly categoryPath?: string | null;
  /** 1 to 20; default: the unit's, else 5. */
  readonly limit?: number;
  /** SKUs shown elsewhere on the page; takes what is recommended here. */
  readonly seen?: Set<string>;
  /** Default: now. */
  readonly nowMs?: number;
};

/** What a decider sees of one decision call. */
export type UnitContext = {
  readonly nowMs: number;
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
  const keeper = createModelKeeper({ store: createRecommendationStore(deps.clickhouse), clock, logger: deps.logger });
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
    const limit = Math.min(maxUnitLimit, Math.max(1, query.limit ?? query.unit?.limit ?? defaultUnitLimit));
    return recommend(
      {
        unit: { ...settings, limit },
        profile: query.profile,
        items: query.items ?? [],
        cart: query.cart ?? null,
        categoryPath: query.categoryPath ?? null,
        seen: query.seen ?? new Set(),
        nowMs: query.nowMs ?? clock.now(),
      },
      { model: keeper.current(), catalog: catalog.current(), similar, categoryRankings },
    );
  };

  return {
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

    routes: (routeDeps: Omit<RecommendationRouteDeps, "recommend" | "readiness">) =>
      createRecommendationRoutes({
        ...routeDeps,
        recommend: answer,
        readiness: (strategy) => readinessOf(keeper.current(), strategy),
      }),
  };
}

export type Recommendations = ReturnType<typeof createRecommendations>;
