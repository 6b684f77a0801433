// Columns of numbers as columns of bytes: trees then look at 64 sums a feature instead of every value.

/** A table by columns; NaN = no value. */
export type Columns = readonly Float64Array[];

export type Binned = {
  /** One byte a row: 0 = no value, else 1 + the number of edges below the value. */
  readonly bins: readonly Uint8Array[];
  /** Upper edges of the bins of each feature, ascending. */
  readonly edges: readonly (readonly number[])[];
  readonly rows: number;
};

/** Bins with values, beside the one of no value. */
const maxBins = 63;
/** Quantiles of more rows than that do not move. */
const sampledRows = 50_000;

/** Upper edges, halfway between neighbouring values, so that each bin holds about the same number of rows. */
export function edgesOf(values: Float64Array, bins = maxBins): readonly number[] {
  const step = Math.max(1, Math.floor(values.length / sampledRows));
  const known = values.filter((value, at) => at % step === 0 && !Number.isNaN(value)).sort();
  const distinct = known.filter((value, at) => at === 0 || value !== known[at - 1]);
  if (distinct.length <= 1) return [];
  if (distinct.length <= bins) return Array.from(distinct.slice(1), (value, at) => (value + (distinct[at] ?? 0)) / 2);
  const edges: number[] = [];
  for (let bin = 1; bin < bins; bin += 1) {
    const value = known[Math.floor((bin * known.length) / bins)] ?? 0;
    if (edges.length === 0 || value > (edges.at(-1) ?? 0)) edges.push(value);
  }
  return edges;
}

function binOf(value: number, edges: readonly number[]): number {
  if (Number.isNaN(value)) return 0;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

/** @param edges of an earlier table; default: those of this one */
export function binFeatures(
  columns: Columns,
  edges: Binned["edges"] = columns.map((column) => edgesOf(column)),
): Binned {
  const bins = columns.map((column, feature) => {
    const own = edges[feature] ?? [];
    return Uint8Array.from(column, (value) => binOf(value, own));
  });
  return { bins, edges, rows: columns[0]?.length ?? 0 };
}

/**
 * Bins a table by rows: `width` values a row, one row after the other.
 *
 * For tables of millions of rows, which as columns of doubles would take twice the memory again.
 */
export function binRows(values: Float32Array, width: number): Binned {
  const rows = width === 0 ? 0 : Math.floor(values.length / width);
  const step = Math.max(1, Math.floor(rows / sampledRows));
  const edges: (readonly number[])[] = [];
  const bins: Uint8Array[] = [];
  for (let feature = 0; feature < width; feature += 1) {
    const sample = new Float64Array(Math.ceil(rows / step));
    for (let at = 0; at < sample.length; at += 1) sample[at] = values[at * step * width + feature] as number;
    const own = edgesOf(sample);
    const column = new Uint8Array(rows);
    for (let row = 0; row < rows; row += 1) column[row] = binOf(values[row * width + feature] as number, own);
    edges.push(own);
    bins.push(column);
  }
  return { bins, edges, rows };
}
