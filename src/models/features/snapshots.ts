// One person's events, folded in order of time; at each cut-off the features of then, and later what came of it.
import type { CanonicalEvent } from "../../collect/index.ts";
import { emptyState, type ProfileState } from "../../profiles/index.ts";
import { readFeatures } from "./features.ts";
import {
  dayMs,
  orderedBetween,
  readHistory,
  type ShopperHistory,
  spentBetween,
  type ToMinor,
} from "./shopper-history.ts";
import type { Row } from "./table.ts";

export type Fold = (state: ProfileState, event: CanonicalEvent) => ProfileState;

export type SnapshotOptions = {
  readonly fold: Fold;
  readonly toMinor: ToMinor;
  /** Ascending, ms. */
  readonly cutoffs: readonly number[];
  /** Days after a cut-off whose orders and spend are wanted, for which the data reach: see `until`. */
  readonly horizons: readonly number[];
  /** The data end here; an outcome that would need more is NaN. */
  readonly until: number;
};

/** Who has neither ordered nor been seen for so long is in no table and gets no score. */
const seenDays = 90;

/** People that a model can say something of: customers, and visitors of the last 90 days. */
export function isScored({ orders, earlierOrders, lastSeenAt, nowMs }: ShopperHistory): boolean {
  return orders.length + earlierOrders > 0 || lastSeenAt >= nowMs - seenDays * dayMs;
}

export const orderedName = (horizon: number): string => `ordered_${horizon}d`;
export const spentName = (horizon: number): string => `spent_${horizon}d`;

/** @param events in order of time */
export function snapshotsOf(
  events: readonly CanonicalEvent[],
  person: number,
  options: SnapshotOptions,
): readonly Row[] {
  const { fold, toMinor, cutoffs, horizons, until } = options;
  const [first] = events;
  if (!first) return [];
  const wanted = cutoffs.filter((cutoff) => cutoff >= first.timestamp);
  const instants = [...new Set(wanted.flatMap((at) => [at, ...horizons.map((days) => at + days * dayMs)]))]
    .filter((at) => at <= until)
    .sort((a, b) => a - b);
  let state = emptyState(first.timestamp);
  let next = 0;
  const histories = new Map<number, ShopperHistory>();
  for (const at of instants) {
    for (let event = events[next]; event && event.timestamp <= at; event = events[next]) {
      state = fold(state, event);
      next += 1;
    }
    histories.set(at, readHistory(state, at, toMinor));
  }
  return wanted.flatMap((cutoff): Row[] => {
    const then = histories.get(cutoff);
    if (!then || !isScored(then)) return [];
    const outcomes = horizons.flatMap((days): (readonly [string, number])[] => {
      const end = cutoff + days * dayMs;
      const later = histories.get(end);
      return [
        [orderedName(days), later ? Math.min(1, orderedBetween(later, cutoff, end)) : Number.NaN],
        [spentName(days), later ? spentBetween(later, cutoff, end) : Number.NaN],
      ];
    });
    return [{ values: readFeatures(then), cutoff, person, outcomes: Object.fromEntries(outcomes) }];
  });
}
