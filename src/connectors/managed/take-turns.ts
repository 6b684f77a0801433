// Work of many connections side by side: each has one turn at a time, so that one that is away delays none of the others.
import type { Logger } from "../../kernel/index.ts";

export type TurnsDeps = {
  /** What takes turns, in the plural, as the log names it. */
  readonly name: string;
  readonly logger: Logger;
  /** Factor of every wait. */
  readonly pace: number;
  /** Reads what there is: each second, after each turn, and when told that something has changed. */
  readonly refresh: () => Promise<void>;
  /** Ids of those that have something to do now, and what else belongs to a look around. */
  readonly look: () => Promise<readonly string[]>;
  readonly turn: (id: string, signal: AbortSignal) => Promise<void>;
};

const tickMs = 500;
const refreshMs = 1_000;
const stopGraceMs = 2_000;

export function takeTurns({ name, logger, pace, refresh, look, turn }: TurnsDeps) {
  const turns = new Map<string, Promise<void>>();
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let loop: Promise<void> | undefined;
  let wake: () => void = () => undefined;
  let stopping = new AbortController();
  let isStopping = false;

  const refreshNow = async (): Promise<void> => {
    await refresh();
    refreshedAt = performance.now();
  };
  const startTurn = (id: string): void => {
    if (turns.has(id)) return;
    const running = turn(id, stopping.signal)
      .catch((error: unknown) => logger.error({ err: error, id }, `a turn failed: ${name}`))
      .finally(() => {
        turns.delete(id);
        // How far it came, and whether it goes on, is known after the next look.
        refreshedAt = Number.NEGATIVE_INFINITY;
      });
    turns.set(id, running);
  };
  const tick = async (): Promise<void> => {
    if (performance.now() - refreshedAt >= refreshMs * pace) await refreshNow();
    for (const id of await look()) startTurn(id);
  };
  const work = async (): Promise<void> => {
    while (!isStopping) {
      await tick().catch((error: unknown) => logger.error({ err: error }, `${name} stumble`));
      if (isStopping) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, tickMs * pace);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  return {
    refresh: refreshNow,
    /** What is there is read again, now if the work is under way. */
    changed: (): void => {
      refreshedAt = Number.NEGATIVE_INFINITY;
      wake();
    },
    /** There may be something to do. */
    wake: (): void => wake(),
    isWorking: (): boolean => loop !== undefined,
    isTakingTurn: (id: string): boolean => turns.has(id),
    start: (): void => {
      if (loop) return;
      stopping = new AbortController();
      isStopping = false;
      loop = work();
    },
    /** Ends after the requests under way, or their abort after 2 s; what was not confirmed is done again by the next start. */
    stop: async (): Promise<void> => {
      isStopping = true;
      wake();
      await loop;
      const abort = setTimeout(() => stopping.abort(), stopGraceMs * pace);
      await Promise.allSettled(turns.values());
      clearTimeout(abort);
      stopping.abort();
      loop = undefined;
    },
  };
}
