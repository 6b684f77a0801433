// Exchange rates by day in memory. A day without rates takes those of the nearest earlier day, up to a week back: banks close.
import { divideHalfUp, type Money, minorDigits } from "../kernel/index.ts";

/** On `day` (YYYY-MM-DD) one unit of `base` is worth `rate` units of `currency`. */
export type Rate = {
  readonly day: string;
  readonly base: string;
  readonly currency: string;
  /** Decimal text: rates are never floats. */
  readonly rate: string;
};

/** An exact ratio. */
type Ratio = { readonly over: bigint; readonly under: bigint };

const dayMs = 86_400_000;
const maxAgeDays = 7;
const ratePattern = /^\d{1,15}(\.\d{1,18})?$/;
const currencyPattern = /^[A-Z]{3}$/;

function ratioOf(text: string): Ratio | undefined {
  if (!ratePattern.test(text)) return undefined;
  const [whole = "0", fraction = ""] = text.split(".");
  const over = BigInt(whole + fraction);
  return over === 0n ? undefined : { over, under: 10n ** BigInt(fraction.length) };
}

/** Days since 1970-01-01 of a calendar day; undefined for what is none. */
export function dayNumber(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day) ? ms / dayMs : undefined;
}

/** The UTC day of an instant, as days since 1970-01-01. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** What is wrong with a rate; undefined when nothing is. */
export function rateFault({ day, base, currency, rate }: Rate): string | undefined {
  if (dayNumber(day) === undefined) return `${day} is no day YYYY-MM-DD`;
  if (!currencyPattern.test(base) || !currencyPattern.test(currency)) return "currencies are three capital letters";
  if (base === currency) return "base and currency are the same";
  return ratioOf(rate) ? undefined : "a rate is a positive decimal number with at most 18 places";
}

export type RateTable = {
  readonly size: number;
  /** `minor` units of `from` in `to` on a day, half up; undefined without a rate. `scale` keeps so many further decimal places. */
  readonly convertMinor: (minor: bigint, from: string, to: string, day: number, scale?: number) => bigint | undefined;
  readonly convert: (money: Money, to: string, day: number) => Money | undefined;
  /** Units of `to` for one unit of `from`, as decimal text with 12 places. */
  readonly rateOf: (from: string, to: string, day: number) => string | undefined;
};

type Neighbours = Map<string, Map<string, Ratio>>;

/** A rate that is given holds; one the other way round only stands in for it. */
function addRatio(day: Neighbours, from: string, to: string, ratio: Ratio, isGiven: boolean): void {
  const own = day.get(from) ?? new Map<string, Ratio>();
  day.set(from, own);
  if (isGiven || !own.has(to)) own.set(to, ratio);
}

/** Directly, or by way of one other currency: of several the first in the alphabet. */
function onDay(day: Neighbours, from: string, to: string): Ratio | undefined {
  const own = day.get(from);
  const direct = own?.get(to);
  if (direct || !own) return direct;
  for (const [between, first] of [...own].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const second = day.get(between)?.get(to);
    if (second) return { over: first.over * second.over, under: first.under * second.under };
  }
  return undefined;
}

export function createRateTable(rates: Iterable<Rate>): RateTable {
  const byDay = new Map<number, Neighbours>();
  let size = 0;
  const all = [...rates];
  for (const isGiven of [true, false]) {
    for (const { day, base, currency, rate } of all) {
      const [number, ratio] = [dayNumber(day), ratioOf(rate)];
      if (number === undefined || !ratio) continue;
      const neighbours: Neighbours = byDay.get(number) ?? new Map();
      byDay.set(number, neighbours);
      if (isGiven) addRatio(neighbours, base, currency, ratio, true);
      else addRatio(neighbours, currency, base, { over: ratio.under, under: ratio.over }, false);
      size += isGiven ? 1 : 0;
    }
  }

  const ratio = (from: string, to: string, day: number): Ratio | undefined => {
    if (from === to) return { over: 1n, under: 1n };
    for (let age = 0; age <= maxAgeDays; age += 1) {
      const neighbours = byDay.get(day - age);
      const found = neighbours && onDay(neighbours, from, to);
      if (found) return found;
    }
    return undefined;
  };

  const convertMinor: RateTable["convertMinor"] = (minor, from, to, day, scale = 0) => {
    const found = ratio(from, to, day);
    if (!found) return undefined;
    const shift = minorDigits(to) - minorDigits(from) + scale;
    const over = minor * found.over * 10n ** BigInt(Math.max(0, shift));
    return divideHalfUp(over, found.under * 10n ** BigInt(Math.max(0, -shift)));
  };

  return {
    size,
    convertMinor,
    convert: ({ minor, currency }, to, day) => {
      if (currency === to) return { minor, currency };
      const converted = Number.isSafeInteger(minor) ? convertMinor(BigInt(minor), currency, to, day) : undefined;
      const number = Number(converted);
      return converted === undefined || !Number.isSafeInteger(number) ? undefined : { minor: number, currency: to };
    },
    rateOf: (from, to, day) => {
      const found = ratio(from, to, day);
      if (!found) return undefined;
      const places = 12;
      const scaled = divideHalfUp(found.over * 10n ** BigInt(places), found.under)
        .toString()
        .padStart(places + 1, "0");
      return `${scaled.slice(0, -places)}.${scaled.slice(-places)}`;
    },
  };
}
