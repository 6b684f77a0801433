// What waits to be judged after its answer. Judging takes part of the thread that answers, so that it is done in short turns with longer
// rests between; under pressure the queue fills, and what finds it full is dropped.
import { setImmediate as nextTurn, setTimeout as rest } from "node:timers/promises";

export type CartQueueOptions<T> = {
  /** Carts that may wait. */
  readonly limit: number;
  /** Judges one; calls `pause` between pieces of work. It must not fail. */
  readonly judge: (item: T, pause: () => Promise<void>) => Promise<void>;
  readonly onDrop: (item: T) => void;
  /** The same cart came again before its turn: its newest state counts. */
  readonly onSupersede: (item: T) => void;
};

/** One turn of judging; an answer that comes meanwhile waits for it and for the piece of work that is under way. */
const turnMs = 4;
/** Rests are so many times as long: judging takes at most a quarter of the thread. */
const restRatio = 3;

export function createCartQueue<T>({ limit, judge, onDrop, onSupersede }: CartQueueOptions<T>) {
  const waiting = new Map<string, T>();
  let running: Promise<void> | undefined;
  let isClosed = false;

  const run = async (): Promise<void> => {
    await nextTurn();
    let begunAt = performance.now();
    const pause = async (): Promise<void> => {
      const worked = performance.now() - begunAt;
      if (worked < turnMs) return;
      // What waits at the end is dropped: nobody waits for a rest.
      if (isClosed) await nextTurn();
      else await rest(worked * restRatio, undefined, { ref: false });
      begunAt = performance.now();
    };
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [key, item] = next.value;
      waiting.delete(key);
      await judge(item, pause);
      await pause();
    }
  };

  const start = (): void => {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.size > 0) start();
    });
  };

  const dropAll = (): void => {
    for (const item of waiting.values()) onDrop(item);
    waiting.clear();
  };

  return {
    /** Never waits. @param key of the cart: what waits of it already is superseded */
    add: (key: string, item: T): void => {
      const before = waiting.get(key);
      if (before !== undefined) {
        onSupersede(before);
        waiting.set(key, item);
        return;
      }
      if (isClosed || waiting.size >= limit) {
        onDrop(item);
        return;
      }
      waiting.set(key, item);
      start();
    },
    /** Resolves when nothing waits and nothing is under way. */
    settled: async (): Promise<void> => {
      while (running) await running;
    },
    /** Drops what waits, and ends what is under way. */
    close: async (): Promise<void> => {
      isClosed = true;
      dropAll();
      while (running) await running;
    },
  };
}

export type CartQueue<T> = ReturnType<typeof createCartQueue<T>>;
