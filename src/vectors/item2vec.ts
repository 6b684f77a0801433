// Products that are looked at in the same sessions get vectors that lie close to each other: skip-gram with negative sampling, a
// session in place of a sentence (ranking.md 3.1).
import { createRandom } from "../kernel/index.ts";
import { addScaled, dotProduct, normalise } from "./dot-products.ts";

export type SessionTable = {
  /** Session s viewed `views[viewStarts[s] .. viewStarts[s + 1])`, in order, and bought likewise; numbers of products. */
  readonly viewStarts: Uint32Array;
  readonly views: Uint32Array;
  readonly boughtStarts: Uint32Array;
  readonly bought: Uint32Array;
};

export type Item2VecSettings = {
  readonly size: number;
  readonly seed: number;
  /** Category of each product, as a number. */
  readonly categories: Uint32Array;
  readonly epochs?: number;
  /** Pairs that are learned in all; epochs are cut to fit. */
  readonly maxPairs?: number;
};

export type ItemVectors = {
  /** One run of `size` numbers a product, one long; zero for products without a session. */
  readonly vectors: Float32Array;
  /** Views and purchases by product. */
  readonly counts: Uint32Array;
  readonly epochs: number;
};

export const itemDimensions = 64;
const window = 20;
const negatives = 10;
const categoryNegatives = 5;
const subsample = 1e-3;
const [firstRate, lastRate] = [0.025, 0.0001];
const defaultEpochs = 10;
/** A young shop has few sessions: ten passes over them would leave every vector where it began. */
const [leastPairs, mostEpochs] = [500_000, 200];
/** About a minute of one processor. */
const defaultMaxPairs = 20_000_000;
const drawTable = 1 << 20;
const [sigmoidReach, sigmoidSteps] = [6, 1_024];

const sigmoids = Float32Array.from(
  { length: sigmoidSteps + 1 },
  (_, at) => 1 / (1 + Math.exp(sigmoidReach - (2 * sigmoidReach * at) / sigmoidSteps)),
);

function sigmoid(value: number): number {
  if (value >= sigmoidReach) return 1;
  if (value <= -sigmoidReach) return 0;
  return sigmoids[Math.round(((value + sigmoidReach) * sigmoidSteps) / (2 * sigmoidReach))] as number; // within the table
}

