import type { Clock } from "../../kernel/index.ts";
import type { PopularRow } from "./store-popular.clickhouse.ts";

export type PopularQueriesDeps = {
  readonly read: (nowMs: number, limit: number) => Promise<readonly PopularRow[]>;
  /** Texts that are never suggested, normalised. */
  readonly isBlocked: (query: string) => boolean;
  /** Whether a text may name a person: addresses, phone and card numbers. */
  readonly looksPersonal: (query: string) => boolean;
  readonly clock: Clock;
};

const maxKept = 20_000;
/** Counting reads 90 days of searches. */
const everyMs = 30 * 60_000;

/** What shoppers search for, kept in memory to complete what is being typed. */
export function createPopularQueries({ read, isBlocked, looksPersonal, clock }: PopularQueriesDeps) {
  /** In order of text, so that what begins alike lies together. */
  let sorted: readonly PopularRow[] = [];
  let countedAt = Number.NEGATIVE_INFINITY;

  const firstFrom = (prefix: string): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.query ?? "") < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    /** Counts anew when the last count is half an hour old. */
    refresh: async (): Promise<void> => {
      const nowMs = clock.now();
      if (nowMs - countedAt < everyMs) return;
      const rows = await read(nowMs, maxKept);
      countedAt = nowMs;
      sorted = rows.filter(({ query }) => !looksPersonal(query)).sort((a, b) => (a.query < b.query ? -1 : 1));
    },

    /** The most popular queries that begin with a text in lower case, best first. */
    startingWith: (prefix: string, limit: number): readonly PopularRow[] => {
      const found: PopularRow[] = [];
      for (let at = firstFrom(prefix); at < sorted.length; at += 1) {
        const row = sorted[at];
        if (!row?.query.startsWith(prefix)) break;
        found.push(row);
      }
      found.sort((a, b) => b.weight - a.weight || (a.query < b.query ? -1 : 1));
      // Best first: what would not be shown is not compared with what is blocked.
      const shown: PopularRow[] = [];
      for (const row of found) {
        if (shown.length === limit) break;
        if (!isBlocked(row.query)) shown.push(row);
      }
      return shown;
    },
  };
}

export type PopularQueries = ReturnType<typeof createPopularQueries>;
