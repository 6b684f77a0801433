import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import {
  buildModel,
  emptyModel,
  learnTogether,
  learnTogetherInSlices,
  nothingTogether,
  type RecommendationModel,
  rankInSlices,
} from "./model.ts";
import type { createPersonalKeeper } from "./personal-keeper.ts";
import type { createSessionKeeper } from "./session-keeper.ts";
import { type CountedSignals, noSignals, trendWindowsDays } from "./signals.ts";
import type { RecommendationStore } from "./store.clickhouse.ts";
import type { SignalStore } from "./store-signals.clickhouse.ts";
import type { createChangeTracker } from "./track-changes.ts";

/** Pairs and windows cost the most and change the least. */
const togetherAgeMs = 5 * 60_000;
/** Counting takes at most this share of the time, however large the shop. */
const maxShare = 1 / 20;
const dayMs = 86_400_000;

/**
 * Keeps the model of one process. Counting happens in ClickHouse; a new model replaces the old one at once, and a failed
 * refresh leaves the old one in place.
 */
export function createModelKeeper(deps: {
  readonly store: RecommendationStore;
  readonly signals: SignalStore;
  readonly sessions: ReturnType<typeof createSessionKeeper>;
  readonly personal: ReturnType<typeof createPersonalKeeper>;
  readonly changes: ReturnType<typeof createChangeTracker>;
  readonly catalog: { readonly current: () => CatalogSnapshot };
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { store, sessions, personal, clock, logger } = deps;
  let model = emptyModel(clock.now());
  let together = learnTogether(nothingTogether);
  let signals: CountedSignals = noSignals;
  let togetherAt = Number.NEGATIVE_INFINITY;
  let countedTookMs = 0;
  let togetherTookMs = 0;
  let countedEvents = -1;
  let lastReceivedAt = -1;
  let running: Promise<void> | undefined;

  const countTogether = async (nowMs: number): Promise<void> => {
    const startedAt = clock.now();
    const viewed = await store.pairCounts("viewed", nowMs);
    const bought = await store.pairCounts("bought", nowMs);
    const viewedThenBought = await store.viewedThenBought(nowMs);
    together = await learnTogetherInSlices({
      viewed,
      bought,
      viewedThenBought,
      repurchases: await store.repurchases(nowMs),
    });
    const trends = new Map<number, Awaited<ReturnType<typeof store.trends>>>();
    for (const days of trendWindowsDays) trends.set(days, await store.trends(nowMs, days * dayMs));
    signals = { windows: await deps.signals.windowCounts(nowMs), trends };
    togetherAt = nowMs;
    togetherTookMs = clock.now() - startedAt;
  };

  /** What changes without anybody visiting: products by themselves, and sessions by falling silent. */
  const refreshQuiet = async (nowMs: number, isForced: boolean): Promise<void> => {
    const changes = await deps.changes.refresh(deps.catalog.current(), nowMs);
    const isNew = await sessions.refresh(nowMs, isForced);
    if (isNew || changes !== model.changes) model = { ...model, changes, next: sessions.current() };
  };

  /** May take minutes in a thread of its own: only who forces it waits for it. */
  const refreshPersonal = async (nowMs: number, isForced: boolean): Promise<void> => {
    const learning = personal.refresh(nowMs, isForced).then((isNew) => {
      if (isNew) model = { ...model, personal: personal.current() };
    });
    if (isForced) return learning;
    learning.catch((error: unknown) => logger.warn({ err: error }, "taste of people not learned"));
  };

  const refreshNow = async (isForced: boolean): Promise<void> => {
    const nowMs = clock.now();
    await refreshPersonal(nowMs, isForced);
    await refreshQuiet(nowMs, isForced);
    if (!isForced && nowMs - model.builtAt < countedTookMs / maxShare) return;
    const overview = await store.overview(nowMs);
    const isSame = overview.events === countedEvents && overview.lastReceivedAt === lastReceivedAt;
    // Without new events only time passes: counts decay alike, so their order stays, and once an hour is enough.
    if (isSame && !isForced && nowMs - model.builtAt < 3_600_000) return;
    const products = await store.productCounts(nowMs);
    const trends = await store.trends(nowMs);
    countedTookMs = clock.now() - nowMs;
    if (isForced || nowMs - togetherAt >= Math.max(togetherAgeMs, togetherTookMs / maxShare))
      await countTogether(nowMs);
    const rankings = await rankInSlices(products);
    model = buildModel({ nowMs, overview, products, trends }, together, {
      next: sessions.current(),
      personal: personal.current(),
      changes: model.changes,
      signals,
      rankings,
    });
    countedEvents = overview.events;
    lastReceivedAt = overview.lastReceivedAt;
    logger.info(
      {
        tookMs: clock.now() - nowMs,
        products: products.length,
        sessions: model.next.sessionCount,
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
    close: async (): Promise<void> => {
      // Who started it was told of its failure.
      await running?.catch(() => undefined);
      await personal.close();
      await sessions.close();
    },
  };
}
