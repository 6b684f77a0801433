// Windows of traits: which rows are inside now, when that next changes by itself, and which rows can never be inside again.
import {
  type CompiledWindow,
  compileWindow,
  createFrame,
  dayMs,
  nextRowChange,
  parseDuration,
  type Window,
} from "../kernel/rules/index.ts";
import { type ProfileState, sessionWithGap, type TraitRow } from "../profiles/index.ts";

type Visits = Pick<ProfileState, "session" | "sessions">;

export type TraitWindow = {
  readonly inside: (rows: readonly TraitRow[], nowMs: number, visits: Visits) => readonly TraitRow[];
  /** The next instant after now at which a row enters or leaves; Infinity for never. */
  readonly nextChangeAt: (rows: readonly TraitRow[], nowMs: number, visits: Visits) => number;
};

const unitDays = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const;

/** Age beyond the newest row at which a row is outside for good; undefined when that cannot be said. */
export function keptAgeOf(window: Window | undefined): number | undefined {
  if (window === undefined) return undefined;
  if ("last" in window) return parseDuration(window.last);
  if ("between" in window) return parseDuration(window.between[0]);
  if (!("calendar" in window)) return undefined;
  const { calendar, offset = 0 } = window;
  // A day more on either side for the zone.
  return offset > 0 ? undefined : (unitDays[calendar] * (1 - offset) + 2) * dayMs;
}

/** @returns undefined for a window that cannot be read */
export function compileTraitWindow(window: Window, timezone: string): TraitWindow | undefined {
  const compiled: CompiledWindow | undefined = compileWindow(window, timezone);
  if (!compiled) return undefined;
  const gap = "session" in window ? (parseDuration(window.session) ?? 0) : undefined;
  const frame = createFrame();
  const enter = (nowMs: number, visits: Visits): void => {
    frame.now = nowMs;
    frame.subject = gap === undefined ? {} : { session: sessionWithGap(visits, gap) ?? undefined };
  };
  return {
    inside: (rows, nowMs, visits) => {
      enter(nowMs, visits);
      const [low, high] = [compiled.low(frame), compiled.high(frame)];
      return rows.filter(({ t }) => t >= low && t <= high);
    },
    nextChangeAt: (rows, nowMs, visits) => {
      enter(nowMs, visits);
      const times = rows.map(({ t }) => t);
      return nextRowChange(frame, compiled, times, 1);
    },
  };
}
