/** @param sorted ascending; @param share 0 to 1. NaN of nothing. */
export function quantile(sorted: readonly number[] | Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
