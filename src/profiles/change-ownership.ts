// Splits and merges by hand (profiles-and-journeys A.5, A.6): worked out on the loaded part of the graph. What was decided by hand
// becomes a checkpoint: it stands for every message before it.
import type { Identifier } from "../collect/index.ts";
import { ClienteleError, newId } from "../kernel/index.ts";
import { emptyState } from "./empty-state.ts";
import {
  addProfile,
  boundLastSight,
  type Checkpoint,
  closeLink,
  type IdentityGraph,
  type Link,
  mergeInto,
  type WorkingProfile,
} from "./identity-graph.ts";
import { hashOfEmail, identifierKey } from "./identity-message.ts";
import type { Separation } from "./identity-rules.ts";
import { compareSurvivors, maxIdentifiers, maxMerges } from "./merge-profiles.ts";

export type SplitOrder = {
  readonly identifiers: readonly Identifier[];
  /** From when on they belong to somebody else; null = always. */
  readonly since: number | null;
  readonly now: number;
  readonly by: string;
};

/** Writes down the links of everything loaded, in place of the messages that led to them. */
export function addCheckpoint(graph: IdentityGraph, now: number): void {
  const links = [...graph.linksByKey.values()].flat();
  const body: Checkpoint = {
    links: links.map((link) => ({ ...link })),
    profiles: [...graph.profiles.values()].map(({ profileId, createdAt, mergeCount }) => ({
      profileId,
      createdAt,
      mergeCount,
    })),
  };
  graph.evidence.push({ at: now, keys: [...graph.linksByKey.keys()], body, isCheckpoint: true });
}

/** The identifiers to move with what follows from them. */
function keysToMove(identifiers: readonly Identifier[]): ReadonlySet<string> {
  const keys = new Set(identifiers.map(identifierKey));
  for (const { namespace, value } of identifiers)
    if (namespace === "email") keys.add(identifierKey({ namespace: "email_sha256", value: hashOfEmail(value) }));
  return keys;
}

function moveLink(graph: IdentityGraph, link: Link, to: WorkingProfile): void {
  link.profileId = to.profileId;
  to.links.push(link);
  graph.changedLinks.add(link);
}

/** The part of an interval from `since` on becomes an interval of its own. */
function cutLink(graph: IdentityGraph, link: Link, since: number, to: WorkingProfile): void {
  const part: Link = {
    ...link,
    profileId: to.profileId,
    validFrom: since,
    firstSeenAt: since,
    linkedAt: since,
    rivals: null,
  };
  closeLink(graph, link, since);
  const list = graph.linksByKey.get(identifierKey(link)) ?? [];
  list.push(part);
  list.sort((a, b) => a.validFrom - b.validFrom);
  graph.linksByKey.set(identifierKey(link), list);
  to.links.push(part);
  graph.newLinks.add(part);
  graph.changedLinks.add(part);
}

/**
 * Moves identifiers of a profile to a new one and keeps the two apart from then on.
 *
 * @throws {ClienteleError} `profiles.splitUnknown`, `profiles.splitEverything`
 * @returns the new profile; its state is empty but for the consents
 */
