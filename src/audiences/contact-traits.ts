/** Standard traits of visits and messages; those that look back a number of days say when they next change by themselves. */
import { emailCodes, type ProfileState, sessionIntervals } from "../profiles/index.ts";
import type { TraitInput } from "./traits.ts";

const dayMs = 86_400_000;
const sessionDays = 30;
const visitDays = 90;
const emailDays = 30;
/** Fewer opens, clicks and orders say nothing about an hour. */
const minSignals = 5;

function within(times: readonly number[], days: number, nowMs: number): readonly number[] {
  return times.filter((at) => at >= nowMs - days * dayMs && at <= nowMs);
}

/** When the oldest of these times has been inside for so many days, or one that lies ahead comes. */
function changesAt(times: readonly number[], days: number, nowMs: number): number {
  const inside = within(times, days, nowMs).map((at) => at + days * dayMs + 1);
  return Math.min(Number.POSITIVE_INFINITY, ...inside, ...times.filter((at) => at > nowMs));
}

function sessionStarts(state: ProfileState): readonly number[] {
  return sessionIntervals(state).map(([startedAt]) => startedAt);
}

export function sessionsLately({ state, nowMs }: TraitInput): number {
  return within(sessionStarts(state), sessionDays, nowMs).length;
}

export function sessionsChangeAt({ state, nowMs }: TraitInput): number {
  return changesAt(sessionStarts(state), sessionDays, nowMs);
}

export function storeVisitsLately({ state, nowMs }: TraitInput): number {
  return within(state.engagement?.storeVisits ?? [], visitDays, nowMs).length;
}

export function storeVisitsChangeAt({ state, nowMs }: TraitInput): number {
  return changesAt(state.engagement?.storeVisits ?? [], visitDays, nowMs);
}

/** E-mails of the last 30 days: which were sent or delivered, and which of them were opened or clicked. */
function emailsLately({ state, nowMs }: TraitInput) {
  const [sent, engaged] = [new Set<number>(), new Set<number>()];
  const list = state.engagement?.email ?? [];
  for (let place = 0; place < list.length; place += 3) {
    const [at = 0, code = 0, message = 0] = [list[place], list[place + 1], list[place + 2]];
    if (at < nowMs - emailDays * dayMs || at > nowMs) continue;
    if (code >= (emailCodes["messageOpened"] ?? 2)) engaged.add(message);
    sent.add(message);
  }
  return { sent, engaged };
}

/** Share of the e-mails of 30 days that were opened or clicked by a person, 0..1. */
export function emailEngagement(input: TraitInput): number | undefined {
  const { sent, engaged } = emailsLately(input);
  return sent.size === 0 ? undefined : engaged.size / sent.size;
}

export function emailEngagementChangesAt(input: TraitInput): number {
  const email = input.state.engagement?.email ?? [];
  return changesAt(
    email.filter((_, place) => place % 3 === 0),
    emailDays,
    input.nowMs,
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();
const maxFormats = 600;

function hourFormat(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known) return known;
  if (formats.size >= maxFormats) formats.clear();
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hour: "numeric", hourCycle: "h23" });
    formats.set(zone, format);
    return format;
  } catch (error) {
    // Whatever a shop wrote into the trait: an unknown zone is a RangeError.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Days that are looked ahead for a change of the clock: then it is looked for again. */
const daysAhead = 7;

/** Hour of the day in the person's zone, 0..23, around which most opens, clicks and orders fall. */
export function bestSendHour({ state, nowMs, timezone }: TraitInput): number | undefined {
  const best = bestHour(state);
  if (best === undefined) return undefined;
  return localHour(best, Math.floor(nowMs / dayMs), zoneFormat(state, timezone));
}

/** The hour in UTC does not change with the time, but what it is called where clocks are put forward or back. */
export function bestSendHourChangesAt({ state, nowMs, timezone }: TraitInput): number {
  const best = bestHour(state);
  if (best === undefined) return Number.POSITIVE_INFINITY;
  const format = zoneFormat(state, timezone);
  const today = Math.floor(nowMs / dayMs);
  const hour = localHour(best, today, format);
  let day = today + 1;
  while (day < today + daysAhead && localHour(best, day, format) === hour) day += 1;
  return day * dayMs;
}

function bestHour(state: ProfileState): number | undefined {
  const hours = state.engagement?.hours ?? [];
  if (hours.reduce((sum, count) => sum + count, 0) < minSignals) return undefined;
  // Neighbouring hours count half: five mails at nine and four at ten are a better hour than six at midnight.
  const around = (hour: number): number =>
    (hours[hour] ?? 0) + ((hours[(hour + 23) % 24] ?? 0) + (hours[(hour + 1) % 24] ?? 0)) / 2;
  return hours.map((_, hour) => hour).reduce((most, hour) => (around(hour) > around(most) ? hour : most), 0);
}

function zoneFormat(state: ProfileState, timezone: string | undefined): Intl.DateTimeFormat | undefined {
  const own = state.attributes["timezone"]?.value;
  return (typeof own === "string" ? hourFormat(own) : undefined) ?? hourFormat(timezone ?? "UTC");
}

function localHour(hour: number, day: number, format: Intl.DateTimeFormat | undefined): number {
  return Number(format?.format(day * dayMs + hour * 3_600_000) ?? hour) % 24;
}
