// Self-clocking group commit: while one commit is under way, everything that arrives gathers for the next one. A quiet
// server commits a single event at once; a busy one writes thousands of events a statement without any timer.

export type CommitGroup<T> = { readonly items: readonly T[] };

type Waiting<T> = {
  readonly item: T;
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

export type GroupCommit<T> = {
  /** Resolves after the commit that holds the item; rejects when that commit failed and nothing of it was stored. */
  readonly submit: (item: T, size: number) => Promise<void>;
  /** Size units submitted and not yet committed. */
  readonly backlog: () => number;
  /** Resolves when everything submitted so far has been decided. */
  readonly drained: () => Promise<void>;
};

/** @param maxGroupSize upper bound of the sum of sizes in one commit; a single larger item goes alone */
export function createGroupCommit<T>(
  commit: (items: readonly T[]) => Promise<void>,
  maxGroupSize: number,
): GroupCommit<T> {
  let waiting: Waiting<T>[] = [];
  let backlog = 0;
  let running: Promise<void> | undefined;

  const takeGroup = (): Waiting<T>[] => {
    let size = 0;
    let count = 0;
    for (const entry of waiting) {
      if (count > 0 && size + entry.size > maxGroupSize) break;
      size += entry.size;
      count += 1;
    }
    return waiting.splice(0, count);
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        await commit(group.map((entry) => entry.item));
        for (const entry of group) entry.resolve();
      } catch (error) {
        for (const entry of group) entry.reject(error);
      }
      for (const entry of group) backlog -= entry.size;
    }
    running = undefined;
  };

  return {
    submit: (item, size) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, size, resolve, reject });
        backlog += size;
        // Started a microtask later, so that requests parsed in the same turn share the first commit.
        running ??= Promise.resolve().then(run);
      }),
    backlog: () => backlog,
    drained: async () => {
      while (running) await running;
      waiting = [];
    },
  };
}
