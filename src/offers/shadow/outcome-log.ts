// Outcomes and counts on their way to the stores, once a second. A store that is away keeps them waiting, up to a bound; an outcome that
// is written twice counts once.
import type { Logger } from "../../kernel/index.ts";
import type { CartRow } from "./cart-row.ts";
import { type Coverage, type CoverageName, coverageNames } from "./shadow-run.ts";

export type OutcomeLogDeps = {
  readonly write: (rows: readonly CartRow[]) => Promise<void>;
  readonly count: (runId: string, added: Coverage) => Promise<void>;
  readonly logger: Logger;
};

const maxWaiting = 5_000;
const flushAt = 1_000;
const flushMs = 1_000;

type Waiting = { readonly runId: string; readonly row: CartRow };

export function createOutcomeLog({ write, count, logger }: OutcomeLogDeps) {
  const rows = new Map<string, Waiting>();
  const counts = new Map<string, Record<CoverageName, number>>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;
  let isFlushing = false;
  /** The last write failed: the next one waits its second. */
  let isAway = false;

  const later = (): void => {
    if (!isClosed) timer ??= setTimeout(() => void flush(), flushMs).unref();
  };
  const add = (runId: string, name: CoverageName, n = 1): void => {
    let of = counts.get(runId);
    if (!of) {
      of = { seen: 0, judged: 0, superseded: 0, dropped: 0, failed: 0 };
      counts.set(runId, of);
    }
    of[name] += n;
    later();
  };
  const writeRows = async (): Promise<void> => {
    const taken = [...rows];
    rows.clear();
    if (taken.length === 0) return;
    try {
      await write(taken.map(([, { row }]) => row));
      isAway = false;
      for (const [, { runId }] of taken) add(runId, "judged");
    } catch (error) {
      isAway = true;
      logger.warn({ err: error, rows: taken.length }, "outcomes of shadow runs wait: they could not be written");
      for (const [key, waiting] of taken) {
        if (rows.has(key)) add(waiting.runId, "superseded");
        else if (rows.size < maxWaiting) rows.set(key, waiting);
        else add(waiting.runId, "dropped");
      }
      later();
    }
  };
  const writeCounts = async (): Promise<void> => {
    for (const [runId, added] of [...counts]) {
      counts.delete(runId);
      try {
        await count(runId, added);
      } catch (error) {
        logger.warn({ err: error, shadowId: runId }, "counts of a shadow run wait: they could not be written");
        for (const name of coverageNames) add(runId, name, added[name]);
      }
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    isFlushing = true;
    writing = writing
      .then(writeRows)
      .then(writeCounts)
      .finally(() => {
        isFlushing = false;
      });
    return writing;
  };

  return {
    count: add,
    /** Keeps an outcome; of one cart the last. */
    keep: (runId: string, cartKey: string, row: CartRow): void => {
      const key = `${runId} ${cartKey}`;
      if (rows.has(key)) add(runId, "superseded");
      else if (rows.size >= maxWaiting) {
        add(runId, "dropped");
        return;
      }
      rows.set(key, { runId, row });
      if (rows.size >= flushAt && !isFlushing && !isAway) void flush();
      else later();
    },
    /** Writes what waits. Never fails. */
    flush,
    /** Writes what waits, once; what cannot be written is lost. */
    close: async (): Promise<void> => {
      isClosed = true;
      await flush();
      if (rows.size > 0) logger.error({ rows: rows.size }, "outcomes of shadow runs lost");
    },
  };
}

export type OutcomeLog = ReturnType<typeof createOutcomeLog>;
