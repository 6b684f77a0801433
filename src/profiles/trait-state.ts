// What a profile keeps of its events for one defined trait. Every part unites with another of its kind without regard to order, and
// an event is added by uniting with the part it makes by itself: late events and merges need no code of their own.
import { addDecimals, compareDecimals, type Decimal, decimalText, toDecimalNumber } from "../kernel/rules/index.ts";
import { type DistinctValues, uniteDistinct } from "./distinct-values.ts";
import { compareVersions } from "./order-record.ts";
import type { OrderOrigin } from "./profile.ts";

/** Exact: a safe integer, or decimal text. */
export type Exact = number | string;
/** A plain number, text or truth value; money has its minor units here and its currency beside. */
export type TraitScalar = string | number | boolean;
/** `c`: currency of money, with the day of a rate where one will be needed: `EUR`, `USD@20345`. */
export type TraitCell = { readonly v: TraitScalar; readonly c?: string };

/** Something at a time. `n` events that were put together (one when absent); `i` message id, where ties need it. */
export type TraitRow = {
  readonly t: number;
  readonly n?: number;
  readonly v?: TraitScalar;
  readonly c?: string;
  readonly i?: string;
};

/** What one report of an order says, by the version of the report. */
export type OrderReading = { readonly g: readonly [OrderOrigin, number]; readonly cells: readonly TraitCell[] };
/** `t` and `p` are there once the order is placed; `u` is what an update made of it. */
export type OrderRow = { readonly t?: number; readonly p?: OrderReading; readonly u?: OrderReading };

export type TraitPart =
  | { readonly k: "count"; readonly n: number }
  /** Number and sum of the values by currency (and day); "" = plain numbers. */
  | { readonly k: "sum"; readonly by: Readonly<Record<string, readonly [n: number, sum: Exact]>> }
  | { readonly k: "extreme"; readonly max: boolean; readonly by: Readonly<Record<string, Exact>> }
  | { readonly k: "one"; readonly last: boolean; readonly row: TraitRow }
  /** Values with how often and when last. */
  | { readonly k: "values"; readonly by: Readonly<Record<string, readonly [n: number, at: number]>> }
  | { readonly k: "distinct"; readonly of: DistinctValues }
  /** Ascending. `keep`: age in ms beyond the newest row at which a row can count no more. `sum`: rows may be put together. */
  | { readonly k: "rows"; readonly keep?: number; readonly sum?: true; readonly rows: readonly TraitRow[] }
  | { readonly k: "orders"; readonly by: Readonly<Record<string, OrderRow>> };

/**
 * `past`: events received up to the time when the trait was defined, as counted from the event store; `live`: those since. The split
 * lets the count of the past be repeated.
 */
export type TraitState = {
  /** Cut-off between both, in ms. A trait that was not in use for a while is counted anew: what has another cut-off is out of date. */
  readonly since?: number;
  readonly past?: TraitPart;
  readonly live?: TraitPart;
  /** Values that did not fit the trait, e.g. text where a number is summed; of both times. */
  readonly pastSkipped?: number;
  readonly skipped?: number;
  /** Result of a batch query, by column. */
  readonly result?: Readonly<Record<string, TraitScalar | null>>;
};

const keptValues = 500;
const keptRows = 2_000;
const keptOrders = 1_000;
/** An event may be stamped so much later than it is received; see collect. */
const clockSlackMs = 120_000;
const hourMs = 3_600_000;

/** A sum that is exact whatever its size. */
export function addExact(a: Exact, b: Exact): Exact {
  return toExact(addDecimals(toDecimalNumber(a) ?? 0, toDecimalNumber(b) ?? 0));
}

