import type { ErrorDetail } from "../kernel/index.ts";
import type { DefinitionSchedule } from "./kind.ts";

export type Window = { readonly fromMs: number | null; readonly toMs: number | null };

const always: Window = Object.freeze({ fromMs: null, toMs: null });
const dayMs = 86_400_000;
const minuteMs = 60_000;
const formatters = new Map<string, Intl.DateTimeFormat>();
const maxFormatters = 600; // there are fewer zones than that

function formatterOf(timezone: string): Intl.DateTimeFormat | undefined {
  const known = formatters.get(timezone);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    if (formatters.size < maxFormatters) formatters.set(timezone, made);
    return made;
  } catch {
    // Intl knows no other way to say that a zone does not exist.
    return undefined;
  }
}

function offsetMs(instantMs: number, formatter: Intl.DateTimeFormat): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000;
}

/** A local time as an instant: the first of two in a repeated hour, the end of the gap in a skipped one. */
function localToMs(wallMs: number, formatter: Intl.DateTimeFormat): number {
  const before = offsetMs(wallMs - dayMs, formatter);
  const after = offsetMs(wallMs + dayMs, formatter);
  const candidates = [wallMs - Math.max(before, after), wallMs - Math.min(before, after)];
  const valid = candidates.find((instantMs) => instantMs + offsetMs(instantMs, formatter) === wallMs);
  if (valid !== undefined) return valid;
  let [low = wallMs, high = wallMs] = candidates;
  const startOffset = offsetMs(low, formatter);
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs || low + minuteMs;
    if (offsetMs(middle, formatter) === startOffset) low = middle;
    else high = middle;
  }
  return Math.ceil(high / minuteMs) * minuteMs;
}

const timePattern = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** @returns Unix milliseconds, or undefined when the text is no ISO time (a bare date is its midnight) or the zone is unknown */
export function parseScheduleTime(text: string, timezone: string): number | undefined {
  const match = timePattern.exec(text);
  const formatter = formatterOf(timezone);
  if (!match || !formatter) return undefined;
  const [, date, time = "00:00", seconds = "00", offset] = match;
  const parsed = Date.parse(`${date}T${time}:${seconds}${offset ?? "Z"}`);
  if (Number.isNaN(parsed)) return undefined;
  // Date.parse turns February 30 into March.
  if (offset === undefined && new Date(parsed).toISOString().slice(0, 10) !== date) return undefined;
  return offset === undefined ? localToMs(parsed, formatter) : parsed;
}

/** Faults of a schedule, with JSON pointers from the draft. */
export function scheduleFaults(schedule: DefinitionSchedule | null): readonly ErrorDetail[] {
  if (schedule === null) return [];
  if (!formatterOf(schedule.timezone)) {
    return [{ path: "/schedule/timezone", code: "timezone", message: "is no IANA zone such as Europe/Berlin" }];
  }
  const bounds = (["from", "to"] as const).map((name) => ({
    name,
    text: schedule[name],
    ms: schedule[name] === null ? null : parseScheduleTime(schedule[name], schedule.timezone),
  }));
  const faults = bounds
    .filter(({ ms }) => ms === undefined)
    .map(({ name }) => ({
      path: `/schedule/${name}`,
      code: "time",
      message: "is no ISO time such as 2026-11-27T00:00",
    }));
  const [from, to] = bounds;
  if (typeof from?.ms === "number" && typeof to?.ms === "number" && from.ms >= to.ms) {
    return [...faults, { path: "/schedule/to", code: "order", message: "must be later than from" }];
  }
  return faults;
}

/** The schedule in milliseconds; a bound that cannot be read counts as none (drafts are checked before they are stored). */
export function windowOf(schedule: DefinitionSchedule | null, notBeforeMs: number | null = null): Window {
  if (schedule === null && notBeforeMs === null) return always;
  const bound = (text: string | null | undefined) =>
    text && schedule ? (parseScheduleTime(text, schedule.timezone) ?? null) : null;
  const fromMs = bound(schedule?.from);
  const starts = [fromMs, notBeforeMs].filter((ms) => ms !== null);
  return { fromMs: starts.length === 0 ? null : Math.max(...starts), toMs: bound(schedule?.to) };
}

/** True while the window of a live definition is open; half-open, so `to` itself is outside. */
export function isInWindow(definition: { readonly window: Window }, nowMs: number): boolean {
  const { fromMs, toMs } = definition.window;
  return (fromMs === null || nowMs >= fromMs) && (toMs === null || nowMs < toMs);
}
