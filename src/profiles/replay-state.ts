// What a profile is, from nothing but its events.
import type { CanonicalEvent } from "../collect/index.ts";
import { emptyState } from "./empty-state.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import { mergeStates } from "./merge-states.ts";
import type { OwnedIdentifier, ProfileState } from "./profile.ts";

/** Every event of identifiers, each within its interval, in order of time, in pages. */
export type EventsOf = (identifiers: readonly OwnedIdentifier[]) => AsyncIterable<readonly CanonicalEvent[]>;

export type ReplayedState = {
  readonly state: ProfileState;
  readonly events: number;
  /** First event of each identifier that the events name, by `namespace:value`. */
  readonly firstSights: ReadonlyMap<string, number>;
};

/** A profile with more events keeps what it has counted: reading them would take minutes. */
export const maxReplayedEvents = 1_000_000;

/**
 * What a state holds that no event tells: decisions of the person from events that were not kept, what models said, memberships that
 * another system gave.
 */
function carriedOver(state: ProfileState, at: number): ProfileState {
  const leaves = Object.fromEntries(Object.entries(state.leaves).filter(([key]) => key.startsWith("given:")));
  return { ...emptyState(at), consents: state.consents, predictions: state.predictions, leaves };
}

/**
 * Folds a profile's events anew.
 *
 * @param before the state as it is: consents, predictions and memberships stay
 * @returns undefined when there are more than a million events
 */
export async function replayState(
  identifiers: readonly OwnedIdentifier[],
  before: ProfileState,
  eventsOf: EventsOf,
  fold: FoldContext,
): Promise<ReplayedState | undefined> {
  let state: ProfileState | undefined;
  let events = 0;
  const firstSights = new Map<string, number>();
  for await (const page of eventsOf(identifiers)) {
    for (const event of page) {
      state = foldEvent(state ?? emptyState(event.timestamp), event, fold);
      for (const { namespace, value } of event.identifiers) {
        const key = `${namespace}:${value}`;
        if (!firstSights.has(key)) firstSights.set(key, event.timestamp);
      }
    }
    events += page.length;
    if (events > maxReplayedEvents) return undefined;
  }
  const folded = state ?? emptyState(before.firstSeenAt);
  const whole = mergeStates(carriedOver(before, folded.firstSeenAt), folded, fold);
  return {
    state: {
      ...whole,
      firstSeenAt: folded.firstSeenAt,
      lastSeenAt: folded.lastSeenAt,
      memberships: before.memberships,
      exits: before.exits,
    },
    events,
    firstSights,
  };
}
