import { createCompactLru } from "./compact-lru.ts";
import type { IdentityGraph, Link } from "./identity-graph.ts";
import type { Profile } from "./profile.ts";

export type CachedProfile = Profile & {
  readonly links: readonly Link[];
  readonly mergeCount: number;
  readonly evidencePosition: string;
  readonly cachedAt: number;
};

/**
 * A database read whose result shall be kept. What a writer put or forgot meanwhile is newer than what was read, so the read
 * leaves it alone: otherwise a visitor who was asked for just before their first event would stay unknown for ever.
 */
export type CacheRead = {
  readonly put: (profile: CachedProfile) => void;
  readonly putLinks: (key: string, links: readonly Link[], now: number) => void;
  readonly end: () => void;
};

export type ProfileCache = {
  readonly profile: (profileId: string, now: number) => CachedProfile | undefined;
  /** All intervals of an identifier, or undefined when unknown; an empty list = known to have no owner. */
  readonly links: (key: string, now: number) => readonly Link[] | undefined;
  /** Begin it before the query, and always end it. */
  readonly beginRead: () => CacheRead;
  /** What was just committed. */
  readonly put: (profile: CachedProfile) => void;
  readonly putLinks: (key: string, links: readonly Link[], now: number) => void;
  readonly forgetLinks: (key: string) => void;
  readonly forget: (graph: IdentityGraph) => void;
  readonly forgetProfiles: (profileIds: Iterable<string>) => void;
};

/** Identifiers of a person, on the average. */
const keysPerProfile = 4;

/**
 * What the hot paths know without a database.
 *
 * @param capacity profiles kept as objects
 * @param maxAgeMs age after which an entry is read again; Infinity when this process is the only writer
 * @param textBytes bytes of further profiles and links kept as text, for use again after long; default none
 */
export function createProfileCache(capacity: number, maxAgeMs: number, textBytes = 0): ProfileCache {
  const profiles = createCompactLru<CachedProfile>(capacity, textBytes);
  const linksByKey = createCompactLru<{ readonly links: readonly Link[]; readonly cachedAt: number }>(
    capacity * keysPerProfile,
    textBytes / keysPerProfile,
  );
  // For each read under way, what was written since it began. Ids and keys cannot be equal: keys hold a namespace.
  const reads = new Set<Set<string>>();
  const written = (name: string): void => {
    for (const changed of reads) changed.add(name);
  };
  const deleteProfile = (profileId: string): void => {
    written(profileId);
    profiles.delete(profileId);
  };
  const deleteLinks = (key: string): void => {
    written(key);
    linksByKey.delete(key);
  };
  return {
    profile: (profileId, now) => {
      const found = profiles.get(profileId);
      return found && now - found.cachedAt <= maxAgeMs ? found : undefined;
    },
    links: (key, now) => {
      const found = linksByKey.get(key);
      return found && now - found.cachedAt <= maxAgeMs ? found.links : undefined;
    },
    beginRead: () => {
      const changed = new Set<string>();
      reads.add(changed);
      return {
        put: (profile) => {
          if (!changed.has(profile.profileId)) profiles.set(profile.profileId, profile);
        },
        putLinks: (key, links, cachedAt) => {
          if (!changed.has(key)) linksByKey.set(key, { links, cachedAt });
        },
        end: () => {
          reads.delete(changed);
        },
      };
    },
    put: (profile) => {
      written(profile.profileId);
      profiles.set(profile.profileId, profile);
    },
    putLinks: (key, links, cachedAt) => {
      written(key);
      linksByKey.set(key, { links, cachedAt });
    },
    forgetLinks: deleteLinks,
    forgetProfiles: (profileIds) => {
      for (const profileId of profileIds) deleteProfile(profileId);
    },
    forget: (graph) => {
      for (const profileId of graph.profiles.keys()) deleteProfile(profileId);
      for (const profileId of graph.removed) deleteProfile(profileId);
      for (const [loser, survivor] of graph.merged) {
        deleteProfile(loser);
        deleteProfile(survivor);
      }
      for (const key of graph.linksByKey.keys()) deleteLinks(key);
    },
  };
}
