import type { Logger } from "../kernel/index.ts";
import type { NextItems } from "./learners/index.ts";
import type { SessionBuilder } from "./session-builder.ts";
import type { EndedSession, SessionSpan, SessionStore } from "./store-sessions.clickhouse.ts";

const pageSize = 10_000;
const maxSessions = 200_000;
/** Retention and erasure take sessions away; this long after, they are gone from here too. */
const reloadMs = 6 * 3_600_000;
/** An event is in the event store within seconds of its receipt; sessions that are read twice replace themselves. */
const overlapMs = 60_000;
const maxNew = 100_000;
const maxShare = 1 / 20;
/** However long a build takes, sessions of today count today. */
const longestWaitMs = 5 * 60_000;

/**
 * Keeps the index of past sessions: all at first, then those that ended since the last look. Requests go on with the old index until
 * the new one stands.
 */
export function createSessionKeeper(deps: {
  readonly store: SessionStore;
  readonly builder: SessionBuilder;
  readonly now: () => number;
  readonly logger: Logger;
}) {
  const { store, builder, logger } = deps;
  let next: NextItems = { sessionCount: 0, next: () => [] };
  let loadedAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let buildTookMs = 0;
  let builtAt = Number.NEGATIVE_INFINITY;
  let waiting = 0;

  const loadAll = async (span: SessionSpan): Promise<void> => {
    builder.clear();
    const parts = Math.max(1, Math.ceil((await store.count(span.fromMs, span.nowMs)) / pageSize));
    for (let part = 0; part < parts; part += 1)
      builder.add(await store.part(span, part, parts, Math.ceil(maxSessions / parts)));
    loadedAt = span.nowMs;
  };

  return {
    current: (): NextItems => next,
    /** @returns whether there is a new index */
    refresh: async (nowMs: number, isForced: boolean): Promise<boolean> => {
      const isReload = isForced || nowMs - loadedAt >= reloadMs;
      const span = { nowMs, fromMs: (await store.start(nowMs)) ?? nowMs };
      if (isReload) {
        await loadAll(span);
        waiting = 1;
      } else {
        const ended: readonly EndedSession[] = await store.since(lookedAt - overlapMs, span, maxNew);
        waiting += builder.add(ended);
      }
      lookedAt = nowMs;
      if (waiting === 0 || (!isReload && nowMs - builtAt < Math.min(longestWaitMs, buildTookMs / maxShare)))
        return false;
      const startedAt = deps.now();
      // Should it fail, the next look reads everything anew: the builder may have lost what it had.
      const before = loadedAt;
      loadedAt = Number.NEGATIVE_INFINITY;
      next = await builder.build(maxSessions);
      loadedAt = before;
      buildTookMs = deps.now() - startedAt;
      builtAt = nowMs;
      waiting = 0;
      logger.debug({ tookMs: buildTookMs, sessions: next.sessionCount }, "sessions indexed");
      return true;
    },
    close: () => builder.close(),
  };
}
