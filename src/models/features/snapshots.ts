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

type Snapshot = {
  readonly cutoff: number;
  values: Float64Array | undefined;
  readonly outcomes: Record<string, number>;
};

/** Takes a person's events one by one in order of time, so that nobody's history is held in whole. */
export function createSnapshots(person: number, options: SnapshotOptions) {
  const { fold, toMinor, cutoffs, horizons, until } = options;
  const snapshots: Snapshot[] = [];
  /** What is looked at next: ascending, cut-offs and ends of horizons. */
  let instants: number[] = [];
  let state: ProfileState | undefined;

  const begin = (firstAt: number): ProfileState => {
    const unknown = horizons.flatMap((days) => [
      [orderedName(days), Number.NaN],
      [spentName(days), Number.NaN],
    ]);
    for (const cutoff of cutoffs)
      if (cutoff >= firstAt) snapshots.push({ cutoff, values: undefined, outcomes: Object.fromEntries(unknown) });
    const ends = snapshots.flatMap(({ cutoff }) => [cutoff, ...horizons.map((days) => cutoff + days * dayMs)]);
    instants = [...new Set(ends)].filter((at) => at <= until).sort((a, b) => a - b);
    return emptyState(firstAt);
  };
  const look = (now: ProfileState, at: number): void => {
    const history = readHistory(now, at, toMinor);
    for (const snapshot of snapshots) {
      if (snapshot.cutoff === at && isScored(history)) snapshot.values = readFeatures(history);
      for (const days of horizons) {
        if (snapshot.cutoff + days * dayMs !== at) continue;
        snapshot.outcomes[orderedName(days)] = Math.min(1, orderedBetween(history, snapshot.cutoff, at));
        snapshot.outcomes[spentName(days)] = spentBetween(history, snapshot.cutoff, at);
      }
    }
  };
  const lookUpTo = (now: ProfileState, beforeMs: number): void => {
    for (let at = instants[0]; at !== undefined && at < beforeMs; at = instants[0]) {
      look(now, at);
      instants.shift();
    }
  };

  return {
    add: (event: CanonicalEvent): void => {
      state ??= begin(event.timestamp);
      lookUpTo(state, event.timestamp);
      // What comes after the last instant changes nothing.
      if (instants.length > 0) state = fold(state, event);
    },
    /** The rows; call it once, after the last event. */
    end: (): readonly Row[] => {
      if (!state) return [];
      lookUpTo(state, Number.POSITIVE_INFINITY);
      return snapshots.flatMap(({ values, cutoff, outcomes }) =>
        values ? [{ values, cutoff, person, outcomes }] : [],
      );
    },
  };
}

/** @param events in order of time */
export function snapshotsOf(
  events: readonly CanonicalEvent[],
  person: number,
  options: SnapshotOptions,
): readonly Row[] {
  const snapshots = createSnapshots(person, options);
  for (const event of events) snapshots.add(event);
  return snapshots.end();
}
