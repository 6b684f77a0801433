const most = 6;

/**
 * Round figures (1, 2 or 5 times a power of ten apart) from at or below `low` to at or above `high`, six at most.
 *
 * @param leastStep 1 for what is counted
 */
export function roundTicks(low: number, high: number, leastStep = 0): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [low, low + 1];
  const rough = span / (most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const found = ([1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const step = Math.max(found, leastStep);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // From whole numbers, so that 0.1 + 0.2 stays 0.3.
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(digits)));
}
