// iALS++ (ranking.md 5.4): a vector for each person and item, so that their product is 1 where the person did something with the
// item, the surer the more, and 0 elsewhere. It minimises
//   Σ_obs c (1 − uᵀv)² + α0 Σ_all (uᵀv)² + λ Σ_u (|obs_u| + α0 |I|)^ν |u|² + λ Σ_i (|obs_i| + α0 |U|)^ν |v|²,  c = the value,
// by exact steps on blocks of dimensions: person by person, then item by item. Float32 vectors, Float64 sums.
import { createRandom, drawNormal } from "../../kernel/index.ts";
import { type PersonItems, personCountOf, transpose } from "./person-items.ts";
import { solvePositive } from "./solve-positive.ts";

export type IalsSettings = {
  readonly dimensions: number;
  /** λ: how much long vectors cost. */
  readonly regularisation: number;
  /** α0: weight of what nobody did. */
  readonly unobserved: number;
  /** ν: 1 = the cost grows with how much is known of a person or item, 0 = it is the same for all. */
  readonly frequencyScale: number;
  readonly epochs: number;
  /** Dimensions solved for at once. */
  readonly block: number;
  readonly seed: number;
};

const defaults: IalsSettings = {
  dimensions: 64,
  regularisation: 0.003,
  unobserved: 0.1,
  frequencyScale: 1,
  epochs: 16,
  block: 128,
  seed: 1,
};

/** Vectors by rows; row r is at `r * dimensions`. */
export type Vectors = Float32Array;

/** What one side of the steps reads of the other. */
type Side = { readonly vectors: Vectors; readonly count: number; readonly gram: Float64Array };

/** What is needed to fold somebody in and to score. Plain data: a worker can hand it over. */
export type LearnedIals = {
  readonly settings: IalsSettings;
  readonly items: Vectors;
  readonly itemCount: number;
  /** Σ_i v vᵀ, dimensions². */
  readonly gram: Float64Array;
};

/** Σ over all rows of v vᵀ. */
export function gramOf(vectors: Vectors, dimensions: number): Float64Array {
  const gram = new Float64Array(dimensions * dimensions);
  for (let row = 0; row < vectors.length; row += dimensions) {
    for (let a = 0; a < dimensions; a += 1) {
      const value = vectors[row + a] ?? 0;
      const start = a * dimensions;
      for (let b = 0; b <= a; b += 1) gram[start + b] = (gram[start + b] ?? 0) + value * (vectors[row + b] ?? 0);
    }
  }
  for (let a = 0; a < dimensions; a += 1)
    for (let b = 0; b < a; b += 1) gram[b * dimensions + a] = gram[a * dimensions + b] ?? 0;
  return gram;
}

function dot(a: Vectors, atA: number, b: Vectors, atB: number, length: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let k = 0;
  // Four sums at once do not wait for each other.
  for (; k + 3 < length; k += 4) {
    first += (a[atA + k] ?? 0) * (b[atB + k] ?? 0);
    second += (a[atA + k + 1] ?? 0) * (b[atB + k + 1] ?? 0);
    third += (a[atA + k + 2] ?? 0) * (b[atB + k + 2] ?? 0);
    fourth += (a[atA + k + 3] ?? 0) * (b[atB + k + 3] ?? 0);
  }
  for (; k < length; k += 1) first += (a[atA + k] ?? 0) * (b[atB + k] ?? 0);
  return first + second + third + fourth;
}

