// Brings everything that the identifiers of a batch touch into memory: their links, the profiles behind them, and all
// links of those profiles. Cached parts cost nothing; the rest is two queries, whatever the size of the batch.
import type { Identifier } from "../collect/index.ts";
import {
  type CombineStates,
  createIdentityGraph,
  type IdentityGraph,
  type Link,
  nobody,
  ownedIdentifiers,
  quarantined,
  type WorkingProfile,
} from "./identity-graph.ts";
import { identifierKey } from "./identity-message.ts";
import type { CachedProfile, ProfileCache } from "./profile-cache.ts";
import type { ProfileStore } from "./store.ts";

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** All intervals of each identifier by its key, in order of their start, from the cache or the database. */
export async function loadLinks(
  identifiers: ReadonlyMap<string, Identifier>,
  store: ProfileStore,
  cache: ProfileCache,
  now: number,
): Promise<Map<string, readonly Link[]>> {
  const links = new Map<string, readonly Link[]>();
  const missing: Identifier[] = [];
  for (const [key, identifier] of identifiers) {
    const cached = cache.links(key, now);
    if (cached) links.set(key, cached);
    else missing.push(identifier);
  }
  if (missing.length === 0) return links;
  const read = cache.beginRead();
  try {
    const found = groupBy(await store.linksOf(missing), identifierKey);
    for (const identifier of missing) {
      const key = identifierKey(identifier);
      const list = (found.get(key) ?? []).sort((a, b) => a.validFrom - b.validFrom);
      links.set(key, list);
      read.putLinks(key, list, now);
    }
  } finally {
    read.end();
  }
  return links;
}

/** Profiles by id from the cache or the database; ids that no longer exist are absent. */
export async function loadProfiles(
  profileIds: ReadonlySet<string>,
  store: ProfileStore,
  cache: ProfileCache,
  now: number,
): Promise<readonly CachedProfile[]> {
  const loaded: CachedProfile[] = [];
  const missing: string[] = [];
  for (const profileId of profileIds) {
    const cached = cache.profile(profileId, now);
    if (cached) loaded.push(cached);
    else missing.push(profileId);
  }
  if (missing.length === 0) return loaded;
  const read = cache.beginRead();
  try {
    const [rows, links] = await Promise.all([store.profiles(missing), store.linksOfProfiles(missing)]);
    const linksByProfile = groupBy(links, (link) => link.profileId);
    for (const row of rows) {
      const own = linksByProfile.get(row.profileId) ?? [];
      const profile: CachedProfile = { ...row, identifiers: ownedIdentifiers(own), links: own, cachedAt: now };
      read.put(profile);
      loaded.push(profile);
    }
  } finally {
    read.end();
  }
  return loaded;
}

function isProfile(profileId: string): boolean {
  return profileId !== nobody && profileId !== quarantined;
}

async function loadOwners(
  identifiers: ReadonlyMap<string, Identifier>,
  store: ProfileStore,
  cache: ProfileCache,
  now: number,
) {
  const linksByKey = await loadLinks(identifiers, store, cache, now);
  const profileIds = new Set<string>();
  for (const links of linksByKey.values())
    for (const link of links) if (isProfile(link.profileId)) profileIds.add(link.profileId);
  return { linksByKey, loaded: await loadProfiles(profileIds, store, cache, now) };
}

function keysWithoutOwner(
  linksByKey: ReadonlyMap<string, readonly Link[]>,
  loaded: readonly CachedProfile[],
): readonly string[] {
  const owners = new Set(loaded.map((profile) => profile.profileId));
  return [...linksByKey]
    .filter(([, links]) => links.some((link) => isProfile(link.profileId) && !owners.has(link.profileId)))
    .map(([key]) => key);
}

/** @param identifiers by key; every interval of theirs comes along, of other identifiers those of the profiles found */
export async function loadGraph(
  identifiers: ReadonlyMap<string, Identifier>,
  store: ProfileStore,
  cache: ProfileCache,
  now: number,
  combine?: CombineStates,
): Promise<IdentityGraph> {
  let { linksByKey, loaded } = await loadOwners(identifiers, store, cache, now);
  const outdated = keysWithoutOwner(linksByKey, loaded);
  if (outdated.length > 0) {
    // Another process merged the owner away after the links were read.
    for (const key of outdated) cache.forgetLinks(key);
    ({ linksByKey, loaded } = await loadOwners(identifiers, store, cache, now));
  }
  // Links of a value come from the value's list where it was asked for, else from its profile: never twice.
  const links: Link[] = [];
  for (const list of linksByKey.values()) for (const link of list) links.push({ ...link });
  const profiles: WorkingProfile[] = [];
  for (const profile of loaded) {
    profiles.push({
      profileId: profile.profileId,
      version: profile.version,
      createdAt: profile.createdAt,
      state: profile.state,
      links: [],
      mergeCount: profile.mergeCount,
      evidencePosition: profile.evidencePosition,
    });
    for (const link of profile.links) if (!linksByKey.has(identifierKey(link))) links.push({ ...link });
  }
  return createIdentityGraph(profiles, links, new Set(linksByKey.keys()), combine);
}
