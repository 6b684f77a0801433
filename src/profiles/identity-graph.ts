// The part of the identity graph that one batch touches: links by identifier, profiles by id, and what changed.
// It is worked on in memory and written at once.
import type { Identifier } from "../collect/index.ts";
import { newId } from "../kernel/index.ts";
import { emptyState } from "./empty-state.ts";
import { type IdentityMessage, identifierKey } from "./identity-message.ts";
import type { Separation } from "./identity-rules.ts";
import { mergeStates } from "./merge-states.ts";
import type { OwnedIdentifier, ProfileState } from "./profile.ts";

/** Owner of an interval that belongs to nobody, and that the next owner takes over. */
export const nobody = "00000000-0000-0000-0000-000000000000";
/** Owner of the interval in which a value is quarantined. */
export const quarantined = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** First sight of an interval of which nobody knows yet whether it has an event at all. */
export const unknownSight = 4_102_444_800_000;

export type Rival = { readonly person: string; readonly at: number };

export type Link = Identifier & {
  profileId: string;
  readonly validFrom: number;
  validTo: number | null;
  verified: boolean;
  /** Earliest event with the identifier; later intervals start with the message that made them. */
  firstSeenAt: number;
  /** Since when, in order of the messages, the identifier is with what its profile holds now, proven or not as it is now. */
  linkedAt: number;
  /** Persons whom it was refused lately, for the fuse of A.2. */
  rivals: readonly Rival[] | null;
};

export type WorkingProfile = {
  readonly profileId: string;
  /** Version in the database; 0 = not there yet. */
  readonly version: number;
  readonly createdAt: number;
  state: ProfileState;
  links: Link[];
  mergeCount: number;
  /** Place of the newest message that could change the graph around it; see `positionOf`. */
  evidencePosition: string;
};

export type IdentityAction =
  | "create"
  | "link"
  | "merge"
  | "refuse"
  | "demote"
  | "repoint"
  | "close"
  | "quarantine"
  | "release"
  | "replay"
  | "rebuild"
  | "split";
export type IdentityLogEntry = {
  readonly at: number;
  readonly messageId: string;
  readonly action: IdentityAction;
  readonly profileIds: readonly string[];
  readonly identifier: Identifier | null;
  readonly rule: string;
};

/** A snapshot of links that stands for every message before it. */
export type Checkpoint = {
  readonly links: readonly (Omit<Link, "profileId"> & { readonly profileId: string })[];
  readonly profiles: readonly { readonly profileId: string; readonly createdAt: number; readonly mergeCount: number }[];
};
export type Evidence = {
  readonly at: number;
  readonly keys: readonly string[];
  readonly body: IdentityMessage | Checkpoint;
  readonly isCheckpoint: boolean;
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
  /** loser → identifiers it brought along */
  readonly moved: Map<string, readonly string[]>;
  readonly log: IdentityLogEntry[];
  readonly evidence: Evidence[];
  /** Profile → why its state no longer follows from its events. */
  readonly rebuilds: Map<string, string>;
  readonly quarantines: {
    readonly identifier: Identifier;
    readonly since: number;
    readonly until: number | null;
    readonly rule: string;
  }[];
  readonly releases: { readonly identifier: Identifier; readonly at: number }[];
  /** Redirects that end: their profiles exist again. */
  readonly revived: Set<string>;
  /** Profiles that turned out to have no event: they go without a redirect. */
  readonly removed: Set<string>;
  readonly separations: { readonly added: Separation[]; readonly removed: string[] };
  /** Events with a placeholder instead of an identity, by namespace. */
  readonly blocked: Map<string, number>;
  /** Keys whose quarantine was worked out anew. */
  readonly requarantined: Set<string>;
  readonly combine: CombineStates;
};

export type CombineStates = (survivor: ProfileState, loser: ProfileState) => ProfileState;

