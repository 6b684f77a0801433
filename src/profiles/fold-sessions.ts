// Visits as intervals without a gap of more than 30 minutes. A late event joins the session it falls into, or bridges two, so
// that any order of arrival gives the same sessions.
import type { ProfileState, Session, TouchedProduct } from "./profile.ts";

export const sessionGapMs = 30 * 60_000;
const keptMs = 90 * 86_400_000;
/** Up to here all sessions are kept, whatever their age. */
const keptSessions = 100;
const mostSessions = 500;

export type SessionState = Pick<ProfileState, "session" | "sessions" | "sessionsBefore" | "sessionCount">;

type Intervals = number[];

/** Adds an interval to disjoint ascending ones and joins what is no further apart than the gap. */
function join(intervals: Intervals, from: number, to: number): Intervals {
  const joined: Intervals = [];
  let [start, end] = [from, to];
  let placed = false;
  for (let at = 0; at < intervals.length; at += 2) {
    const [a = 0, b = 0] = [intervals[at], intervals[at + 1]];
    if (b + sessionGapMs < start) joined.push(a, b);
    else if (a - sessionGapMs > end) {
      if (!placed) joined.push(start, end);
      placed = true;
      joined.push(a, b);
    } else {
      start = Math.min(start, a);
      end = Math.max(end, b);
    }
  }
  if (!placed) joined.push(start, end);
  return joined;
}

function toState(all: Intervals, before: ProfileState["sessionsBefore"]): SessionState {
  const lastAt = all.at(-1) ?? 0;
  let { count, until } = before;
  let dropped = 0;
  for (let left = all.length / 2; left > keptSessions; left -= 1) {
    const ended = all[dropped + 1] ?? 0;
    if (left <= mostSessions && ended >= lastAt - keptMs) break;
    count += 1;
    until = Math.max(until, ended);
    dropped += 2;
  }
  const kept = dropped === 0 ? all : all.slice(dropped);
  const startedAt = kept.at(-2);
  return {
    session: startedAt === undefined ? null : { startedAt, lastAt },
    sessions: kept.slice(0, -2),
    sessionsBefore: dropped === 0 ? before : { count, until },
    sessionCount: count + kept.length / 2,
  };
}

function intervalsOf({ sessions, session }: Pick<SessionState, "sessions" | "session">): Intervals {
  return session ? [...sessions, session.startedAt, session.lastAt] : [...sessions];
}

/** Sessions after the person was there at `at`. */
export function foldSession(state: SessionState, at: number): SessionState {
  const { session, sessions, sessionsBefore, sessionCount } = state;
  if (session && at >= session.startedAt && at - session.lastAt <= sessionGapMs) {
    // Nearly every event: the visit goes on.
    if (at <= session.lastAt) return state;
    return { session: { startedAt: session.startedAt, lastAt: at }, sessions, sessionsBefore, sessionCount };
  }
  // Of a time whose sessions are counted already.
  if (sessionsBefore.count > 0 && at <= sessionsBefore.until + sessionGapMs) return state;
  return toState(join(intervalsOf(state), at, at), sessionsBefore);
}

/** Sessions of two profiles that were one person. */
export function mergeSessions(a: SessionState, b: SessionState): SessionState {
  let all = intervalsOf(a);
  const other = intervalsOf(b);
  for (let at = 0; at < other.length; at += 2) all = join(all, other[at] ?? 0, other[at + 1] ?? 0);
  return toState(all, {
    count: a.sessionsBefore.count + b.sessionsBefore.count,
    until: Math.max(a.sessionsBefore.until, b.sessionsBefore.until),
  });
}

/** Starts and ends of the kept sessions, ascending; the newest is the last. */
export function sessionIntervals(
  state: Pick<ProfileState, "sessions" | "session">,
): readonly (readonly [startedAt: number, lastAt: number])[] {
  const all = intervalsOf(state);
  return Array.from({ length: all.length / 2 }, (_, place) => [all[place * 2] ?? 0, all[place * 2 + 1] ?? 0] as const);
}

/** The newest session where one ends only after `gap` ms without a visit; for gaps below 30 minutes the same as `session`. */
export function sessionWithGap(state: Pick<ProfileState, "sessions" | "session">, gap: number): Session | null {
  if (!state.session) return null;
  let { startedAt } = state.session;
  for (let at = state.sessions.length - 2; at >= 0; at -= 2) {
    if (startedAt - (state.sessions[at + 1] ?? 0) > gap) break;
    startedAt = state.sessions[at] ?? startedAt;
  }
  return { startedAt, lastAt: state.session.lastAt };
}

/** Products looked at or put into the cart in the newest session, the newest first. */
export function sessionProducts({
  session,
  viewed,
  added,
}: Pick<ProfileState, "session" | "viewed" | "added">): readonly string[] {
  if (!session) return [];
  const latest = new Map<string, TouchedProduct>();
  for (const product of [...viewed, ...added]) {
    if (product.at < session.startedAt || product.at > session.lastAt) continue;
    const known = latest.get(product.sku);
    if (known === undefined || known.at < product.at) latest.set(product.sku, product);
  }
  return [...latest.values()].sort((a, b) => b.at - a.at || (a.sku < b.sku ? -1 : 1)).map(({ sku }) => sku);
}
