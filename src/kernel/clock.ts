/** The time source; everything below the composition takes it as a value so that tests can stop time. */
export type Clock = { readonly now: () => number };

/** Wall clock, UTC milliseconds. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that moves only when told to. */
export type FixedClock = Clock & { readonly set: (nowMs: number) => void; readonly advance: (byMs: number) => void };

export function createFixedClock(startMs: number): FixedClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set: (next) => {
      nowMs = next;
    },
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
}