function countItems({ views, bought }: SessionTable, items: number): Uint32Array {
  const counts = new Uint32Array(items);
  for (const item of views) counts[item] = (counts[item] ?? 0) + 1;
  for (const item of bought) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

/** A table in which each product has room in proportion to count^0.75. */
function drawsOf(counts: Uint32Array, members: readonly number[], size: number): Uint32Array {
  const shares = members.map((item) => (counts[item] ?? 0) ** 0.75);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const draws = new Uint32Array(total === 0 ? 0 : size);
  let [at, reached] = [0, 0];
  for (const [number, item] of members.entries()) {
    reached += shares[number] ?? 0;
    const end = Math.min(size, Math.round((reached / total) * size));
    if (total > 0) draws.fill(item, at, end);
    at = end;
  }
  return draws;
}

function drawsByCategory(counts: Uint32Array, categories: Uint32Array): ReadonlyMap<number, Uint32Array> {
  const members = new Map<number, number[]>();
  for (let item = 0; item < counts.length; item += 1) {
    if (counts[item] === 0) continue;
    const category = categories[item] ?? 0;
    const own = members.get(category);
    if (own) own.push(item);
    else members.set(category, [item]);
  }
  // One product alone has no neighbours to be told apart from.
  return new Map(
    [...members].flatMap(([category, own]) =>
      own.length < 2 ? [] : [[category, drawsOf(counts, own, Math.min(10_000, own.length * 20))] as const],
    ),
  );
}

/** Pairs of one pass before any view is left out. */
function pairsOf({ viewStarts, boughtStarts }: SessionTable): number {
  let pairs = 0;
  for (let session = 0; session < viewStarts.length - 1; session += 1) {
    const views = (viewStarts[session + 1] ?? 0) - (viewStarts[session] ?? 0);
    const bought = (boughtStarts[session + 1] ?? 0) - (boughtStarts[session] ?? 0);
    pairs += views * (Math.min(views - 1, window) + bought);
  }
  return pairs;
}

function createLearner(counts: Uint32Array, settings: Item2VecSettings, random: () => number) {
  const { size, categories } = settings;
  const items = counts.length;
  const vectors = Float32Array.from({ length: items * size }, () => (random() - 0.5) / size);
  const contexts = new Float32Array(items * size);
  const all = drawsOf(counts, Array.from(counts.keys()), drawTable);
  const near = drawsByCategory(counts, categories);
  const change = new Float32Array(size);

  const push = (item: number, context: number, wanted: 0 | 1, rate: number): void => {
    const step = rate * (wanted - sigmoid(dotProduct(vectors, item * size, contexts, context * size, size)));
    addScaled(change, 0, contexts, context * size, step, size);
    addScaled(contexts, context * size, vectors, item * size, step, size);
  };
  const pushAway = (item: number, context: number, from: Uint32Array, count: number, rate: number): void => {
    for (let draw = 0; draw < count; draw += 1) {
      const other = from[Math.floor(random() * from.length)] as number; // below its length
      if (other !== item && other !== context) push(item, other, 0, rate);
    }
  };
  return {
    vectors,
    learn: (item: number, context: number, rate: number): void => {
      change.fill(0);
      push(item, context, 1, rate);
      pushAway(item, context, all, negatives, rate);
      const neighbours = near.get(categories[item] ?? 0);
      if (neighbours) pushAway(item, context, neighbours, categoryNegatives, rate);
      addScaled(vectors, item * size, change, 0, 1, size);
    },
  };
}

/** Takes away what all vectors have in common: negative sampling moves all of them one way, and cosines would be near 1. */
function centre(vectors: Float32Array, counts: Uint32Array, size: number): void {
  const mean = new Float32Array(size);
  const known = counts.reduce((sum, count) => sum + Number(count > 0), 0);
  for (let item = 0; item < counts.length; item += 1)
    if (counts[item] !== 0) addScaled(mean, 0, vectors, item * size, 1 / known, size);
  for (let item = 0; item < counts.length; item += 1)
    if (counts[item] !== 0) addScaled(vectors, item * size, mean, 0, -1, size);
}

/** @param items number of products; their numbers are below it */
export function learnItemVectors(sessions: SessionTable, items: number, settings: Item2VecSettings): ItemVectors {
  const { size, seed, epochs: wanted = defaultEpochs, maxPairs = defaultMaxPairs } = settings;
  const random = createRandom(seed);
  const counts = countItems(sessions, items);
  const perEpoch = pairsOf(sessions);
  const enough = Math.min(mostEpochs, Math.ceil(leastPairs / Math.max(1, perEpoch)));
  const epochs = Math.max(1, Math.min(Math.max(wanted, enough), Math.floor(maxPairs / Math.max(1, perEpoch))));
  const { viewStarts, views, boughtStarts, bought } = sessions;
  const total = views.length;
  const learner = createLearner(counts, settings, random);
  const keep = Float32Array.from(counts, (count) => {
    const share = count / Math.max(1, total);
    return share === 0 ? 0 : Math.sqrt(subsample / share) + subsample / share;
  });
  const planned = Math.max(1, Math.min(perEpoch * epochs, maxPairs));
  const kept: number[] = [];
  let pairs = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (let session = 0; session < viewStarts.length - 1 && pairs < maxPairs; session += 1) {
      const rate = Math.max(lastRate, firstRate - ((firstRate - lastRate) * pairs) / planned);
      kept.length = 0;
      for (let at = viewStarts[session] ?? 0; at < (viewStarts[session + 1] ?? 0); at += 1) {
        const item = views[at] ?? 0;
        if (random() < (keep[item] ?? 0)) kept.push(item);
      }
      const half = window >> 1;
      for (const [at, item] of kept.entries()) {
        const from = kept.length <= window ? 0 : Math.max(0, at - half);
        const to = kept.length <= window ? kept.length : Math.min(kept.length, at + half + 1);
        for (let other = from; other < to; other += 1) {
          const context = kept[other] ?? 0;
          if (context !== item) learner.learn(item, context, rate);
        }
        for (let other = boughtStarts[session] ?? 0; other < (boughtStarts[session + 1] ?? 0); other += 1) {
          const context = bought[other] ?? 0;
          if (context !== item) learner.learn(item, context, rate);
        }
      }
      const views0 = (viewStarts[session + 1] ?? 0) - (viewStarts[session] ?? 0);
      pairs +=
        views0 * (Math.min(views0 - 1, window) + (boughtStarts[session + 1] ?? 0) - (boughtStarts[session] ?? 0));
    }
  }
  centre(learner.vectors, counts, size);
  for (let item = 0; item < items; item += 1) {
    if (counts[item] === 0) learner.vectors.fill(0, item * size, (item + 1) * size);
    else normalise(learner.vectors, item * size, size);
  }
  return { vectors: learner.vectors, counts, epochs };
}
