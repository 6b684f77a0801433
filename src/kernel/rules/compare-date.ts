import type { Predicate } from "./environment.ts";
import type { Operator } from "./grammar.ts";
import { orderTest } from "./order.ts";
import {
  dayMs,
  daysToAnniversary,
  localDayOf,
  parseDuration,
  parseInstant,
  parseLocalDate,
  startOfLocalDay,
} from "./time.ts";

type DateType = "date" | "instant";

/** Calendars end 100 million days from 1970; a number beyond is no time, and would throw where its day is asked for. */
const furthestMs = 8.6e15;

function isTime(ms: number): boolean {
  return Math.abs(ms) <= furthestMs;
}

/** The instant of a value in milliseconds; a calendar day is its first instant in the zone. */
export function toInstantMs(value: unknown, timezone: string): number | undefined {
  if (typeof value === "number") return isTime(value) ? value : undefined;
  const instant = parseInstant(value);
  if (instant) return instant.ms;
  const day = parseLocalDate(value);
  return day === undefined ? undefined : startOfLocalDay(day, timezone);
}

/** The calendar day of a value; an instant has the day of the zone. */
function toLocalDay(value: unknown, timezone: string): number | undefined {
  const day = parseLocalDate(value);
  if (day !== undefined) return day;
  const ms = typeof value === "number" ? value : parseInstant(value)?.ms;
  return ms === undefined || !isTime(ms) ? undefined : localDayOf(ms, timezone);
}

/** Dates compare by day; an instant compares by day with a LocalDate, by millisecond with an instant. */
export function prepareDate(type: DateType, op: Operator, value: unknown, timezone: string): Predicate | undefined {
  const relative = relativeTest(op, value, timezone);
  if (relative) return relative;
  if (op === "between") {
    const [low, high] = Array.isArray(value) ? value : [];
    const above = prepareDate(type, "gte", low, timezone);
    const below = prepareDate(type, "lte", high, timezone);
    return above && below && ((left, now) => above(left, now) && below(left, now));
  }
  const holds = orderTest(op);
  if (!holds) return undefined;
  const byDay = type === "date" || parseLocalDate(value) !== undefined;
  const right = byDay ? toLocalDay(value, timezone) : toInstantMs(value, timezone);
  if (right === undefined) return undefined;
  const read = byDay ? toLocalDay : toInstantMs;
  return (left) => {
    const number = read(left, timezone);
    return number !== undefined && holds(number - right);
  };
}

function relativeTest(op: Operator, value: unknown, timezone: string): Predicate | undefined {
  if (op === "anniversary_within") {
    if (typeof value !== "number") return undefined;
    return (left, now) => {
      const day = toLocalDay(left, timezone);
      return day !== undefined && daysToAnniversary(day, localDayOf(now, timezone)) <= value;
    };
  }
  const test = durationTest(op, parseDuration(value));
  return (
    test &&
    ((left, now) => {
      const at = toInstantMs(left, timezone);
      return at !== undefined && test(at, now);
    })
  );
}

function durationTest(op: Operator, duration: number | undefined): ((at: number, now: number) => boolean) | undefined {
  if (duration === undefined) return undefined;
  switch (op) {
    case "within_last":
      return (at, now) => now - duration <= at && at <= now;
    case "before_last":
      return (at, now) => at < now - duration;
    case "within_next":
      return (at, now) => now <= at && at <= now + duration;
    case "after_next":
      return (at, now) => at > now + duration;
    default:
      return undefined;
  }
}

/**
 * The next instant after now at which a relative operator on a value can change, Infinity for never; undefined for
 * operators that time does not change.
 */
export function prepareNextChange(
  op: Operator,
  value: unknown,
  timezone: string,
): ((left: unknown, now: number) => number) | undefined {
  if (op === "anniversary_within" && typeof value === "number") {
    return (left, now) => nextAnniversaryChange(value, left, now, timezone);
  }
  const edges = durationEdges(op, parseDuration(value));
  return (
    edges &&
    ((left, now) => {
      const at = toInstantMs(left, timezone);
      return at === undefined ? never : edges(at, now);
    })
  );
}

const never = Number.POSITIVE_INFINITY;

function durationEdges(op: Operator, duration: number | undefined): ((at: number, now: number) => number) | undefined {
  if (duration === undefined) return undefined;
  switch (op) {
    case "within_last":
      return (at, now) => firstAfter(now, at, at + duration + 1);
    case "before_last":
      return (at, now) => firstAfter(now, at + duration + 1, never);
    case "within_next":
      return (at, now) => firstAfter(now, at - duration, at + 1);
    case "after_next":
      return (at, now) => firstAfter(now, at - duration, never);
    default:
      return undefined;
  }
}

function firstAfter(now: number, first: number, second: number): number {
  if (first > now) return first;
  return second > now ? second : Number.POSITIVE_INFINITY;
}

function nextAnniversaryChange(days: number, left: unknown, now: number, timezone: string): number {
  const day = toLocalDay(left, timezone);
  if (day === undefined) return Number.POSITIVE_INFINITY;
  const today = localDayOf(now, timezone);
  const ahead = daysToAnniversary(day, today);
  const change = ahead > days ? today + ahead - days : today + ahead + 1;
  return Math.max(startOfLocalDay(change, timezone), now + 1);
}

/** The next full 24 hours after `since`, for numbers that count full days. */
export function nextFullDay(since: number, now: number): number {
  return since + (Math.max(0, Math.floor((now - since) / dayMs)) + 1) * dayMs;
}
