import { toScored } from "./item-weights.ts";
import { createNeighbourScores, type NeighbourSettings } from "./neighbour-scores.ts";
import type { NextItems } from "./scored-item.ts";
import type { SessionLog } from "./session-log.ts";

const defaults: NeighbourSettings = {
  maxCandidates: 1_000,
  sknn: { neighbours: 100, idfWeight: 1 },
  stan: {
    neighbours: 1_000,
    recencyDecay: 0.905,
    ageDecayDays: 100,
    distanceDecay: 0.45,
    stepsDecay: 1.81,
    idfWeight: 1,
  },
  purchaseWeight: 1.5,
};

/** V-SKNN or V-STAN by themselves, as ranking.md 5.1 has them: what the shipped learner is compared with. */
export function createSessionNeighbours(log: SessionLog, method: "sknn" | "stan", settings = defaults): NextItems {
  const scoresOf = createNeighbourScores(log, settings);
  return {
    sessionCount: log.sessionCount,
    next: (items, limit = 100) => {
      const scores = scoresOf(items.map(log.numbers.of));
      const sums = new Map<number, number>();
      for (const item of scores.items.subarray(0, scores.count)) sums.set(item, scores[method][item] ?? 0);
      return toScored(sums, log.numbers, limit, (item) => log.numbers.names[scores.because[item] ?? -1] ?? "");
    },
  };
}
