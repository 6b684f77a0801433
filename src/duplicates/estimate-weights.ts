// Learns the weights from the records themselves, without any pair known to be true: expectation-maximisation of the mixture
// in weights.ts over the pairs that blocking found. The chances of strangers come from random pairs, less the true pairs
// among them; blocking leaves out pairs that agree on nothing, which are strangers with certainty, so the shares are of all
// pairs, not of those compared. Few pairs cannot teach much: every count starts from the prior of fields.data.ts.
import type { PairComparison } from "./compare-pair.ts";
import { fields } from "./fields.data.ts";
import type { PairSample } from "./sample-pairs.ts";
import { fieldWeight, type LevelProbabilities, oddsOf, priorWeights, type Weights } from "./weights.ts";

/** Pairs whose worth the prior of a field has. */
const priorPairs = 20;
const priorStrangers = 2;
const maxRounds = 30;
const settled = 1e-3;
/** No level is impossible. */
const smallestShare = 1e-4;

const fieldCount = fields.length;
const levelCount = Math.max(...fields.map(({ levels }) => levels.length)) + 1;

type Observed = { readonly levels: Uint8Array; readonly chances: Float32Array; readonly size: number };

function observe(sample: PairSample, { compare, chance }: PairComparison): Observed {
  const size = sample.a.length;
  const levels = new Uint8Array(size * fieldCount);
  const chances = new Float32Array(size * fieldCount);
  for (let i = 0; i < size; i += 1) {
    const a = sample.a[i] ?? 0;
    const b = sample.b[i] ?? 0;
    compare(a, b, levels.subarray(i * fieldCount, (i + 1) * fieldCount));
    for (let f = 0; f < fieldCount; f += 1) {
      const level = levels[i * fieldCount + f] ?? 0;
      if (level > 0 && fields[f]?.levels[level - 1]?.exact) chances[i * fieldCount + f] = chance(f, level, a, b);
    }
  }
  return { levels, chances, size };
}

function countLevels({ levels, size }: Observed): Float64Array {
  const counts = new Float64Array(fieldCount * levelCount);
  for (let i = 0; i < size; i += 1)
    for (let f = 0; f < fieldCount; f += 1) {
      const at = f * levelCount + (levels[i * fieldCount + f] ?? 0);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  return counts;
}

type Expectation = { readonly counts: Float64Array; readonly matches: number; readonly households: number };

/** The expected number of true pairs, in all and by level, under the present weights. */
function expect({ levels, chances, size }: Observed, weights: Weights): Expectation {
  const counts = new Float64Array(fieldCount * levelCount);
  let matches = 0;
  let households = 0;
  for (let i = 0; i < size; i += 1) {
    let person = 0;
    let household = 0;
    for (let f = 0; f < fieldCount; f += 1) {
      const level = levels[i * fieldCount + f] ?? 0;
      if (level === 0) continue;
      const own = chances[i * fieldCount + f] ?? 0;
      const weight = fieldWeight(weights.match[f]?.[level] ?? 0, own > 0 ? own : (weights.chance[f]?.[level] ?? 1));
      person += weight;
      if (fields[f]?.shared) household += weight;
    }
    const odds = oddsOf(weights, person, household);
    const probability = odds.match / (odds.match + odds.other);
    matches += probability;
    households += odds.household / (odds.match + odds.other);
    for (let f = 0; f < fieldCount; f += 1) {
      const at = f * levelCount + (levels[i * fieldCount + f] ?? 0);
      counts[at] = (counts[at] ?? 0) + probability;
    }
  }
  return { counts, matches, households };
}

/** Shares of the levels of each field from their counts; the levels for missing parts follow from the others. */
function sharesOf(countAt: (field: number, level: number) => number): LevelProbabilities {
  return fields.map(({ levels }, f) => {
    const counts = levels.map((level, i) => (level.sumOf ? 0 : Math.max(0, countAt(f, i + 1))));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const shares = counts.map((count) => Math.max(smallestShare * smallestShare, count / total));
    const summed = levels.map(({ sumOf }, i) =>
      sumOf
        ? levels.reduce((sum, { code }, j) => sum + (sumOf.includes(code) ? (shares[j] ?? 0) : 0), 0)
        : (shares[i] ?? 0),
    );
    return [0, ...summed];
  });
}

/**
 * @param candidates pairs that blocking found, or a sample of them
 * @param random pairs of any two records
 * @param records how many there are
 */
export function estimateWeights(
  candidates: PairSample,
  random: PairSample,
  comparison: PairComparison,
  records: number,
): Weights {
  const observed = observe(candidates, comparison);
  const strangers = countLevels(observe(random, comparison));
  const pairs = Math.max(1, (records * (records - 1)) / 2);
  const perRandomPair = random.a.length / pairs;
  let weights = priorWeights(records);
  for (let round = 0; round < maxRounds; round += 1) {
    const { counts, matches, households } = expect(observed, weights);
    const match = sharesOf(
      (f, level) =>
        (counts[f * levelCount + level] ?? 0) * candidates.factor +
        priorPairs * (fields[f]?.levels[level - 1]?.prior ?? 0),
    );
    const chance = sharesOf(
      (f, level) =>
        (strangers[f * levelCount + level] ?? 0) -
        (counts[f * levelCount + level] ?? 0) * candidates.factor * perRandomPair +
        priorStrangers * (fields[f]?.levels[level - 1]?.chance ?? 0),
    );
    const matchShare = Math.min(0.5, (matches * candidates.factor + 1) / pairs);
    const householdShare = Math.min(0.5, (households * candidates.factor + 1) / pairs);
    const moved = Math.abs(Math.log(matchShare / weights.matchShare));
    weights = { match, chance, matchShare, householdShare };
    if (round > 2 && moved < settled) break;
  }
  return weights;
}
