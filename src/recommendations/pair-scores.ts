// Which products go together: lift-shrunk conditional probability, shown only when the pair is frequent enough and far
// enough from chance (ranking.md 5.2). Counts of baskets decide whether, decayed weights decide how high.
import { setImmediate } from "node:timers/promises";

/** How often something happened: `n` baskets, `w` their decayed weight. */
export type Count = { readonly n: number; readonly w: number };
export type PairCount = Count & { readonly a: string; readonly b: string };

export type Neighbour = {
  readonly sku: string;
  /** P(b | a), shrunk towards P(b); 0 to 1. */
  readonly score: number;
  /** Baskets with both. */
  readonly support: number;
  readonly lift: number;
};

export type PairCounts = {
  readonly total: Count;
  /** How often each product occurs as `a`. */
  readonly items: ReadonlyMap<string, Count>;
  /** How often each occurs as `b`, where that is counted apart; default: as `items`. */
  readonly targets?: ReadonlyMap<string, Count>;
  readonly pairs: readonly PairCount[];
};

const shrinkage = 20;
export const minSupport = 3;
/** χ² with one degree of freedom at p = 0.001. */
const minLogLikelihoodRatio = 10.83;
const keptNeighbours = 50;

function entropyTerm(observed: number, expected: number): number {
  return observed > 0 && expected > 0 ? observed * Math.log(observed / expected) : 0;
}

/** Log-likelihood ratio G² of a 2×2 table: `both` of `total` baskets hold a and b, `a` and `b` hold one of them. */
export function logLikelihoodRatio(both: number, a: number, b: number, total: number): number {
  const [onlyA, onlyB, none] = [a - both, b - both, total - a - b + both];
  const sum =
    entropyTerm(both, (a * b) / total) +
    entropyTerm(onlyA, (a * (total - b)) / total) +
    entropyTerm(onlyB, ((total - a) * b) / total) +
    entropyTerm(none, ((total - a) * (total - b)) / total);
  return 2 * sum;
}

function scoreOf({ a, b, n, w }: PairCount, { total, items, targets = items }: PairCounts): Neighbour | undefined {
  const [countA, countB] = [items.get(a), targets.get(b)];
  if (!countA || !countB || a === b || n < minSupport) return undefined;
  const lift = (n * total.n) / (countA.n * countB.n);
  // G² is as large for pairs that avoid each other.
  if (lift <= 1 || logLikelihoodRatio(n, countA.n, countB.n, total.n) < minLogLikelihoodRatio) return undefined;
  const share = total.w > 0 ? countB.w / total.w : 0;
  return { sku: b, score: (w + shrinkage * share) / (countA.w + shrinkage), support: n, lift };
}

/** The work in steps: who has others to serve rests between them. */
function* scoring(counts: PairCounts): Generator<undefined, ReadonlyMap<string, readonly Neighbour[]>> {
  const byItem = new Map<string, Neighbour[]>();
  for (const pair of counts.pairs) {
    const neighbour = scoreOf(pair, counts);
    const list = byItem.get(pair.a);
    if (neighbour && list) list.push(neighbour);
    else if (neighbour) byItem.set(pair.a, [neighbour]);
    yield;
  }
  for (const [sku, list] of byItem) {
    list.sort((x, y) => y.score - x.score || y.lift - x.lift || (x.sku < y.sku ? -1 : 1));
    byItem.set(sku, list.slice(0, keptNeighbours));
    yield;
  }
  return byItem;
}

const stepsOfSlice = 500;
const sliceMs = 5;

/** @returns for each product the products that go with it, best first, at most 50 */
export function scorePairs(counts: PairCounts): ReadonlyMap<string, readonly Neighbour[]> {
  const work = scoring(counts);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** As `scorePairs`, resting every 5 ms: 600,000 pairs take half a second, and requests must not wait for it. */
export async function scorePairsInSlices(counts: PairCounts): Promise<ReadonlyMap<string, readonly Neighbour[]>> {
  const work = scoring(counts);
  let sliceAt = performance.now();
  for (let step = 1; ; step += 1) {
    const { done, value } = work.next();
    if (done) return value;
    if (step % stepsOfSlice !== 0 || performance.now() - sliceAt < sliceMs) continue;
    await setImmediate();
    sliceAt = performance.now();
  }
}
