/** Numbers, money and dates as the reader's locale writes them. */
import type { Money } from "./api/shapes.ts";
import { messages } from "./messages.data.ts";

const locale = typeof navigator === "undefined" ? "en" : navigator.language;
const integers = new Intl.NumberFormat(locale);
const ratios = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const instants = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const days = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
const clockTimes = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

export const localTimezone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A dash for a figure that could not be read. */
export function formatNumber(value: number | null, maximumFractionDigits?: number): string {
  if (value === null) return "–";
  if (maximumFractionDigits === undefined) return integers.format(value);
  return new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value);
}

/** @param ratio 0..1 */
export function formatShare(ratio: number): string {
  return ratios.format(ratio);
}

export function formatMoney(money: Money | null | undefined): string {
  if (!money) return messages.common.none;
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: money.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(money.minor / 10 ** digits);
}

export function formatInstant(value: string | number | null | undefined): string {
  const date = toDate(value);
  return date ? instants.format(date) : messages.common.none;
}

export function formatDay(value: string | number | null | undefined): string {
  const date = toDate(value);
  return date ? days.format(date) : messages.common.none;
}

export function formatClockTime(value: string | number | null | undefined): string {
  const date = toDate(value);
  return date ? clockTimes.format(date) : messages.common.none;
}

/** "3 minutes ago"; older than a month as a date, because "74 days ago" tells less. */
export function formatAgo(value: string | number | null | undefined, nowMs = Date.now()): string {
  const date = toDate(value);
  if (!date) return messages.common.none;
  const distanceMs = date.getTime() - nowMs;
  if (Math.abs(distanceMs) > 30 * 86_400_000) return instants.format(date);
  for (const [unit, lengthMs] of steps) {
    if (Math.abs(distanceMs) >= lengthMs) return relative.format(Math.trunc(distanceMs / lengthMs), unit);
  }
  return relative.format(0, "second");
}

/** @param durationMs how long, e.g. an uptime or a queue's age */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const [unit, lengthMs] = steps.find(([, length]) => durationMs >= length) ?? ["second", 1000];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 }).format(
    durationMs / lengthMs,
  );
}

/**
 * The end of a profile's id, for tables: ids begin with their time, so their ends tell them apart. The joiner keeps the sign before
 * it on the same line.
 */
export function formatShortId(id: string): string {
  return `…\u2060${id.slice(-8)}`;
}

function toDate(value: string | number | null | undefined): Date | null {
  if (value === null || value === undefined || value === "") return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}