/** Work space of the steps, made once. */
function createSteps(settings: IalsSettings) {
  const { dimensions, regularisation, unobserved, frequencyScale } = settings;
  const block = Math.min(settings.block, dimensions);
  const matrix = new Float64Array(block * block);
  const step = new Float64Array(block);

  /** Curvature and slope of the loss in the dimensions from `from`, for one row. */
  const fill = (row: Vectors, at: number, from: number, width: number, other: Side, cost: number): void => {
    for (let a = 0; a < width; a += 1) {
      const ofGram = (from + a) * dimensions;
      for (let b = 0; b <= a; b += 1) matrix[a * width + b] = unobserved * (other.gram[ofGram + from + b] ?? 0);
      matrix[a * width + a] = (matrix[a * width + a] ?? 0) + cost;
      let slope = cost * (row[at + from + a] ?? 0);
      for (let k = 0; k < dimensions; k += 1) slope += unobserved * (other.gram[ofGram + k] ?? 0) * (row[at + k] ?? 0);
      step[a] = -slope;
    }
  };
  const addObserved = (vectors: Vectors, at: number, width: number, weight: number, error: number): void => {
    for (let a = 0; a < width; a += 1) {
      const value = weight * (vectors[at + a] ?? 0);
      step[a] = (step[a] ?? 0) + value * error;
      const start = a * width;
      for (let b = 0; b <= a; b += 1) matrix[start + b] = (matrix[start + b] ?? 0) + value * (vectors[at + b] ?? 0);
    }
  };

  /** Moves the row at `at` of `rows` to the best place, block by block. */
  const move = (rows: Vectors, at: number, indexes: Int32Array, values: Float32Array, other: Side): void => {
    const cost = regularisation * (indexes.length + unobserved * other.count) ** frequencyScale;
    for (let from = 0; from < dimensions; from += block) {
      const width = Math.min(block, dimensions - from);
      fill(rows, at, from, width, other, cost);
      for (const [n, index] of indexes.entries()) {
        const error = 1 - dot(rows, at, other.vectors, index * dimensions, dimensions);
        addObserved(other.vectors, index * dimensions + from, width, values[n] ?? 0, error);
      }
      solvePositive(matrix, step, width);
      for (let k = 0; k < width; k += 1) rows[at + from + k] = (rows[at + from + k] ?? 0) + (step[k] ?? 0);
    }
  };
  return { move };
}

/** Numbers of a normal distribution (Box-Muller). */
function randomVectors(count: number, dimensions: number, random: () => number): Vectors {
  const scale = 0.1 / Math.sqrt(dimensions);
  return Float32Array.from({ length: count * dimensions }, () => scale * drawNormal(random));
}

/**
 * Learns vectors; repeatable by seed.
 *
 * @param afterEpoch sees the vectors as they are
 */
export function learnIals(
  people: PersonItems,
  given: Partial<IalsSettings> = {},
  afterEpoch: (people: Vectors, items: Vectors) => void = () => undefined,
): LearnedIals {
  const settings = { ...defaults, ...given };
  const { dimensions, epochs, seed } = settings;
  const random = createRandom(seed);
  const [personCount, { itemCount }] = [personCountOf(people), people];
  const ofPeople = randomVectors(personCount, dimensions, random);
  const ofItems = randomVectors(itemCount, dimensions, random);
  const items = transpose(people);
  const { move } = createSteps(settings);
  const moveAll = (table: PersonItems, rows: Vectors, other: Side): void => {
    for (let row = 0; row < personCountOf(table); row += 1) {
      const [start, end] = [table.starts[row] ?? 0, table.starts[row + 1] ?? 0];
      move(rows, row * dimensions, table.items.subarray(start, end), table.values.subarray(start, end), other);
    }
  };
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    moveAll(people, ofPeople, { vectors: ofItems, count: itemCount, gram: gramOf(ofItems, dimensions) });
    moveAll(items, ofItems, { vectors: ofPeople, count: personCount, gram: gramOf(ofPeople, dimensions) });
    afterEpoch(ofPeople, ofItems);
  }
  return { settings, items: ofItems, itemCount, gram: gramOf(ofItems, dimensions) };
}

/**
 * The vector of somebody who was not there: one exact step from nothing.
 *
 * @param indexes items, each once
 * @param values how much, as in training
 */
export function foldIn(model: LearnedIals, indexes: Int32Array, values: Float32Array): Vectors {
  const { settings, items, itemCount, gram } = model;
  const vector = new Float32Array(settings.dimensions);
  const { move } = createSteps({ ...settings, block: settings.dimensions });
  move(vector, 0, indexes, values, { vectors: items, count: itemCount, gram });
  return vector;
}

/** uᵀv of every item. */
export function scoresOf({ items, itemCount, settings: { dimensions } }: LearnedIals, vector: Vectors): Float32Array {
  const scores = new Float32Array(itemCount);
  for (let item = 0; item < itemCount; item += 1) scores[item] = dot(vector, 0, items, item * dimensions, dimensions);
  return scores;
}
