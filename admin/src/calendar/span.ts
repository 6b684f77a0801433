// Days of a zone, as the calendar lays them out. Months and weeks are counted on local days; instants come last.

export type SpanKind = "week" | "month";
export type Span = {
  /** Local days, YYYY-MM-DD; the last is inclusive. */
  readonly days: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** The local day of an instant. */
export function localDay(atMs: number, timezone: string): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(atMs);
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** The instant at which a local day begins; zones are at most 14 hours from UTC, and days may begin after midnight. */
export function startOfDay(day: string, timezone: string): number {
  const noonUtc = Date.parse(`${day}T00:00:00Z`);
  let [low, high] = [noonUtc - 15 * hourMs, noonUtc + 15 * hourMs];
  while (high - low > 60_000) {
    const middle = Math.floor((low + high) / 2 / 60_000) * 60_000;
    if (localDay(middle, timezone) < day) low = middle;
    else high = middle;
  }
  return high;
}

/** The week, from Monday, or the month around a day. */
export function spanAround(day: string, kind: SpanKind, timezone: string): Span {
  const first = kind === "month" ? `${day.slice(0, 7)}-01` : addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
  const count = kind === "week" ? 7 : daysInMonth(first);
  const days = Array.from({ length: count }, (_, at) => addDays(first, at));
  return { days, fromMs: startOfDay(first, timezone), toMs: startOfDay(addDays(first, count), timezone) };
}

function daysInMonth(first: string): number {
  const [year = 0, month = 1] = first.split("-").map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A day in the span before or after. */
export function stepFrom(day: string, kind: SpanKind, by: -1 | 1): string {
  if (kind === "week") return addDays(day, 7 * by);
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10);
}

/** Whether a name is a zone that the browser knows. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    // Intl knows no other way to say that a zone does not exist.
    return false;
  }
}
