import type { Movement, SizeStep } from "./store-estimates.ts";

export type SizePoint = {
  /** Start of the period, ms. */
  readonly at: number;
  /** Members at its end. */
  readonly size: number;
  readonly entered: number;
  readonly exited: number;
};

const hourMs = 3_600_000;
const stepMs: Readonly<Record<SizeStep, number>> = { hour: hourMs, day: 24 * hourMs };
export const maxPoints = 1_000;

export function startOfPeriod(at: number, step: SizeStep): number {
  return Math.floor(at / stepMs[step]) * stepMs[step];
}

/** Number of periods from one instant to another. */
export function periodsBetween(from: number, to: number, step: SizeStep): number {
  return Math.ceil((to - startOfPeriod(from, step)) / stepMs[step]);
}

/**
 * Every period of a chart, also those in which nothing happened. Sizes that were written down hold; between them entries and exits
 * are counted back from the next known size (profiles that merge change a size without an entry or exit).
 *
 * @param sizeAtEnd members at `to`
 */
export function sizeHistory(
  movements: readonly Movement[],
  range: { readonly from: number; readonly to: number; readonly step: SizeStep },
  sizeAtEnd: number,
): readonly SizePoint[] {
  const byStart = new Map(movements.map((movement) => [movement.at, movement]));
  const first = startOfPeriod(range.from, range.step);
  const points: SizePoint[] = [];
  let size = sizeAtEnd;
  for (let index = Math.min(maxPoints, periodsBetween(range.from, range.to, range.step)) - 1; index >= 0; index -= 1) {
    const at = first + index * stepMs[range.step];
    const { entered = 0, exited = 0, size: known = null } = byStart.get(at) ?? {};
    if (known !== null) size = known;
    points.push({ at, size, entered, exited });
    size = Math.max(0, size - entered + exited);
  }
  return points.reverse();
}

/** Counts of all intersections of two or more audiences, from the counts of exact sets of memberships. */
export function intersectionsOf(
  keys: readonly string[],
  membersBySet: ReadonlyMap<number, number>,
): {
  readonly sizes: Readonly<Record<string, number>>;
  readonly intersections: readonly { readonly audiences: readonly string[]; readonly count: number }[];
} {
  const countOf = (wanted: number): number => {
    let count = 0;
    for (const [bits, members] of membersBySet) if ((bits & wanted) === wanted) count += members;
    return count;
  };
  const sizes = Object.fromEntries(keys.map((key, place) => [key, countOf(1 << place)]));
  const intersections = Array.from({ length: 1 << keys.length }, (_, wanted) => ({
    audiences: keys.filter((_key, place) => wanted & (1 << place)),
    wanted,
  }))
    .filter(({ audiences }) => audiences.length > 1)
    .sort((a, b) => a.audiences.length - b.audiences.length || a.wanted - b.wanted)
    .map(({ audiences, wanted }) => ({ audiences, count: countOf(wanted) }));
  return { sizes, intersections };
}
