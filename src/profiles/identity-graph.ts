// The part of the identity graph that one batch touches: links by identifier, profiles by id, and what changed.
// It is worked on in memory and written at once.
import type { Identifier } from "../collect/index.ts";
import { newId } from "../kernel/index.ts";
import { emptyState } from "./empty-state.ts";
import { mergeStates } from "./merge-states.ts";
import type { OwnedIdentifier, ProfileState } from "./profile.ts";

export type Link = Identifier & {
  profileId: string;
  readonly validFrom: number;
  validTo: number | null;
  verified: boolean;
};

export type WorkingProfile = {
  readonly profileId: string;
  /** Version in the database; 0 = not there yet. */
  readonly version: number;
  readonly createdAt: number;
  state: ProfileState;
  links: Link[];
  mergeCount: number;
};

export type IdentityAction = "create" | "link" | "merge" | "refuse" | "demote" | "repoint" | "close";
export type IdentityLogEntry = {
  readonly at: number;
  readonly messageId: string;
  readonly action: IdentityAction;
  readonly profileIds: readonly string[];
  readonly identifier: Identifier | null;
  readonly rule: string;
};

export type IdentityGraph = {
  readonly linksByKey: Map<string, Link[]>;
  /** Keys whose list in `linksByKey` holds every interval there is; others came in with a profile. */
  readonly completeKeys: ReadonlySet<string>;
  readonly profiles: Map<string, WorkingProfile>;
  readonly changedLinks: Set<Link>;
  /** Those of the changed links that are not stored yet. */
  readonly newLinks: Set<Link>;
  readonly changedProfiles: Set<string>;
  /** loser → survivor */
  readonly merged: Map<string, string>;
  readonly log: IdentityLogEntry[];
};

export function identifierKey({ namespace, value }: Identifier): string {
  return `${namespace}\0${value}`;
}

export function createIdentityGraph(
  profiles: Iterable<WorkingProfile>,
  links: Iterable<Link>,
  completeKeys: ReadonlySet<string>,
): IdentityGraph {
  const graph: IdentityGraph = {
    linksByKey: new Map(),
    completeKeys,
    profiles: new Map(),
    changedLinks: new Set(),
    newLinks: new Set(),
    changedProfiles: new Set(),
    merged: new Map(),
    log: [],
  };
  for (const profile of profiles) graph.profiles.set(profile.profileId, profile);
  for (const link of links) {
    const key = identifierKey(link);
    const list = graph.linksByKey.get(key);
    if (list) list.push(link);
    else graph.linksByKey.set(key, [link]);
    graph.profiles.get(link.profileId)?.links.push(link);
  }
  for (const list of graph.linksByKey.values()) list.sort((a, b) => a.validFrom - b.validFrom);
  return graph;
}

/**
 * The link of an identifier at a time. The first interval also covers everything before it; a time in a gap belongs to the
 * next owner; after a closed last interval there is none.
 */
export function linkAt(graph: IdentityGraph, identifier: Identifier, at: number): Link | undefined {
  const links = graph.linksByKey.get(identifierKey(identifier));
  if (!links) return undefined;
  for (const link of links) if (link.validTo === null || at < link.validTo) return link;
  return undefined;
}

export function ownerAt(graph: IdentityGraph, identifier: Identifier, at: number): WorkingProfile | undefined {
  const link = linkAt(graph, identifier, at);
  return link && graph.profiles.get(link.profileId);
}

export function holdsNamespace(profile: WorkingProfile, namespace: string): boolean {
  return profile.links.some((link) => link.namespace === namespace && link.validTo === null);
}

export function countOpen(profile: WorkingProfile, namespace: string): number {
  let count = 0;
  for (const link of profile.links) if (link.namespace === namespace && link.validTo === null) count += 1;
  return count;
}

export function addProfile(graph: IdentityGraph, at: number): WorkingProfile {
  const profile: WorkingProfile = {
    profileId: newId(at),
    version: 0,
    createdAt: at,
    state: emptyState(at),
    links: [],
    mergeCount: 0,
  };
  graph.profiles.set(profile.profileId, profile);
  graph.changedProfiles.add(profile.profileId);
  return profile;
}

export function addLink(
  graph: IdentityGraph,
  profile: WorkingProfile,
  identifier: Identifier,
  from: number,
  verified: boolean,
): void {
  const key = identifierKey(identifier);
  const list = graph.linksByKey.get(key) ?? [];
  const last = list.at(-1);
  // No gap after a closed interval: a late event from in between belongs to the next owner, here as in the event store.
  // Two intervals of one value cannot start in the same millisecond: the key of the table.
  const validFrom = last === undefined ? 0 : Math.max(last.validTo ?? from, last.validFrom + 1);
  const link: Link = {
    namespace: identifier.namespace,
    value: identifier.value,
    profileId: profile.profileId,
    validFrom,
    validTo: null,
    verified,
  };
  list.push(link);
  graph.linksByKey.set(key, list);
  profile.links.push(link);
  graph.newLinks.add(link);
  graph.changedLinks.add(link);
  graph.changedProfiles.add(profile.profileId);
}

export function closeLink(graph: IdentityGraph, link: Link, at: number): void {
  link.validTo = Math.max(at, link.validFrom + 1);
  graph.changedLinks.add(link);
  graph.changedProfiles.add(link.profileId);
}

export function verifyLink(graph: IdentityGraph, link: Link): void {
  if (link.verified) return;
  link.verified = true;
  graph.changedLinks.add(link);
  graph.changedProfiles.add(link.profileId);
}

/** Moves everything of `loser` to `survivor`; the loser's id becomes a permanent redirect. */
export function mergeInto(graph: IdentityGraph, survivor: WorkingProfile, loser: WorkingProfile): void {
  survivor.state = mergeStates(survivor.state, loser.state);
  for (const link of loser.links) {
    link.profileId = survivor.profileId;
    graph.changedLinks.add(link);
    survivor.links.push(link);
  }
  survivor.mergeCount += loser.mergeCount + 1;
  graph.profiles.delete(loser.profileId);
  graph.changedProfiles.delete(loser.profileId);
  graph.changedProfiles.add(survivor.profileId);
  graph.merged.set(loser.profileId, survivor.profileId);
}

export function toOwnedIdentifier(link: Link): OwnedIdentifier {
  return {
    namespace: link.namespace,
    value: link.value,
    validFrom: link.validFrom,
    validTo: link.validTo,
    verified: link.verified,
  };
}
