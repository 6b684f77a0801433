import type { Logger } from "./logger.ts";

export type BatchLogOptions = {
  readonly write: (rows: readonly object[]) => Promise<void>;
  readonly logger: Logger;
  /** What is lost when a write fails, for the program's own log. */
  readonly what: string;
  /** Rows that may wait: a store that is away for long costs rows, never the program. */
  readonly maxWaiting: number;
  /** So many rows are written at once; fewer after a second. */
  readonly flushAt: number;
};

const flushMs = 1_000;

/** Gathers rows and writes them once a second. A full buffer drops the newest and counts them: what is logged never waits for its log. */
export function createBatchLog({ write, logger, what, maxWaiting, flushAt }: BatchLogOptions) {
  let waiting: object[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const rows = waiting;
    waiting = [];
    if (rows.length === 0) return writing;
    writing = writing
      .then(() => write(rows))
      .catch((error: unknown) => logger.error({ err: error, rows: rows.length }, `${what} lost`));
    return writing;
  };

  return {
    /** @param toRow is called only where the row is kept */
    log: (toRow: () => object): void => {
      if (waiting.length >= maxWaiting) {
        dropped += 1;
        return;
      }
      waiting.push(toRow());
      if (waiting.length >= flushAt) void flush();
      else timer ??= setTimeout(() => void flush(), flushMs).unref();
    },
    dropped: (): number => dropped,
    /** Writes what waits. May be repeated. */
    flush,
  };
}
