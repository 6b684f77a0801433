/** Time windows over ascending times, and the instants at which they let times in or out. */
import type { Window } from "./grammar.ts";
import type { Frame } from "./subject.ts";
import { calendarPeriod, parseDuration, parseInstant, parseLocalDate, startOfLocalDay } from "./time.ts";

const ever = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;

/**
 * Inclusive bounds at `frame.now`. A time enters `enterAfter` ms after itself and leaves `leaveAfter` ms after itself;
 * it can enter at all only up to `latest`. `boundary` is the next instant at which the bounds themselves jump.
 */
export type CompiledWindow = {
  readonly low: (frame: Frame) => number;
  readonly high: (frame: Frame) => number;
  readonly enterAfter: number;
  readonly leaveAfter: number;
  readonly latest: (frame: Frame) => number;
  readonly boundary: (frame: Frame) => number;
  /** For sentences: ` in the last 14d`. */
  readonly words: string;
};

const fixed = (value: number) => (): number => value;
const nowOf = (frame: Frame): number => frame.now;

/** An absent window reaches back for ever; no window lets in what lies after now. */
export function compileWindow(window: Window | undefined, zone: string): CompiledWindow | undefined {
  if (window === undefined) return span(ever, never, "");
  if ("last" in window) return sliding(parseDuration(window.last), 0, `in the last ${window.last}`);
  if ("between" in window) {
    const [from, to] = window.between;
    const recent = parseDuration(to);
    if (recent === undefined) return undefined;
    return sliding(parseDuration(from), recent + 1, `between ${from} and ${to} ago`);
  }
  if ("before" in window) {
    const age = parseDuration(window.before);
    return age === undefined ? undefined : sliding(never, age + 1, `longer than ${window.before} ago`);
  }
  if ("calendar" in window) return calendar(window, zone);
  if ("session" in window) return session(window.session);
  if ("since" in window || "until" in window) return instants(window.since, window.until);
  return localDays(window as { from?: string; to?: string; timezone?: string }, zone);
}

function sliding(oldest: number | undefined, enterAfter: number, words: string): CompiledWindow | undefined {
  if (oldest === undefined) return undefined;
  return {
    low: oldest === never ? fixed(ever) : (frame) => frame.now - oldest,
    high: enterAfter === 0 ? nowOf : (frame) => frame.now - enterAfter,
    enterAfter,
    leaveAfter: oldest === never ? never : oldest + 1,
    latest: fixed(never),
    boundary: fixed(never),
    words: ` ${words}`,
  };
}

function span(low: number, high: number, words: string): CompiledWindow {
  return {
    low: fixed(low),
    high: (frame) => Math.min(frame.now, high),
    enterAfter: 0,
    leaveAfter: never,
    latest: fixed(high),
    boundary: fixed(never),
    words,
  };
}

function instants(since: string | undefined, until: string | undefined): CompiledWindow | undefined {
  const low = since === undefined ? ever : parseInstant(since)?.ms;
  const end = until === undefined ? never : parseInstant(until)?.ms;
  if (low === undefined || end === undefined) return undefined;
  return span(low, end - 1, `${since ? ` since ${since}` : ""}${until ? ` until ${until}` : ""}`);
}

function localDays(
  window: { readonly from?: string; readonly to?: string; readonly timezone?: string },
  zone: string,
): CompiledWindow | undefined {
  const timezone = window.timezone ?? zone;
  const from = window.from === undefined ? undefined : parseLocalDate(window.from);
  const to = window.to === undefined ? undefined : parseLocalDate(window.to);
  if ((window.from !== undefined && from === undefined) || (window.to !== undefined && to === undefined))
    return undefined;
  const low = from === undefined ? ever : startOfLocalDay(from, timezone);
  const high = to === undefined ? never : startOfLocalDay(to + 1, timezone) - 1;
  return span(low, high, `${window.from ? ` from ${window.from}` : ""}${window.to ? ` to ${window.to}` : ""}`);
}

