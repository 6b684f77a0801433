// What a shop would do without a model: RFM cells, and the guess that spending goes on as it did.
import { placeOf } from "../features/features.ts";
import type { Table } from "../features/table.ts";

/** What the baselines say of each row of a table. */
export type Baselines = {
  /** Mean of the RFM cell. */
  readonly rfm: Float64Array;
  /** The middle one of the RFM cell, which is off by less. */
  readonly rfmTypical: Float64Array;
  readonly continues: Float64Array;
};

const bands = 5;

function column(table: Table, name: string): Float64Array {
  return table.columns[placeOf.get(name) ?? -1] ?? new Float64Array(table.cutoff.length).fill(Number.NaN);
}

/** Band 5..1 of each row among the rows of its cut-off, by 20 % of the people (measurement.md 8); without a value 0. */
function bandsOf(table: Table, name: string, isLowBest: boolean): Uint8Array {
  const values = column(table, name);
  const result = new Uint8Array(values.length);
  const byCutoff = new Map<number, number[]>();
  for (let row = 0; row < values.length; row += 1) {
    if (Number.isNaN(values[row])) continue;
    const cutoff = table.cutoff[row] ?? 0;
    const known = byCutoff.get(cutoff);
    if (known) known.push(row);
    else byCutoff.set(cutoff, [row]);
  }
  for (const rows of byCutoff.values()) {
    const sign = isLowBest ? 1 : -1;
    rows.sort(
      (a, b) => sign * ((values[a] ?? 0) - (values[b] ?? 0)) || (table.person[a] ?? 0) - (table.person[b] ?? 0),
    );
    for (const [rank, row] of rows.entries())
      result[row] = bands - Math.min(bands - 1, Math.floor((rank * bands) / rows.length));
  }
  return result;
}

/** Cell 0..215 of each row. */
export function rfmCells(table: Table): Uint8Array {
  const [r, f, m] = [
    bandsOf(table, "days_since_last_order", true),
    bandsOf(table, "orders_count", false),
    bandsOf(table, "revenue", false),
  ];
  return r.map((recency, row) => recency * 36 + (f[row] ?? 0) * 6 + (m[row] ?? 0));
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Rows that a cell must have before its own mean counts half. */
const cellWeight = 10;

/**
 * What people of the same RFM cell did before: the strongest thing that RFM can say. Cells of few people lean on the mean of all.
 *
 * @param train rows with known outcomes
 */
export function baselinesOf(train: Table, outcome: Float64Array, test: Table, horizonDays: number): Baselines {
  const cells = rfmCells(train);
  const sums = new Float64Array(256);
  const counts = new Float64Array(256);
  const members = new Map<number, number[]>();
  let total = 0;
  for (let row = 0; row < cells.length; row += 1) {
    const cell = cells[row] ?? 0;
    sums[cell] = (sums[cell] ?? 0) + (outcome[row] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
    total += outcome[row] ?? 0;
    const own = members.get(cell);
    if (own) own.push(outcome[row] ?? 0);
    else members.set(cell, [outcome[row] ?? 0]);
  }
  const middles = new Map([...members].map(([cell, values]) => [cell, middleOf(values)]));
  const mean = total / Math.max(1, cells.length);
  const tested = rfmCells(test);
  const rfm = Float64Array.from(
    tested,
    (cell) => ((sums[cell] ?? 0) + cellWeight * mean) / ((counts[cell] ?? 0) + cellWeight),
  );
  const days = horizonDays <= 30 ? 30 : 90;
  const continues = column(test, `spend_${days}d`).map((spent) => (spent * horizonDays) / days);
  const rfmTypical = Float64Array.from(tested, (cell) => middles.get(cell) ?? mean);
  return { rfm, rfmTypical, continues };
}
