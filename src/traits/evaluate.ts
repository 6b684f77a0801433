// The value of a trait from what a profile keeps for it.
import type { Money } from "../kernel/index.ts";
import { toDecimalNumber } from "../kernel/rules/index.ts";
import {
  compareVersions,
  countDistinct,
  type Exact,
  numbersOf,
  type Order,
  type OrderReading,
  type TraitCell,
  type TraitPart,
  type TraitRow,
} from "../profiles/index.ts";
import type { EventKind } from "./trait-body.ts";

const dayMs = 86_400_000;
/** Further decimal places that sums of converted amounts keep until the end. */
const scale = 6;

/** Converts minor units with the rate of a day (days since 1970-01-01), `scale` further places kept; undefined without a rate. */
export type ConvertMinor = (minor: bigint, from: string, to: string, day: number, scale?: number) => bigint | undefined;

export type TraitValue = {
  /** Undefined = no value. */
  readonly value: unknown;
  /** Instant of a first or last value, ms. */
  readonly at?: number;
  /** `missing_rate`: amounts without an exchange rate were left out. */
  readonly flags: readonly string[];
};

export type EvaluateOptions = {
  readonly kind: EventKind;
  /** Set when the value is money. */
  readonly currency: string | undefined;
  readonly nowMs: number;
  readonly convertMinor: ConvertMinor;
};

const noFlags: readonly string[] = [];
const missingRate: readonly string[] = ["missing_rate"];

type Scaled = { readonly amount: bigint; readonly n: number };

function toBigInt(value: Exact): bigint {
  // Minor units are whole numbers.
  return BigInt(typeof value === "number" ? Math.round(value) : value);
}

/** Amounts by currency and day, each in the target currency with `scale` further places. */
function convertAll(
  by: Readonly<Record<string, readonly [number, Exact]>>,
  { currency, convertMinor }: EvaluateOptions,
): { readonly parts: readonly Scaled[]; readonly flags: readonly string[] } {
  const to = currency ?? "";
  let flags = noFlags;
  const parts = Object.entries(by).flatMap(([key, [n, sum]]): Scaled[] => {
    const [from = "", day = "0"] = key.split("@");
    if (from === to) return [{ amount: toBigInt(sum) * 10n ** BigInt(scale), n }];
    const amount = convertMinor(toBigInt(sum), from, to, Number(day), scale);
    if (amount !== undefined) return [{ amount, n }];
    flags = missingRate;
    return [];
  });
  return { parts, flags };
}

function halfUp(over: bigint, under: bigint): number {
  const negative = over < 0n;
  const rounded = ((negative ? -over : over) * 2n + under) / (under * 2n);
  return Number(negative ? -rounded : rounded);
}

const unit = 10n ** BigInt(scale);

function money(amount: bigint, currency: string | undefined, under = 1n): Money {
  return { minor: halfUp(amount, unit * under), currency: currency ?? "" };
}

function sumOf(by: Readonly<Record<string, readonly [number, Exact]>>, options: EvaluateOptions): TraitValue {
  const isAverage = options.kind === "avg";
  if (options.currency !== undefined) {
    const { parts, flags } = convertAll(by, options);
    const total = parts.reduce((sum, { amount }) => sum + amount, 0n);
    const n = parts.reduce((sum, part) => sum + part.n, 0);
    if (isAverage && n === 0) return { value: undefined, flags };
    return { value: money(total, options.currency, isAverage ? BigInt(n) : 1n), flags };
  }
  const [n, sum] = by[""] ?? [0, 0];
  if (isAverage) return { value: n === 0 ? undefined : Number(sum) / n, flags: noFlags };
  return { value: Number(sum), flags: noFlags };
}

function extremeOf(by: Readonly<Record<string, Exact>>, options: EvaluateOptions): TraitValue {
  if (options.currency !== undefined) {
    const counted = Object.fromEntries(Object.entries(by).map(([key, value]) => [key, [1, value] as const]));
    const { parts, flags } = convertAll(counted, options);
    const [first, ...more] = parts.map(({ amount }) => amount);
    if (first === undefined) return { value: undefined, flags };
    const best = more.reduce((x, y) => (y > x === (options.kind === "max") ? y : x), first);
    return { value: money(best, options.currency), flags };
  }
  const value = by[""];
  return { value: value === undefined ? undefined : Number(value), flags: noFlags };
}

