// Orders of everybody as columns: 1 M customers with 3 days of orders each take about 90 MB, and typed arrays go to a worker thread
// without a copy.
import { ClienteleError } from "../../kernel/index.ts";
import { compareText } from "../../kernel/rules/index.ts";
import type { PurchaseSummary } from "./purchase-summary.ts";

/** An order that counts, in minor units of the one currency that the model is trained in, less what was refunded. */
export type CustomerOrder = {
  readonly customerId: string;
  /** Placed, UTC ms. */
  readonly at: number;
  readonly minor: number;
};

/** Orders by customer and UTC day. The days of customer `i` are `starts[i]` to before `starts[i + 1]`, in order of time. */
export type OrderBook = {
  /** In order of id. */
  readonly ids: readonly string[];
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Days since 1970-01-01. */
  readonly days: Int32Array<ArrayBuffer>;
  /** Sum of the day's orders. */
  readonly minors: Float64Array<ArrayBuffer>;
  /** Number of the day's orders. */
  readonly orders: Uint32Array<ArrayBuffer>;
};

/** One day of one customer. */
export type OrderDay = { readonly day: number; readonly minor: number; readonly orders: number };

const dayMs = 86_400_000;
const daysPerWeek = 7;

/** The UTC day of an instant, in days since 1970-01-01. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** Midnight UTC at which a day begins. */
export function startOfDay(day: number): number {
  return day * dayMs;
}

/**
 * One customer's orders by day.
 *
 * @throws {ClienteleError} `models.invalidPurchases` when a time is no instant or an amount no whole number
 */
export function orderDaysOf(orders: Iterable<Pick<CustomerOrder, "at" | "minor">>): readonly OrderDay[] {
  const byDay = new Map<number, { minor: number; orders: number }>();
  for (const { at, minor } of orders) {
    if (!Number.isFinite(at) || Math.abs(at) > 8.64e15 || !Number.isSafeInteger(minor))
      throw new ClienteleError(
        "models.invalidPurchases",
        `an order at ${at} of ${minor} has no time in milliseconds or no whole number of minor units`,
      );
    const known = byDay.get(dayOf(at));
    if (known) {
      known.minor += minor;
      known.orders += 1;
    } else byDay.set(dayOf(at), { minor, orders: 1 });
  }
  return [...byDay].map(([day, sums]) => ({ day, ...sums })).sort((a, b) => a.day - b.day);
}

/**
 * @param orders of any customers in any order
 * @throws {ClienteleError} `models.invalidPurchases`
 */
export function createOrderBook(orders: Iterable<CustomerOrder>): OrderBook {
  const byCustomer = new Map<string, CustomerOrder[]>();
  for (const order of orders) {
    const known = byCustomer.get(order.customerId);
    if (known) known.push(order);
    else byCustomer.set(order.customerId, [order]);
  }
  const customers = [...byCustomer]
    .map(([id, own]) => [id, orderDaysOf(own)] as const)
    .sort(([a], [b]) => compareText(a, b));
  const size = customers.reduce((sum, [, days]) => sum + days.length, 0);
  const book = {
    ids: customers.map(([id]) => id),
    starts: new Uint32Array(customers.length + 1),
    days: new Int32Array(size),
    minors: new Float64Array(size),
    orders: new Uint32Array(size),
  };
  let next = 0;
  for (const [index, [, days]] of customers.entries()) {
    for (const { day, minor, orders: count } of days) {
      book.days[next] = day;
      book.minors[next] = minor;
      book.orders[next] = count;
      next += 1;
    }
    book.starts[index + 1] = next;
  }
  return book;
}

/** The days of one customer of a book. @param index of the customer in `ids` */
export function daysOfCustomer(book: OrderBook, index: number): readonly OrderDay[] {
  const days: OrderDay[] = [];
  for (let i = book.starts[index] ?? 0; i < (book.starts[index + 1] ?? 0); i += 1)
    days.push({ day: book.days[i] ?? 0, minor: book.minors[i] ?? 0, orders: book.orders[i] ?? 0 });
  return days;
}

/**
 * What a customer looks like at the end of a day; later days are not looked at.
 *
 * @returns undefined when the first order is later
 */
export function summarise(days: readonly OrderDay[], endDay: number): PurchaseSummary | undefined {
  const seen = days.filter(({ day }) => day <= endDay);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last) return undefined;
  const frequency = seen.length - 1;
  const total = seen.reduce((sum, { minor }) => sum + minor, 0) - first.minor;
  return {
    frequency,
    recencyWeeks: (last.day - first.day) / daysPerWeek,
    ageWeeks: (endDay - first.day) / daysPerWeek,
    meanValue: frequency > 0 ? total / frequency : 0,
  };
}

/** The book without the days outside a window. */
export function daysWithin(book: OrderBook, fromDay: number, endDay: number): OrderBook {
  const isInside = (day: number) => day >= fromDay && day <= endDay;
  if (book.days.every(isInside)) return book;
  const keep = [...book.days.keys()].filter((index) => isInside(book.days[index] ?? 0));
  const starts = book.starts.map((start) => lowerBound(keep, start));
  const take = <T extends Int32Array | Float64Array | Uint32Array>(values: T, target: T): T => {
    for (const [to, from] of keep.entries()) target[to] = values[from] ?? 0;
    return target;
  };
  return {
    ids: book.ids,
    starts,
    days: take(book.days, new Int32Array(keep.length)),
    minors: take(book.minors, new Float64Array(keep.length)),
    orders: take(book.orders, new Uint32Array(keep.length)),
  };
}

/** How many of the sorted numbers are below a value. */
function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