function calendar(window: Extract<Window, { readonly calendar: unknown }>, zone: string): CompiledWindow {
  const { calendar: unit, offset = 0, timezone = zone } = window;
  // Working out a local period costs several time zone look-ups; it holds until the current period ends.
  let current = { start: never, end: ever };
  let period = current;
  const periodAt = (frame: Frame): { start: number; end: number } => {
    if (frame.now < current.start || frame.now >= current.end) {
      current = calendarPeriod(frame.now, unit, 0, timezone);
      period = offset === 0 ? current : calendarPeriod(frame.now, unit, offset, timezone);
    }
    return period;
  };
  return {
    low: (frame) => periodAt(frame).start,
    high: (frame) => Math.min(frame.now, periodAt(frame).end - 1),
    enterAfter: 0,
    leaveAfter: never,
    latest: (frame) => periodAt(frame).end - 1,
    boundary: (frame) => {
      periodAt(frame);
      return current.end;
    },
    words: offset === 0 ? ` this ${unit}` : ` in the ${unit} ${offset > 0 ? `+${offset}` : offset}`,
  };
}

function session(timeout: string): CompiledWindow | undefined {
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined) return undefined;
  const isOpen = (frame: Frame): boolean => {
    const { session: current } = frame.subject;
    return current !== undefined && frame.now - current.lastAt <= timeoutMs;
  };
  return {
    low: (frame) => (isOpen(frame) ? (frame.subject.session?.startedAt ?? never) : never),
    high: nowOf,
    enterAfter: 0,
    leaveAfter: never,
    latest: fixed(never),
    boundary: (frame) => (isOpen(frame) ? (frame.subject.session?.lastAt ?? never) + timeoutMs + 1 : never),
    words: " in this session",
  };
}

/** Number of rows at the front whose time is below `limit` (or not above it, with `inclusive`). */
export function rowsBefore(rows: readonly number[], stride: number, limit: number, inclusive: boolean): number {
  let low = 0;
  let high = rows.length / stride;
  while (low < high) {
    const middle = (low + high) >> 1;
    const time = rows[middle * stride] ?? 0;
    if (time < limit || (inclusive && time === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The next instant after now at which a row enters or leaves, or the bounds jump. */
export function nextRowChange(frame: Frame, window: CompiledWindow, rows: readonly number[], stride: number): number {
  const first = rowsBefore(rows, stride, window.low(frame), false);
  const after = rowsBefore(rows, stride, window.high(frame), true);
  let next = window.boundary(frame);
  if (after > first) next = Math.min(next, (rows[first * stride] ?? never) + window.leaveAfter);
  const entering = rows[after * stride];
  if (entering !== undefined && entering <= window.latest(frame)) next = Math.min(next, entering + window.enterAfter);
  return Math.max(next, frame.now + 1);
}

/** As `nextRowChange`, but for a count: passes over entries and exits that leave `holds` as it is. */
export function nextCountChange(
  frame: Frame,
  window: CompiledWindow,
  times: readonly number[],
  holds: (count: number) => boolean,
): number {
  let first = rowsBefore(times, 1, window.low(frame), false);
  let after = Math.max(first, rowsBefore(times, 1, window.high(frame), true));
  const truth = holds(after - first);
  const latest = window.latest(frame);
  const boundary = window.boundary(frame);
  // The usual case: nothing lies ahead, events only grow too old.
  if (boundary === never && after === times.length) {
    return nextLoss(times, first, window.leaveAfter, holds, truth);
  }
  for (;;) {
    const leaving = times[first];
    const entering = times[after];
    const leavesAt = leaving === undefined || first >= after ? never : leaving + window.leaveAfter;
    const entersAt = entering === undefined || entering > latest ? never : entering + window.enterAfter;
    const at = Math.min(leavesAt, entersAt);
    if (at >= boundary) return boundary;
    if (at === never) return never;
    while (entersBy(times[after], latest, window.enterAfter, at)) after += 1;
    while (first < after && (times[first] ?? never) + window.leaveAfter <= at) first += 1;
    if (holds(after - first) !== truth) return Math.max(at, frame.now + 1);
  }
}

/** When the oldest events have left so far that the truth turns; events of one instant leave together. */
function nextLoss(
  times: readonly number[],
  first: number,
  leaveAfter: number,
  holds: (count: number) => boolean,
  truth: boolean,
): number {
  if (leaveAfter === never) return never;
  for (let at = first; at < times.length; at += 1) {
    const time = times[at] ?? never;
    if (times[at + 1] !== time && holds(times.length - at - 1) !== truth) return time + leaveAfter;
  }
  return never;
}

function entersBy(time: number | undefined, latest: number, enterAfter: number, at: number): boolean {
  return time !== undefined && time <= latest && time + enterAfter <= at;
}
