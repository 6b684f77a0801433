// Conditional logit: weights under which the items that were chosen are the likeliest of their candidates. Adam over batches drawn
// by seed, pulled towards the weights it starts from, so that a small log moves them little.
import { createRandom } from "../../kernel/index.ts";

/** One decision: rows of features, and which row was chosen. */
export type Choice = { readonly count: number; readonly chosen: number; readonly features: Float32Array };

const batchSize = 64;
const learningRate = 0.05;
const pull = 1e-4;
const epochs = 8;
const maxSteps = 1_000;

/** Standard deviation of each feature over all rows: steps of equal size in all directions. */
function scalesOf(choices: readonly Choice[], width: number): Float64Array {
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  let rows = 0;
  for (const { count, features } of choices) {
    rows += count;
    for (let at = 0; at < count * width; at += 1) {
      const value = features[at] ?? 0;
      sums[at % width] = (sums[at % width] ?? 0) + value;
      squares[at % width] = (squares[at % width] ?? 0) + value * value;
    }
  }
  return squares.map((square, feature) => {
    const variance = square / Math.max(1, rows) - ((sums[feature] ?? 0) / Math.max(1, rows)) ** 2;
    return variance > 1e-12 ? Math.sqrt(variance) : 1;
  });
}

/** Adds the gradient of −ln P(chosen). @param weights of the features as they are */
export function addGradient({ count, chosen, features }: Choice, weights: Float64Array, gradient: Float64Array): void {
  const width = weights.length;
  const scores = new Float64Array(count);
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let at = 0; at < width; at += 1) sum += (weights[at] ?? 0) * (features[row * width + at] ?? 0);
    scores[row] = sum;
    most = Math.max(most, sum);
  }
  let total = 0;
  for (let row = 0; row < count; row += 1) {
    scores[row] = Math.exp((scores[row] ?? 0) - most);
    total += scores[row] ?? 0;
  }
  for (let row = 0; row < count; row += 1) {
    const error = (scores[row] ?? 0) / total - (row === chosen ? 1 : 0);
    if (Math.abs(error) < 1e-5) continue;
    for (let at = 0; at < width; at += 1)
      gradient[at] = (gradient[at] ?? 0) + error * (features[row * width + at] ?? 0);
  }
}

/**
 * @param choices with `chosen` in 0 … `count` − 1
 * @param start where the weights begin and what they are pulled towards
 */
export function fitWeights(choices: readonly Choice[], start: Float64Array, seed = 1): Float64Array {
  const width = start.length;
  if (choices.length === 0) return start;
  const random = createRandom(seed);
  const scales = scalesOf(choices, width);
  const weights = start.slice();
  const [mean, spread] = [new Float64Array(width), new Float64Array(width)];
  const steps = Math.min(maxSteps, epochs * Math.ceil(choices.length / batchSize));
  for (let step = 1; step <= steps; step += 1) {
    const gradient = new Float64Array(width);
    for (let drawn = 0; drawn < batchSize; drawn += 1) {
      const choice = choices[Math.floor(random() * choices.length)];
      if (choice) addGradient(choice, weights, gradient);
    }
    const rate = learningRate * (1 - (step - 1) / steps);
    for (let at = 0; at < width; at += 1) {
      const scale = scales[at] ?? 1;
      const moved = ((weights[at] ?? 0) - (start[at] ?? 0)) * scale;
      const slope = (gradient[at] ?? 0) / batchSize / scale + pull * moved;
      mean[at] = 0.9 * (mean[at] ?? 0) + 0.1 * slope;
      spread[at] = 0.999 * (spread[at] ?? 0) + 0.001 * slope * slope;
      const size = Math.sqrt((spread[at] ?? 0) / (1 - 0.999 ** step)) + 1e-8;
      weights[at] = (weights[at] ?? 0) - (rate * (mean[at] ?? 0)) / (1 - 0.9 ** step) / size / scale;
    }
  }
  return weights;
}
