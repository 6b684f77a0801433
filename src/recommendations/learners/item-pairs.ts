import type { SessionLog } from "./session-log.ts";

/**
 * What each item leads to: the heaviest entries of row i are `pairItems[pairStarts[i] … pairStarts[i + 1]]`. A weight is
 * (sessions with both + Σ 1 / steps from i to the other) / (sessions with i + 1).
 */
export type ItemPairs = {
  readonly pairStarts: Int32Array;
  readonly pairItems: Int32Array;
  readonly pairWeights: Float32Array;
};

const keptPairs = 50;
const maxSteps = 10;
/** An item of a session counts beside so many before and after it. */
const maxReach = 30;

/** Row by row over the sessions of an item, so that the counts of one row are all there is to hold. */
export function learnPairs(log: SessionLog): ItemPairs {
  const size = log.numbers.names.length;
  const sums = new Float32Array(size);
  const touched = new Int32Array(size);
  const pairStarts = new Int32Array(size + 1);
  const pairItems = new Int32Array(size * keptPairs);
  const pairWeights = new Float32Array(size * keptPairs);
  for (let item = 0; item < size; item += 1) {
    let count = 0;
    const [first, end] = [log.postingStarts[item] ?? 0, log.postingStarts[item + 1] ?? 0];
    for (let posting = first; posting < end; posting += 1) {
      const session = log.postings[posting] ?? 0;
      const [start, stop] = [log.starts[session] ?? 0, log.starts[session + 1] ?? 0];
      let own = start;
      while (own < stop - 1 && log.items[own] !== item) own += 1;
      const last = Math.min(stop, own + maxReach + 1);
      for (let entry = Math.max(start, own - maxReach); entry < last; entry += 1) {
        if (entry === own) continue;
        const other = log.items[entry] ?? 0;
        if (sums[other] === 0) {
          touched[count] = other;
          count += 1;
        }
        const steps = (log.places[entry] ?? 0) - (log.places[own] ?? 0);
        sums[other] = (sums[other] ?? 0) + 1 + (steps > 0 && steps <= maxSteps ? 1 / steps : 0);
      }
    }
    const best = touched.slice(0, count).sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b);
    let at = pairStarts[item] ?? 0;
    for (const other of best.subarray(0, keptPairs)) {
      pairItems[at] = other;
      pairWeights[at] = (sums[other] ?? 0) / (end - first + 1);
      at += 1;
    }
    pairStarts[item + 1] = at;
    for (const other of best) sums[other] = 0;
  }
  const total = pairStarts[size] ?? 0;
  return { pairStarts, pairItems: pairItems.slice(0, total), pairWeights: pairWeights.slice(0, total) };
}