export function createIdentityGraph(
  profiles: Iterable<WorkingProfile>,
  links: Iterable<Link>,
  completeKeys: ReadonlySet<string>,
  combine: CombineStates = mergeStates,
): IdentityGraph {
  const graph: IdentityGraph = {
    linksByKey: new Map(),
    completeKeys,
    profiles: new Map(),
    changedLinks: new Set(),
    newLinks: new Set(),
    changedProfiles: new Set(),
    merged: new Map(),
    moved: new Map(),
    log: [],
    evidence: [],
    rebuilds: new Map(),
    quarantines: [],
    releases: [],
    revived: new Set(),
    removed: new Set(),
    separations: { added: [], removed: [] },
    blocked: new Map(),
    requarantined: new Set(),
    combine,
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

export function addProfile(graph: IdentityGraph, at: number, profileId = newId(Math.max(0, at))): WorkingProfile {
  const profile: WorkingProfile = {
    profileId,
    version: 0,
    createdAt: at,
    state: emptyState(at),
    links: [],
    mergeCount: 0,
    evidencePosition: "",
  };
  graph.profiles.set(profile.profileId, profile);
  graph.changedProfiles.add(profile.profileId);
  return profile;
}

function takeOver(
  graph: IdentityGraph,
  profile: WorkingProfile,
  list: readonly Link[],
  from: number,
  verified: boolean,
) {
  for (const link of [...list].reverse()) {
    if (link.profileId !== nobody) break;
    link.profileId = profile.profileId;
    link.verified = verified;
    link.firstSeenAt = from;
    link.linkedAt = from;
    link.rivals = null;
    profile.links.push(link);
    graph.changedLinks.add(link);
  }
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
  graph.changedProfiles.add(profile.profileId);
  if (last?.validTo === null && last.profileId === nobody) {
    takeOver(graph, profile, list, from, verified);
    return;
  }
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
    firstSeenAt: from,
    linkedAt: from,
    rivals: null,
  };
  list.push(link);
  graph.linksByKey.set(key, list);
  profile.links.push(link);
  graph.newLinks.add(link);
  graph.changedLinks.add(link);
}

export function closeLink(graph: IdentityGraph, link: Link, at: number): void {
  link.validTo = Math.max(at, link.validFrom + 1);
  graph.changedLinks.add(link);
  if (graph.profiles.has(link.profileId)) graph.changedProfiles.add(link.profileId);
}

/** From `at` on, and until somebody releases it at `until`, the value leads to nobody. */
export function quarantineLink(graph: IdentityGraph, identifier: Identifier, at: number, until: number | null): void {
  const key = identifierKey(identifier);
  const list = graph.linksByKey.get(key) ?? [];
  const last = list.at(-1);
  if (last && last.validTo === null) closeLink(graph, last, at);
  const link: Link = {
    ...identifier,
    profileId: quarantined,
    validFrom: last === undefined ? 0 : (last.validTo ?? at),
    validTo: until,
    verified: false,
    firstSeenAt: at,
    linkedAt: at,
    rivals: null,
  };
  list.push(link);
  graph.linksByKey.set(key, list);
  graph.newLinks.add(link);
  graph.changedLinks.add(link);
}

export function changeLink(
  graph: IdentityGraph,
  link: Link,
  change: Partial<Pick<Link, "verified" | "rivals" | "firstSeenAt" | "linkedAt">>,
): void {
  Object.assign(link, change);
  graph.changedLinks.add(link);
  graph.changedProfiles.add(link.profileId);
}

/** Proven, or no longer so; that too is a change of what holds since `at`. */
export function setVerified(graph: IdentityGraph, link: Link, verified: boolean, at: number): void {
  if (link.verified !== verified) changeLink(graph, link, { verified, linkedAt: Math.max(link.linkedAt, at) });
}

const keptMoved = 50;

/** Moves everything of `loser` to `survivor`; the loser's id becomes a permanent redirect. */
export function mergeInto(graph: IdentityGraph, survivor: WorkingProfile, loser: WorkingProfile, at: number): void {
  survivor.state = graph.combine(survivor.state, loser.state);
  graph.moved.set(loser.profileId, loser.links.slice(0, keptMoved).map(identifierKey));
  for (const link of loser.links) {
    link.profileId = survivor.profileId;
    link.linkedAt = Math.max(link.linkedAt, at);
    graph.changedLinks.add(link);
    survivor.links.push(link);
  }
  // A device that nobody used between a sign-out and a sign-in was no profile: whether it was must not be told by the count.
  const isHistory = loser.links.some((link) => link.validFrom === 0);
  survivor.mergeCount += loser.mergeCount + (isHistory ? 1 : 0);
  if (loser.evidencePosition > survivor.evidencePosition) survivor.evidencePosition = loser.evidencePosition;
  graph.profiles.delete(loser.profileId);
  graph.changedProfiles.delete(loser.profileId);
  graph.changedProfiles.add(survivor.profileId);
  graph.merged.set(loser.profileId, survivor.profileId);
  const reason = graph.rebuilds.get(loser.profileId);
  if (reason !== undefined) {
    graph.rebuilds.delete(loser.profileId);
    graph.rebuilds.set(survivor.profileId, reason);
  }
}

/**
 * Events of `from` may be `to`'s now, which is not known before `to` is computed anew: until then it must not be taken for older than
 * it may be.
 */
export function boundLastSight(to: WorkingProfile, from: Pick<WorkingProfile, "state">): void {
  const { lastSeenAt } = from.state;
  if (lastSeenAt > to.state.lastSeenAt) to.state = { ...to.state, lastSeenAt };
}

/** The profile that an id stands for after every merge of the graph. */
export function finalSurvivor(graph: IdentityGraph, profileId: string): string {
  let id = profileId;
  for (let next = graph.merged.get(id); next !== undefined; next = graph.merged.get(id)) id = next;
  return id;
}

/** What others see of links: intervals that follow each other are one. */
export function ownedIdentifiers(links: readonly Link[]): readonly OwnedIdentifier[] {
  const owned: OwnedIdentifier[] = [];
  const open = new Map<string, number>();
  const sorted = links.some((link) => link.validFrom !== 0)
    ? [...links].sort((a, b) => a.validFrom - b.validFrom)
    : links;
  for (const { namespace, value, validFrom, validTo, verified } of sorted) {
    const key = identifierKey({ namespace, value });
    const at = open.get(key);
    const before = at === undefined ? undefined : owned[at];
    if (at !== undefined && before && before.validTo === validFrom) owned[at] = { ...before, validTo, verified };
    else {
      open.set(key, owned.length);
      owned.push({ namespace, value, validFrom, validTo, verified });
    }
  }
  return owned;
}
