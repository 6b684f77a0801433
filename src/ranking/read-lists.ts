// From logged rows to what a ranker learns from.
import { plainFeature } from "./features.ts";
import { decodeFeatures } from "./impression-log.ts";
import type { RankedLists } from "./lists.ts";
import { type Device, type PositionCurve, weightAt } from "./position-bias.ts";
import type { ListRow } from "./store.clickhouse.ts";

/** Queries with fewer lists are the tail. */
const headFrom = 20;
const maxRowsOfList = 200;

type Read = { readonly row: ListRow; readonly values: Float32Array; readonly count: number };

function readRows(rows: readonly ListRow[], width: number): readonly Read[] {
  return rows
    .flatMap((row) => {
      const count = Math.min(maxRowsOfList, row.skus.length);
      const values = decodeFeatures(row.features, row.skus.length * width);
      return values && count > 1 ? [{ row, values: values.subarray(0, count * width), count }] : [];
    })
    .sort((a, b) => Number(a.row.ts) - Number(b.row.ts));
}

const deviceOf = (row: ListRow): Device => (row.device === "mobile" ? "mobile" : "desktop");

function segmentsOf(rows: readonly ListRow[]): RankedLists["segments"] {
  const lists = new Map<string, number>();
  for (const { list_kind, subject } of rows) {
    const key = `${list_kind} ${subject}`;
    lists.set(key, (lists.get(key) ?? 0) + 1);
  }
  const part = (name: string, parts: readonly string[], of: (row: ListRow) => boolean) => ({
    name,
    parts,
    partOf: Uint8Array.from(rows, (row) => Number(of(row))),
  });
  return [
    part("device", ["desktop", "mobile"], (row) => deviceOf(row) === "mobile"),
    part("shopper", ["new", "known"], (row) => Number(row.is_known) === 1),
    part("list", ["rare", "frequent"], (row) => (lists.get(`${row.list_kind} ${row.subject}`) ?? 0) >= headFrom),
  ];
}

/**
 * Lists in order of time, each with all that was shown. That places further down are seldom looked at is left to the weights of the
 * clicks: leaving out what stands below the last click as well corrects twice, and took NDCG@10 on a simulated shop from 0.95 to 0.73.
 *
 * @param features names of the logged values in order
 * @param curveOf how likely a place is looked at, by device
 */
export function readLists(
  rows: readonly ListRow[],
  features: readonly string[],
  curveOf: (device: Device) => PositionCurve,
): RankedLists {
  const read = readRows(rows, features.length);
  const total = read.reduce((sum, { count }) => sum + count, 0);
  const lists = {
    features,
    values: new Float32Array(total * features.length),
    starts: new Int32Array(read.length + 1),
    at: Float64Array.from(read, ({ row }) => Number(row.ts)),
    gains: new Float32Array(total),
    learned: new Uint8Array(total),
    slots: new Uint16Array(total),
    weights: new Float32Array(total),
    segments: segmentsOf(read.map(({ row }) => row)),
  };
  const plain = Math.max(0, features.indexOf(plainFeature));
  let start = 0;
  for (const [list, { row, values, count }] of read.entries()) {
    lists.values.set(values, start * features.length);
    const gainOf = new Map(row.acted.map((sku, at) => [sku, Number(row.gains[at] ?? 0)]));
    const curve = curveOf(deviceOf(row));
    for (let at = 0; at < count; at += 1) {
      const gain = gainOf.get(row.skus[at] ?? "") ?? 0;
      const slot = Number(row.first_slot) + at;
      lists.gains[start + at] = gain;
      lists.slots[start + at] = Math.min(65_535, slot);
      lists.weights[start + at] = weightAt(curve, slot);
      lists.learned[start + at] = Number(!Number.isNaN(values[at * features.length + plain] ?? Number.NaN));
    }
    start += count;
    lists.starts[list + 1] = start;
  }
  return lists;
}
