// How likely a place of a list is looked at, compared with the first: P(click | product, place) = p_place · r_product (ranking.md 7).
// By randomised places where there are some, else by products that stood in different places, else by a curve.

/** Places between which the chance is a straight line in the logarithm of the place. */
export const knots = [1, 2, 4, 8, 20, 50] as const;

/** Chance at each knot compared with the first place, falling, from 1 on. */
export type PositionCurve = {
  readonly at: readonly number[];
  readonly source: "randomised" | "natural" | "default";
  /** Clicks that it was learned from. */
  readonly clicks: number;
};

export type Device = "desktop" | "mobile";

/** Weights of rare places are cut there: one lucky click at place 80 must not outweigh a page of others. */
export const maxWeight = 10;

/** @param slot 1-based */
export function examinationOf({ at }: PositionCurve, slot: number): number {
  const last = knots.length - 1;
  if (slot <= 1) return at[0] ?? 1;
  if (slot >= (knots[last] ?? 1)) return at[last] ?? 0;
  let from = 0;
  while ((knots[from + 1] ?? Number.POSITIVE_INFINITY) < slot) from += 1;
  const [low, high] = [knots[from] ?? 1, knots[from + 1] ?? 1];
  const share = Math.log(slot / low) / Math.log(high / low);
  return (at[from] ?? 0) + share * ((at[from + 1] ?? 0) - (at[from] ?? 0));
}

/** @returns 1 / chance, at most 10 */
export function weightAt(curve: PositionCurve, slot: number): number {
  return Math.min(maxWeight, 1 / Math.max(1 / maxWeight, examinationOf(curve, slot)));
}

/** 1 / place^η with η 1 on desktops and 0.8 on phones, where people scroll. */
export function defaultCurve(device: Device): PositionCurve {
  const eta = device === "mobile" ? 0.8 : 1;
  return { at: knots.map((knot) => knot ** -eta), source: "default", clicks: 0 };
}

/** Clicks and views of one place over lists whose first places were exchanged at random. */
export type ShuffledSlot = { readonly slot: number; readonly shown: number; readonly clicks: number };

const leastClicks = 100;

/** Fits η of 1 / place^η to the click rates of places that chance filled; undefined with fewer than 100 clicks. */
export function randomisedCurve(slots: readonly ShuffledSlot[]): PositionCurve | undefined {
  const clicks = slots.reduce((sum, slot) => sum + slot.clicks, 0);
  const first = slots.find(({ slot }) => slot === 1);
  if (clicks < leastClicks || !first || first.clicks === 0) return undefined;
  const base = first.clicks / first.shown;
  let [xy, xx] = [0, 0];
  for (const { slot, shown, clicks: own } of slots) {
    if (slot === 1 || shown === 0 || own === 0) continue;
    const x = Math.log(slot);
    // Clicks tell how much each point is worth: the variance of a logarithm of a count is about one over it.
    xy += own * x * Math.log(base / (own / shown));
    xx += own * x * x;
  }
  if (xx === 0) return undefined;
  const eta = Math.max(0, Math.min(3, xy / xx));
  return { at: knots.map((knot) => knot ** -eta), source: "randomised", clicks };
}

/** One product for one query, shown in several places and clicked once. */
export type MovedItem = {
  /** Each place with the number of times it stood there. */
  readonly shown: readonly (readonly [slot: number, times: number])[];
  readonly clicked: number;
};

const leastMoved = 200;
const rounds = 400;

function likelihood(curve: PositionCurve, items: readonly MovedItem[]): number {
  let sum = 0;
  for (const { shown, clicked } of items) {
    let all = 0;
    for (const [slot, times] of shown) all += times * examinationOf(curve, slot);
    sum += Math.log(examinationOf(curve, clicked) / all);
  }
  return sum;
}

/**
 * The curve under which the one click of each product is likeliest where it was: Σ [ln p_clicked − ln Σ p_shown]. A place counts as
 * often as the product stood there.
 *
 * @returns undefined with fewer than 200 products that stood in different places
 */
export function naturalCurve(items: readonly MovedItem[]): PositionCurve | undefined {
  const moved = items.filter(({ shown }) => shown.length > 1);
  if (moved.length < leastMoved) return undefined;
  const make = (logs: readonly number[]): PositionCurve => ({
    at: logs.map(Math.exp),
    source: "natural",
    clicks: moved.length,
  });
  // By coordinates, with steps that grow on success and shrink on failure: five numbers and a smooth hill need no more.
  let logs: readonly number[] = defaultCurve("desktop").at.map(Math.log);
  const steps = logs.map(() => 0.3);
  let best = likelihood(make(logs), moved);
  for (let round = 0; round < rounds && Math.max(...steps.slice(1)) > 1e-3; round += 1) {
    const place = 1 + (round % (logs.length - 1));
    const step = steps[place] ?? 0;
    let isBetter = false;
    for (const sign of [1, -1]) {
      const tried = logs.map((value, at) => (at === place ? Math.min(0, value + sign * step) : value));
      const found = likelihood(make(tried), moved);
      if (found <= best) continue;
      [best, logs, isBetter] = [found, tried, true];
      break;
    }
    steps[place] = isBetter ? step * 1.5 : step / 2;
  }
  return make(falling(logs));
}

/** Nobody looks at a later place and not at an earlier one more often: noise at a rare place must not say so. */
function falling(logs: readonly number[]): readonly number[] {
  let lowest = 0;
  return logs.map((value) => {
    lowest = Math.min(lowest, value);
    return lowest;
  });
}