function valueOfRow({ v, c, t }: TraitRow): unknown {
  if (v === undefined) return t;
  return c === undefined ? v : { minor: v, currency: c.split("@")[0] ?? c };
}

type Counted = readonly [value: string, counted: readonly [n: number, at: number]];

function mostFrequent(by: Readonly<Record<string, readonly [number, number]>>): string | undefined {
  const ranked: readonly Counted[] = Object.entries(by).filter(([, [n]]) => n >= 2);
  return [...ranked].sort(([a, x], [b, y]) => y[0] - x[0] || y[1] - x[1] || (a < b ? -1 : 1))[0]?.[0];
}

function listOf(by: Readonly<Record<string, readonly [number, number]>>): readonly string[] {
  return Object.entries(by)
    .sort(([a, x], [b, y]) => y[1] - x[1] || (a < b ? -1 : 1))
    .map(([value]) => value);
}

function emptyValue({ kind, currency }: EvaluateOptions): unknown {
  if (kind === "count" || kind === "unique_count") return 0;
  if (kind === "unique_list") return [];
  if (kind === "sum") return currency === undefined ? 0 : { minor: 0, currency };
  return undefined;
}

/** The value of a part that reaches back for ever; other parts are narrowed to one first. */
export function evaluatePart(part: TraitPart | undefined, options: EvaluateOptions): TraitValue {
  if (!part) return { value: emptyValue(options), flags: noFlags };
  switch (part.k) {
    case "count":
      return { value: part.n, flags: noFlags };
    case "sum":
      return sumOf(part.by, options);
    case "extreme":
      return extremeOf(part.by, options);
    case "one": {
      const { t } = part.row;
      if (options.kind === "days_since")
        return { value: Math.max(0, Math.floor((options.nowMs - t) / dayMs)), at: t, flags: noFlags };
      return { value: valueOfRow(part.row), at: t, flags: noFlags };
    }
    case "values":
      return { value: options.kind === "most_frequent" ? mostFrequent(part.by) : listOf(part.by), flags: noFlags };
    case "distinct":
      return { value: countDistinct(part.of), flags: noFlags };
    case "rows":
    case "orders":
      return { value: undefined, flags: noFlags };
  }
}

function reportOf(p: OrderReading, u: OrderReading | undefined): OrderReading {
  return u && compareVersions(u.g, p.g) > 0 ? u : p;
}

/** Off the first amount first, so that no amount of an order falls below zero. */
function takeOff(cells: readonly TraitCell[], { refunded }: Order): readonly TraitCell[] {
  let left = refunded.minor;
  return cells.map((cell) => {
    const amount = toDecimalNumber(cell.v);
    if (left <= 0 || typeof amount !== "number" || cell.c?.split("@")[0] !== refunded.currency) return cell;
    const taken = Math.min(left, Math.max(0, amount));
    left -= taken;
    return { ...cell, v: amount - taken };
  });
}

export type OrderOptions = { readonly isCount: boolean; readonly net: boolean; readonly withId: boolean };

/** Orders as rows at the time they were placed: each once, cancelled ones left out. */
export function rowsOfOrders(
  part: Extract<TraitPart, { readonly k: "orders" }>,
  orders: readonly Order[],
  { isCount, net, withId }: OrderOptions,
): readonly TraitRow[] {
  const byId = new Map(orders.flatMap((order) => numbersOf(order).map((number) => [number, order] as const)));
  const isPlaced = (number: string): boolean => Object.hasOwn(part.by, number) && part.by[number]?.p !== undefined;
  const rows = Object.entries(part.by).flatMap(([key, { t, p, u }]): TraitRow[] => {
    const order = byId.get(key);
    if (t === undefined || !p || order?.status === "cancelled") return [];
    // The storefront's number of an order that the back office reported under its own.
    if (order && key !== order.orderId && isPlaced(order.orderId)) return [];
    const { cells } = reportOf(p, u);
    const paid = net && order ? takeOff(cells, order) : cells;
    return paid.map(({ v, c }) =>
      isCount ? { t, n: Number(v) } : { t, v, ...(c === undefined ? {} : { c }), ...(withId ? { i: key } : {}) },
    );
  });
  return rows.sort((a, b) => a.t - b.t);
}
