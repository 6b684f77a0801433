import { createNeighbourScores, type NeighbourSettings } from "./neighbour-scores.ts";
import { createSessionLog, type LearnedSession, type SessionLog } from "./session-log.ts";

/** A product with a score that compares within one answer only. */
export type ScoredItem = {
  readonly item: string;
  readonly score: number;
  /** The given item that speaks most for this one. */
  readonly because: string;
};

/** What is likely next after these items (oldest first, at most 20 count), best first; given items stay in. */
export type NextItems = {
  readonly sessionCount: number;
  /** @param limit default 100 */
  next(items: readonly string[], limit?: number): readonly ScoredItem[];
};

export const defaultSettings: NeighbourSettings = {
  maxCandidates: 2_500,
  sknn: { neighbours: 500, idfWeight: 1 },
  stan: {
    neighbours: 1_500,
    recencyDecay: 0.905,
    ageDecayDays: 100,
    distanceDecay: 0.45,
    stepsDecay: 1.81,
    idfWeight: 1,
  },
  purchaseWeight: 1.5,
};

/** Next items from similar past sessions. @param sessions oldest first */
export function createSessionNeighbours(sessions: readonly LearnedSession[], settings = defaultSettings): NextItems {
  return neighboursOf(createSessionLog(sessions), settings);
}

/** The same of a log that was made elsewhere, in a worker say. */
export function neighboursOf(log: SessionLog, settings = defaultSettings): NextItems {
  const scoresOf = createNeighbourScores(log, settings);
  return {
    sessionCount: log.sessionCount,
    next: (items, limit = 100) => {
      const scores = scoresOf(items.map(log.numbers.of));
      let [most, mostStan] = [Number.MIN_VALUE, Number.MIN_VALUE];
      const found = scores.items.subarray(0, scores.count);
      for (const item of found) {
        most = Math.max(most, scores.sknn[item] ?? 0);
        mostStan = Math.max(mostStan, scores.stan[item] ?? 0);
      }
      return Array.from(found, (item) => ({
        item: log.numbers.names[item] ?? "",
        score: (0.5 * (scores.sknn[item] ?? 0)) / most + (0.5 * (scores.stan[item] ?? 0)) / mostStan,
        because: log.numbers.names[scores.because[item] ?? -1] ?? "",
      }))
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    },
  };
}
