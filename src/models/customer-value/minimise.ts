// Quasi-Newton descent (BFGS with a backtracking line search) for a handful of parameters. Deterministic: no random start.

/** The objective and its gradient at a point. A value that is not finite marks a point out of bounds. */
export type Evaluation = { readonly value: number; readonly gradient: readonly number[] };
export type Objective = (point: readonly number[]) => Evaluation;

export type Minimum = {
  readonly point: readonly number[];
  readonly value: number;
  /** Whether the gradient vanished or further steps gained nothing. */
  readonly converged: boolean;
  readonly iterations: number;
};

const maxIterations = 300;
const gradientTolerance = 1e-8;
/** On a ridge the value hardly falls while the gradient never vanishes: so many steps in a row that gain less end the search. */
const flatGain = 1e-10;
const flatSteps = 5;
/** Parameters are logarithms: one step changes none by more than a factor of 7. */
const maxStep = 2;
const maxHalvings = 40;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, each, i) => sum + each * (b[i] ?? 0), 0);
const largest = (a: readonly number[]): number => a.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

function identityMatrix(size: number): number[][] {
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)),
  );
}

/** The inverse Hessian after a step that changed the gradient by `change`. */
function updated(inverse: number[][], step: readonly number[], change: readonly number[]): number[][] {
  const curvature = dot(step, change);
  // A step along which the function does not bend upwards says nothing of use.
  if (curvature <= 1e-14) return inverse;
  const times = inverse.map((row) => dot(row, change));
  const factor = (1 + dot(change, times) / curvature) / curvature;
  return inverse.map((row, i) =>
    row.map((cell, j) => {
      const [stepI = 0, stepJ = 0, timesI = 0, timesJ = 0] = [step[i], step[j], times[i], times[j]];
      return cell + factor * stepI * stepJ - (timesI * stepJ + stepI * timesJ) / curvature;
    }),
  );
}

function lineSearch(objective: Objective, point: readonly number[], at: Evaluation, direction: readonly number[]) {
  const slope = dot(direction, at.gradient);
  let scale = Math.min(1, maxStep / Math.max(largest(direction), 1e-300));
  for (let halving = 0; halving < maxHalvings; halving += 1) {
    const next = point.map((each, i) => each + scale * (direction[i] ?? 0));
    const there = objective(next);
    if (Number.isFinite(there.value) && there.value <= at.value + 1e-4 * scale * slope) return { next, there };
    scale /= 2;
  }
  return undefined;
}

/** Finds the nearest minimum from a starting point. */
export function minimise(objective: Objective, start: readonly number[]): Minimum {
  let point = start;
  let at = objective(point);
  let inverse = identityMatrix(start.length);
  let isFresh = true;
  let iterations = 0;
  let flat = 0;
  for (; iterations < maxIterations; iterations += 1) {
    if (largest(at.gradient) < gradientTolerance || flat >= flatSteps) break;
    let direction = inverse.map((row) => -dot(row, at.gradient));
    if (!(dot(direction, at.gradient) < 0)) {
      inverse = identityMatrix(start.length);
      isFresh = true;
      direction = at.gradient.map((each) => -each);
    }
    const found = lineSearch(objective, point, at, direction);
    if (!found) {
      // Rounding has eaten the descent; the steepest direction gets one more chance.
      if (isFresh) break;
      inverse = identityMatrix(start.length);
      isFresh = true;
      continue;
    }
    const { next, there } = found;
    inverse = updated(
      inverse,
      next.map((each, i) => each - (point[i] ?? 0)),
      there.gradient.map((each, i) => each - (at.gradient[i] ?? 0)),
    );
    isFresh = false;
    flat = at.value - there.value < flatGain ? flat + 1 : 0;
    [point, at] = [next, there];
  }
  return { point, value: at.value, converged: iterations < maxIterations, iterations };
}

/** The best minimum of several starts; of equal ones the first. */
export function minimiseFrom(objective: Objective, starts: readonly (readonly number[])[]): Minimum {
  const minima = starts.map((start) => minimise(objective, start)).filter(({ value }) => Number.isFinite(value));
  const [first, ...rest] = minima;
  if (!first) throw new RangeError("the objective has no finite value at any start");
  return rest.reduce((best, each) => (each.value < best.value - 1e-12 ? each : best), first);
}
