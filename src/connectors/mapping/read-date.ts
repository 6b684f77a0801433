// Dates as other systems write them, to UTC. A format is compiled once; the offset of a zone is remembered by the hour.

/** Reads one text. @returns UTC milliseconds, or undefined when the text does not fit */
export type DateReader = (value: string) => number | undefined;

const zoneFormats = new Map<string, Intl.DateTimeFormat>();
const maxZones = 100;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = zoneFormats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (zoneFormats.size < maxZones) zoneFormats.set(zone, format);
  return format;
}

export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    // Intl says by throwing that it does not know the zone.
    return false;
  }
}

const hourMs = 3_600_000;

function offsetAt(zone: string, utc: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(utc)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utc / 1000) * 1000;
}

/** Wall-clock time to UTC; in the hour that occurs twice the first counts, in the one that is left out the clock goes on. */
function createToUtc(zone: string): (wallClock: number) => number {
  if (zone === "UTC") return (wallClock) => wallClock;
  const offsets = new Map<number, number>();
  const maxOffsets = 100_000;
  return (wallClock) => {
    const hour = Math.floor(wallClock / hourMs);
    let offset = offsets.get(hour);
    if (offset === undefined) {
      const start = hour * hourMs;
      const before = offsetAt(zone, start - 24 * hourMs);
      const after = offsetAt(zone, start - before);
      // Around a change of the clock both are candidates; the one that leads back to the same wall clock is right.
      offset = after !== before && offsetAt(zone, start - after) === after ? after : before;
      if (offsets.size < maxOffsets) offsets.set(hour, offset);
    }
    return wallClock - offset;
  };
}

function toWallClock(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
) {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined;
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  // 31 February rolls over; a date that changes when it is read back does not exist.
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day ? time : undefined;
}

const iso =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

function offsetOf(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.slice(1).replace(":", "").padEnd(4, "0");
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}

function createIsoReader(toUtc: (wallClock: number) => number): DateReader {
  return (value) => {
    const match = iso.exec(value);
    if (!match) return undefined;
    const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", offset] = match;
    const wallClock = toWallClock(
      Number(year),
      Number(month),
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      Number(fraction.slice(0, 3).padEnd(3, "0")),
    );
    if (wallClock === undefined) return undefined;
    return offset === undefined ? toUtc(wallClock) : wallClock - offsetOf(offset);
  };
}

type Token = { readonly pattern: string; readonly part: string };
const tokens: Readonly<Record<string, Token>> = {
  YYYY: { pattern: "(\\d{4})", part: "year" },
  YY: { pattern: "(\\d{2})", part: "shortYear" },
  MM: { pattern: "(\\d{1,2})", part: "month" },
  M: { pattern: "(\\d{1,2})", part: "month" },
  DD: { pattern: "(\\d{1,2})", part: "day" },
  D: { pattern: "(\\d{1,2})", part: "day" },
  HH: { pattern: "(\\d{1,2})", part: "hour" },
  H: { pattern: "(\\d{1,2})", part: "hour" },
  hh: { pattern: "(\\d{1,2})", part: "hour" },
  h: { pattern: "(\\d{1,2})", part: "hour" },
  mm: { pattern: "(\\d{1,2})", part: "minute" },
  ss: { pattern: "(\\d{1,2})", part: "second" },
  SSS: { pattern: "(\\d{1,3})", part: "ms" },
  A: { pattern: "([AaPp])\\.?[Mm]\\.?", part: "half" },
  Z: { pattern: "(Z|[+-]\\d{2}:?\\d{2})", part: "offset" },
};
const tokenPattern = /YYYY|YY|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z/g;

/** Two-digit years: 70 to 99 are of the last century. */
const centuryPivot = 70;

function createPatternReader(format: string, toUtc: (wallClock: number) => number): DateReader | undefined {
  const parts: string[] = [];
  let pattern = "^";
  let at = 0;
  for (const match of format.matchAll(tokenPattern)) {
    const token = tokens[match[0]];
    if (!token) continue;
    pattern += format.slice(at, match.index).replace(/[.*+?^${}()|[\]\\/]/g, "\\$&") + token.pattern;
    parts.push(token.part);
    at = match.index + match[0].length;
  }
  pattern += `${format.slice(at).replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`;
  if (!parts.includes("month") || !parts.includes("day") || !(parts.includes("year") || parts.includes("shortYear")))
    return undefined;
  const expression = new RegExp(pattern);
  return (value) => {
    const match = expression.exec(value);
    if (!match) return undefined;
    const found = new Map(parts.map((part, index) => [part, match[index + 1] ?? ""]));
    const number = (part: string) => Number(found.get(part) ?? 0);
    const short = number("shortYear");
    const year = found.has("year") ? number("year") : short + (short < centuryPivot ? 2000 : 1900);
    const half = found.get("half")?.toLowerCase();
    const hour = number("hour");
    const hour24 = half === undefined ? hour : (hour % 12) + (half === "p" ? 12 : 0);
    const wallClock = toWallClock(
      year,
      number("month"),
      number("day"),
      hour24,
      number("minute"),
      number("second"),
      number("ms"),
    );
    if (wallClock === undefined) return undefined;
    const offset = found.get("offset");
    return offset === undefined ? toUtc(wallClock) : wallClock - offsetOf(offset);
  };
}

const unixPattern = /^-?\d{1,12}(\.\d+)?$/;
const unixMsPattern = /^-?\d{1,15}$/;

/**
 * @param format `iso` (default), `unix`, `unixMs`, or tokens such as `DD.MM.YYYY HH:mm`
 * @param zone IANA zone of texts without an offset
 * @returns undefined when the format holds no full date
 */
export function createDateReader(format = "iso", zone = "UTC"): DateReader | undefined {
  const toUtc = createToUtc(zone);
  switch (format) {
    case "iso":
      return createIsoReader(toUtc);
    case "unix":
      return (value) => (unixPattern.test(value) ? Math.round(Number(value) * 1000) : undefined);
    case "unixMs":
      return (value) => (unixMsPattern.test(value) ? Number(value) : undefined);
    default:
      return createPatternReader(format, toUtc);
  }
}
