import type { Clock, Logger } from "../kernel/index.ts";
import { buildModel, emptyModel, learnTogether, nothingTogether, type RecommendationModel } from "./model.ts";
import type { RecommendationStore } from "./store.clickhouse.ts";

/** Pairs and sessions cost the most and change the least. */
const togetherAgeMs = 5 * 60_000;
/** Counting takes at most this share of the time, however large the shop. */
const maxShare = 1 / 20;

/**
 * Keeps the model of one process. Counting happens in ClickHouse; a new model replaces the old one at once, and a failed
 * refresh leaves the old one in place.
 */
export function createModelKeeper(deps: {
  readonly store: RecommendationStore;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { store, clock, logger } = deps;
  let model = emptyModel(clock.now());
  let together = learnTogether(nothingTogether);
  let togetherAt = Number.NEGATIVE_INFINITY;
  let countedTookMs = 0;
  let togetherTookMs = 0;
  let countedEvents = -1;
  let lastReceivedAt = -1;
  let running: Promise<void> | undefined;

  const refreshNow = async (isForced: boolean): Promise<void> => {
    const nowMs = clock.now();
    if (!isForced && nowMs - model.builtAt < countedTookMs / maxShare) return;
    const overview = await store.overview(nowMs);
    const isSame = overview.events === countedEvents && overview.lastReceivedAt === lastReceivedAt;
    // Without new events only time passes: counts decay alike, so their order stays, and once an hour is enough.
    if (isSame && !isForced && nowMs - model.builtAt < 3_600_000) return;
    const products = await store.productCounts(nowMs);
    const trends = await store.trends(nowMs);
    countedTookMs = clock.now() - nowMs;
    if (isForced || nowMs - togetherAt >= Math.max(togetherAgeMs, togetherTookMs / maxShare)) {
      const startedAt = clock.now();
      const [viewed, bought] = [await store.pairCounts("viewed", nowMs), await store.pairCounts("bought", nowMs)];
      together = learnTogether({
        viewed,
        bought,
        viewedThenBought: await store.viewedThenBought(nowMs),
        sessions: await store.sessions(nowMs),
      });
      togetherAt = nowMs;
      togetherTookMs = clock.now() - startedAt;
    }
    model = buildModel({ nowMs, overview, products, trends }, together);
    countedEvents = overview.events;
    lastReceivedAt = overview.lastReceivedAt;
    logger.info(
      {
        tookMs: clock.now() - nowMs,
        products: products.length,
        sessions: together.sessions.sessionCount,
        orders: overview.orders,
      },
      "recommendations counted",
    );
  };

  return {
    current: (): RecommendationModel => model,
    refresh: ({ isForced = false } = {}): Promise<void> => {
      running ??= refreshNow(isForced).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}