export function toExact(value: Decimal): Exact {
  if (typeof value === "number") return value;
  const text = decimalText(value);
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function uniteRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  unite: (x: T, y: T) => T,
): Record<string, T> {
  const united: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = Object.hasOwn(united, key) ? united[key] : undefined;
    Object.defineProperty(united, key, {
      value: known === undefined ? value : unite(known, value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return united;
}

function cut<T>(record: Record<string, T>, kept: number, compare: (a: T, b: T) => number): Record<string, T> {
  const entries = Object.entries(record);
  if (entries.length <= kept) return record;
  return Object.fromEntries(entries.sort((a, b) => compare(a[1], b[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, kept));
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** Ascending by time, then message id, then value: one order for the same rows. */
export function compareRows(a: TraitRow, b: TraitRow): number {
  if (a.t !== b.t) return a.t - b.t;
  const [x, y] = [a.i ?? "", b.i ?? ""];
  if (x !== y) return x < y ? -1 : 1;
  const [v, w] = [text([a.c, a.v, a.n]), text([b.c, b.v, b.n])];
  return v < w ? -1 : v > w ? 1 : 0;
}

function uniteSorted(a: readonly TraitRow[], b: readonly TraitRow[]): TraitRow[] {
  const [first] = b;
  const last = a.at(-1);
  if (first === undefined) return [...a];
  if (last === undefined || compareRows(last, first) <= 0) return [...a, ...b];
  return [...a, ...b].sort(compareRows);
}

/** Puts the older half of the rows together by the hour, then by the day, so that heavy users stay small. */
function bucket(rows: readonly TraitRow[], slotMs: number): readonly TraitRow[] {
  if (rows.length <= keptRows) return rows;
  const half = rows.length - keptRows / 2;
  const slots = new Map<string, TraitRow>();
  for (const row of rows.slice(0, half)) {
    const key = `${Math.floor(row.t / slotMs)} ${row.c ?? ""}`;
    const known = slots.get(key);
    if (known === undefined) slots.set(key, row);
    else {
      const n = (known.n ?? 1) + (row.n ?? 1);
      const v = row.v === undefined ? undefined : addExact(known.v as Exact, row.v as Exact);
      slots.set(key, { t: row.t, n, ...(v === undefined ? {} : { v }), ...(row.c === undefined ? {} : { c: row.c }) });
    }
  }
  return [...slots.values(), ...rows.slice(half)].sort(compareRows);
}

type RowsPart = Extract<TraitPart, { readonly k: "rows" }>;

function uniteRows(a: RowsPart, b: RowsPart): RowsPart {
  let rows: readonly TraitRow[] =
    a.rows.length >= b.rows.length ? uniteSorted(a.rows, b.rows) : uniteSorted(b.rows, a.rows);
  const { keep = a.keep } = b;
  const oldest = keep === undefined ? Number.NEGATIVE_INFINITY : (rows.at(-1)?.t ?? 0) - keep - clockSlackMs;
  const [first] = rows;
  if (first && first.t < oldest) rows = rows.filter(({ t }) => t >= oldest);
  if (a.sum && rows.length > keptRows) rows = bucket(bucket(rows, hourMs), 24 * hourMs);
  return { ...a, ...(keep === undefined ? {} : { keep }), rows: rows.length > keptRows ? rows.slice(-keptRows) : rows };
}

function newerReading(a: OrderReading | undefined, b: OrderReading | undefined): OrderReading | undefined {
  if (!a || !b) return a ?? b;
  const difference = compareVersions(a.g, b.g);
  if (difference !== 0) return difference > 0 ? a : b;
  return text(a.cells) >= text(b.cells) ? a : b;
}

function uniteOrders(a: OrderRow, b: OrderRow): OrderRow {
  const t = a.t === undefined || b.t === undefined ? (a.t ?? b.t) : Math.min(a.t, b.t);
  const [p, u] = [newerReading(a.p, b.p), newerReading(a.u, b.u)];
  return { ...(t === undefined ? {} : { t }), ...(p ? { p } : {}), ...(u ? { u } : {}) };
}

const newestOrder = (a: OrderRow, b: OrderRow): number => (b.t ?? b.u?.g[1] ?? 0) - (a.t ?? a.u?.g[1] ?? 0);

function extremeOf(a: Exact, b: Exact, max: boolean): Exact {
  const order = compareDecimals(toDecimalNumber(a) ?? 0, toDecimalNumber(b) ?? 0);
  return order > 0 === max ? a : b;
}

/** Both parts together; of different kinds, which no trait has, the first. */
export function uniteParts(a: TraitPart, b: TraitPart): TraitPart {
  if (a.k === "count" && b.k === "count") return { k: "count", n: a.n + b.n };
  if (a.k === "sum" && b.k === "sum")
    return { k: "sum", by: uniteRecords(a.by, b.by, (x, y) => [x[0] + y[0], addExact(x[1], y[1])] as const) };
  if (a.k === "extreme" && b.k === "extreme")
    return { ...a, by: uniteRecords(a.by, b.by, (x, y) => extremeOf(x, y, a.max)) };
  if (a.k === "one" && b.k === "one") return compareRows(a.row, b.row) > 0 === a.last ? a : b;
  if (a.k === "values" && b.k === "values") {
    const by = uniteRecords(a.by, b.by, (x, y) => [x[0] + y[0], Math.max(x[1], y[1])] as const);
    return { k: "values", by: cut(by, keptValues, (x, y) => y[1] - x[1]) };
  }
  if (a.k === "distinct" && b.k === "distinct") return { k: "distinct", of: uniteDistinct(a.of, b.of) };
  if (a.k === "rows" && b.k === "rows") return uniteRows(a, b);
  if (a.k === "orders" && b.k === "orders")
    return { k: "orders", by: cut(uniteRecords(a.by, b.by, uniteOrders), keptOrders, newestOrder) };
  return a;
}

/** A part, or nothing, and another. */
export function unitePart(a: TraitPart | undefined, b: TraitPart | undefined): TraitPart | undefined {
  return a && b ? uniteParts(a, b) : (a ?? b);
}

/** What two profiles that were one person keep for a trait. */
export function mergeTraitStates(a: TraitState, b: TraitState): TraitState {
  if (a.since !== undefined && b.since !== undefined && a.since !== b.since) return a.since > b.since ? a : b;
  const since = a.since ?? b.since;
  const [past, live] = [unitePart(a.past, b.past), unitePart(a.live, b.live)];
  const pastSkipped = (a.pastSkipped ?? 0) + (b.pastSkipped ?? 0);
  const skipped = (a.skipped ?? 0) + (b.skipped ?? 0);
  const result =
    a.result && b.result ? (text(a.result) >= text(b.result) ? a.result : b.result) : (a.result ?? b.result);
  return {
    ...(since === undefined ? {} : { since }),
    ...(past ? { past } : {}),
    ...(live ? { live } : {}),
    ...(pastSkipped > 0 ? { pastSkipped } : {}),
    ...(skipped > 0 ? { skipped } : {}),
    ...(result ? { result } : {}),
  };
}
