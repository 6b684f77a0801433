/**
 * Instants, local calendar days and durations. A local day is a number: days since 1970-01-01 in that zone. Offsets come
 * from `Intl`; a UTC day whose two ends have the same offset is remembered, so that most look-ups are one map read.
 */
export const dayMs = 86_400_000;
const longestDurationMs = 3650 * dayMs;

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs };

/** @returns milliseconds, or undefined when the text is no duration or longer than 3650 days */
export function parseDuration(text: unknown): number | undefined {
  const match = typeof text === "string" ? /^(\d{1,9})([smhdw])$/.exec(text) : null;
  if (!match) return undefined;
  const ms = Number(match[1]) * (unitMs[match[2] ?? ""] ?? Number.NaN);
  return ms <= longestDurationMs ? ms : undefined;
}

const localDatePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const instantPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** Days since 1970-01-01 of `YYYY-MM-DD`; undefined for other texts and for days that do not exist. */
export function parseLocalDate(text: unknown): number | undefined {
  const match = typeof text === "string" ? localDatePattern.exec(text) : null;
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const ms = Date.UTC(year, month - 1, day);
  const back = new Date(ms);
  if (year < 100 || back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return undefined;
  return ms / dayMs;
}

/** `YYYY-MM-DD` of days since 1970-01-01: what `parseLocalDate` reads. */
export function localDateText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

export type ParsedInstant = { readonly ms: number; readonly hasZone: boolean };

/** Reads an ISO 8601 date with time; without a zone it is UTC, and `hasZone` says so. */
export function parseInstant(text: unknown): ParsedInstant | undefined {
  const match = typeof text === "string" ? instantPattern.exec(text) : null;
  if (!match) return undefined;
  const [, date = "", time = "", zone] = match;
  if (parseLocalDate(date) === undefined) return undefined;
  const ms = Date.parse(`${date}T${time.replace(",", ".")}${normalZone(zone)}`);
  return Number.isFinite(ms) ? { ms, hasZone: zone !== undefined } : undefined;
}

function normalZone(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === "Z") return "Z";
  return zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

type Zone = { readonly format: Intl.DateTimeFormat | null; readonly offsetByDay: Map<number, number> };

const zones = new Map<string, Zone>();
const maxZones = 600;
const maxDays = 4096;

/** True for a name that this runtime's time zone data knows. */
export function isZone(name: string): boolean {
  return zoneOf(name) !== undefined;
}

function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known) return known;
  if (zones.size >= maxZones) zones.clear();
  try {
    const isUtc = name === "UTC" || name === "Etc/UTC";
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    const zone = { format: isUtc ? null : format, offsetByDay: new Map<number, number>() };
    zones.set(name, zone);
    return zone;
  } catch (error) {
    // Intl answers an unknown name with a RangeError; anything else is a fault of ours.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function measureOffset(format: Intl.DateTimeFormat, ms: number): number {
  const field: Record<string, number> = {};
  for (const part of format.formatToParts(ms)) {
    if (part.type !== "literal") field[part.type] = Number(part.value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/** Local time minus UTC at an instant, in milliseconds. @throws {RangeError} for an unknown zone */
function offsetAt(ms: number, timezone: string): number {
  const zone = zoneOf(timezone);
  if (!zone) throw new RangeError(`unknown time zone ${timezone}`);
  if (zone.format === null) return 0;
  const day = Math.floor(ms / dayMs);
  const known = zone.offsetByDay.get(day);
  if (known !== undefined) return known;
  const offset = measureOffset(zone.format, ms);
  const atStart = measureOffset(zone.format, day * dayMs);
  if (atStart === offset && measureOffset(zone.format, (day + 1) * dayMs - 1) === offset) {
    if (zone.offsetByDay.size >= maxDays) zone.offsetByDay.clear();
    zone.offsetByDay.set(day, offset);
  }
  return offset;
}

/** The local calendar day of an instant. */
export function localDayOf(ms: number, timezone: string): number {
  return Math.floor((ms + offsetAt(ms, timezone)) / dayMs);
}

/** The first instant of a local day; 01:00 where clocks skip midnight. */
export function startOfLocalDay(day: number, timezone: string): number {
  const asUtc = day * dayMs;
  const first = asUtc - offsetAt(asUtc, timezone);
  const guess = asUtc - offsetAt(first, timezone);
  if (localDayOf(guess, timezone) === day && localDayOf(guess - 1, timezone) < day) return guess;
  let low = asUtc - 15 * 3_600_000;
  let high = asUtc + 15 * 3_600_000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localDayOf(middle, timezone) >= day) high = middle;
    else low = middle;
  }
  return high;
}

export type CalendarUnit = "day" | "week" | "month" | "quarter" | "year";
export type Period = { readonly start: number; readonly end: number };

/** The local calendar period `offset` periods after the one that holds `nowMs`; `end` is exclusive. Weeks start on Monday. */
export function calendarPeriod(nowMs: number, unit: CalendarUnit, offset: number, timezone: string): Period {
  const today = localDayOf(nowMs, timezone);
  return {
    start: startOfLocalDay(periodStartDay(today, unit, offset), timezone),
    end: startOfLocalDay(periodStartDay(today, unit, offset + 1), timezone),
  };
}

function periodStartDay(today: number, unit: CalendarUnit, offset: number): number {
  if (unit === "day") return today + offset;
  // 1970-01-01 was a Thursday: day 4 is the first Monday.
  if (unit === "week") return Math.floor((today + 3) / 7) * 7 - 3 + offset * 7;
  const date = new Date(today * dayMs);
  const months = unit === "month" ? 1 : unit === "quarter" ? 3 : 12;
  const month = Math.floor(date.getUTCMonth() / months) * months + offset * months;
  return Date.UTC(date.getUTCFullYear(), month, 1) / dayMs;
}

/** Days from `today` to the next month-and-day of `day`, 0 on the day itself; 29 February counts as the 28th in other years. */
export function daysToAnniversary(day: number, today: number): number {
  const date = new Date(day * dayMs);
  const year = new Date(today * dayMs).getUTCFullYear();
  const inYear = (of: number): number => {
    const month = date.getUTCMonth();
    const lastOfMonth = new Date(Date.UTC(of, month + 1, 0)).getUTCDate();
    return Date.UTC(of, month, Math.min(date.getUTCDate(), lastOfMonth)) / dayMs;
  };
  const here = inYear(year);
  return (here >= today ? here : inYear(year + 1)) - today;
}
