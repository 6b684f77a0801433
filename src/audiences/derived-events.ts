import type { CanonicalEvent } from "../collect/index.ts";
import type { JsonValue } from "../kernel/index.ts";
import type { ChangedProfile, DerivedEvent, OwnedIdentifier } from "../profiles/index.ts";
import type { Transition } from "./judge-profile.ts";

/**
 * A transition as an event of the stream, for journeys, webhooks and analytics. Its id follows from the batch, so that a
 * batch that is repeated after a crash yields the same event.
 */
function toTransitionEvent(
  transition: Transition,
  identifiers: readonly OwnedIdentifier[],
  batchId: string,
  storeView: string,
): CanonicalEvent {
  const { profileId, audienceId, version, entered, reasonLeaf, at } = transition;
  const type = entered ? "audienceEntered" : "audienceExited";
  return {
    messageId: `${batchId}:${profileId}:${audienceId}`,
    sourceId: "clientele",
    sourceKind: "server",
    type,
    originalName: type,
    timestamp: at,
    receivedAt: at,
    identifiers: identifiers
      .filter(({ validTo }) => validTo === null)
      .map(({ namespace, value }) => ({ namespace, value })),
    verified: true,
    storeView,
    // The leaf is part of a rule, which is JSON.
    properties: { audienceId, version, reasonLeaf: reasonLeaf as JsonValue },
    context: {},
    extra: {},
    flags: [],
  };
}

/** Entries and exits of one batch, each with the profile it is about. */
export function derivedEvents(
  transitions: readonly Transition[],
  changed: readonly ChangedProfile[],
  batchId: string,
  storeView: string,
): readonly DerivedEvent[] {
  if (transitions.length === 0) return [];
  const identifiers = new Map(changed.map((profile) => [profile.profileId, profile.identifiers]));
  return transitions.map((each) => ({
    profileId: each.profileId,
    event: toTransitionEvent(each, identifiers.get(each.profileId) ?? [], batchId, storeView),
  }));
}
