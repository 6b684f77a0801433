// What runs when: every definition with a time, as bars from a day to a day.
import type { DefinitionSummary } from "./definition.ts";
import type { DefinitionSchedule, DefinitionScope, DefinitionStatus } from "./kind.ts";
import { parseScheduleTime, windowOf } from "./schedule.ts";
import type { DefinitionsStore } from "./store.ts";

/** Times are Unix milliseconds; null = open. */
export type CalendarEntry = {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status: DefinitionStatus;
  /** Whether the times are those of a version that is not published. */
  readonly isDraft: boolean;
  readonly scope: DefinitionScope;
  readonly fromMs: number | null;
  readonly toMs: number | null;
};

/** One version of a definition that may have times. */
export type TimedVersion = Pick<DefinitionSummary, "id" | "kind" | "key" | "name" | "status"> & {
  readonly isDraft: boolean;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  /** When a first or pending version takes effect. */
  readonly publishAtMs: number | null;
  /** First and last day of price rules, in the zone of the shop. */
  readonly days: { readonly from: string | null; readonly to: string | null };
};

const later = (times: readonly (number | null)[]): number | null =>
  times.reduce((best, each) => (each !== null && (best === null || each > best) ? each : best), null);
const earlier = (times: readonly (number | null)[]): number | null =>
  times.reduce((best, each) => (each !== null && (best === null || each < best) ? each : best), null);

/** The day after a local day. */
function dayAfter(day: string): string {
  const atMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(atMs) ? day : new Date(atMs + 86_400_000).toISOString().slice(0, 10);
}

/**
 * The entry of a version, with its schedule and its days both holding.
 *
 * @param timezone in which days begin
 * @returns undefined for one that is always in effect
 */
export function calendarEntry(version: TimedVersion, timezone: string): CalendarEntry | undefined {
  const { schedule, publishAtMs, days, ...rest } = version;
  const window = windowOf(schedule, publishAtMs);
  const firstDay = days.from === null ? null : (parseScheduleTime(days.from, timezone) ?? null);
  const afterLast = days.to === null ? null : (parseScheduleTime(dayAfter(days.to), timezone) ?? null);
  const [fromMs, toMs] = [later([window.fromMs, firstDay]), earlier([window.toMs, afterLast])];
  return fromMs === null && toMs === null ? undefined : { ...rest, fromMs, toMs };
}

/** True when the entry is in effect at some time from `fromMs` to `toMs`. */
export function meets(entry: CalendarEntry, fromMs: number, toMs: number): boolean {
  return (entry.fromMs === null || entry.fromMs < toMs) && (entry.toMs === null || entry.toMs > fromMs);
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const maxVersions = 5_000;

export type Calendar = {
  readonly entries: readonly CalendarEntry[];
  /** Whether there is more than could be looked at. */
  readonly isCut: boolean;
};

/**
 * What runs from `fromMs` to `toMs`, by kind and name.
 *
 * @param kinds null = all
 * @param timezone IANA, in which the days of price rules begin
 */
export async function readCalendar(
  store: Pick<DefinitionsStore, "timed">,
  span: { readonly fromMs: number; readonly toMs: number },
  { kinds, timezone }: { readonly kinds: readonly string[] | null; readonly timezone: string },
): Promise<Calendar> {
  const rows = await store.timed(kinds, maxVersions + 1);
  const dayOf = (text: string | null): string | null => (text !== null && dayPattern.test(text) ? text : null);
  const entries = rows.slice(0, maxVersions).flatMap((row) => {
    const { is_draft: isDraft, publish_at: publishAt, from_day: from, to_day: to, ...rest } = row;
    const days = { from: dayOf(from), to: dayOf(to) };
    const entry = calendarEntry({ ...rest, isDraft, publishAtMs: publishAt?.getTime() ?? null, days }, timezone);
    return entry && meets(entry, span.fromMs, span.toMs) ? [entry] : [];
  });
  return { entries, isCut: rows.length > maxVersions };
}