export function splitProfile(graph: IdentityGraph, profile: WorkingProfile, order: SplitOrder): WorkingProfile {
  const { since, now } = order;
  const keys = keysToMove(order.identifiers);
  const isMoved = (link: Link) => keys.has(identifierKey(link));
  const held = new Set(profile.links.map(identifierKey));
  const unknown = order.identifiers.find((identifier) => !held.has(identifierKey(identifier)));
  if (unknown)
    throw new ClienteleError(
      "profiles.splitUnknown",
      `the profile has no such ${unknown.namespace}; read its identifiers`,
    );
  const left = profile.links.filter((link) => !isMoved(link));
  if (left.length === 0)
    throw new ClienteleError("profiles.splitEverything", "leave at least one identifier with the profile");
  const other = addProfile(graph, now);
  const moved = profile.links.filter(isMoved);
  profile.links = profile.links.filter((link) => !isMoved(link));
  for (const link of moved) {
    if (since === null || link.validFrom >= since) moveLink(graph, link, other);
    else {
      profile.links.push(link);
      if (link.validTo === null || link.validTo > since) cutLink(graph, link, since, other);
    }
  }
  // What the person decided holds for both until they say otherwise.
  other.state = { ...emptyState(now), consents: profile.state.consents };
  boundLastSight(other, profile);
  other.evidencePosition = profile.evidencePosition;
  const separation: Separation = {
    separationId: newId(now),
    createdAt: now,
    since,
    left: [...keys],
    right: [...new Set(left.map(identifierKey))],
    leftProfileId: other.profileId,
    rightProfileId: profile.profileId,
    createdBy: order.by,
  };
  graph.separations.added.push(separation);
  for (const { profileId } of [profile, other]) {
    graph.changedProfiles.add(profileId);
    graph.rebuilds.set(profileId, "split");
  }
  graph.log.push({
    at: now,
    messageId: separation.separationId,
    action: "split",
    profileIds: [profile.profileId, other.profileId],
    identifier: order.identifiers[0] ?? null,
    rule: "by_hand",
  });
  addCheckpoint(graph, now);
  return other;
}

/** Keeps two profiles apart from now on; nothing moves. */
export function separateProfiles(
  graph: IdentityGraph,
  a: WorkingProfile,
  b: WorkingProfile,
  order: { readonly by: string; readonly now: number },
): void {
  const { by, now } = order;
  const separation: Separation = {
    separationId: newId(now),
    createdAt: now,
    since: null,
    left: [...new Set(a.links.map(identifierKey))],
    right: [...new Set(b.links.map(identifierKey))],
    leftProfileId: a.profileId,
    rightProfileId: b.profileId,
    createdBy: by,
  };
  graph.separations.added.push(separation);
  graph.log.push({
    at: now,
    messageId: separation.separationId,
    action: "refuse",
    profileIds: [a.profileId, b.profileId],
    identifier: null,
    rule: "by_hand",
  });
}

/** Separations that keep two profiles apart. */
export function separationsBetween(
  a: WorkingProfile,
  b: WorkingProfile,
  separations: readonly Separation[],
): readonly Separation[] {
  const [ofA, ofB] = [a, b].map((profile) => new Set(profile.links.map(identifierKey)));
  const has = (keys: ReadonlySet<string> | undefined, side: readonly string[]) => side.some((key) => keys?.has(key));
  return separations.filter(
    ({ left, right }) => (has(ofA, left) && has(ofB, right)) || (has(ofB, left) && has(ofA, right)),
  );
}

/**
 * Makes two profiles one, whatever identifiers they hold.
 *
 * @throws {ClienteleError} `profiles.mergeLimit`
 * @returns the survivor: strongest identifier, then the older one
 */
export function mergeByHand(
  graph: IdentityGraph,
  a: WorkingProfile,
  b: WorkingProfile,
  separations: readonly Separation[],
  now: number,
): WorkingProfile {
  if (a.links.length + b.links.length > maxIdentifiers || a.mergeCount + b.mergeCount >= maxMerges)
    throw new ClienteleError(
      "profiles.mergeLimit",
      `together they would have ${a.links.length + b.links.length} identifiers and ${a.mergeCount + b.mergeCount + 1} merges; at most ${maxIdentifiers} and ${maxMerges} are allowed`,
    );
  graph.separations.removed.push(...separationsBetween(a, b, separations).map(({ separationId }) => separationId));
  const [survivor, loser] = compareSurvivors(a, b) <= 0 ? [a, b] : [b, a];
  mergeInto(graph, survivor, loser, now);
  graph.log.push({
    at: now,
    messageId: newId(now),
    action: "merge",
    profileIds: [survivor.profileId, loser.profileId],
    identifier: null,
    rule: "by_hand",
  });
  addCheckpoint(graph, now);
  return survivor;
}
