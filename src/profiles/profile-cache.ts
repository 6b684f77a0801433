import type { IdentityGraph, Link } from "./identity-graph.ts";
import type { Profile } from "./profile.ts";

export type CachedProfile = Profile & {
  readonly links: readonly Link[];
  readonly mergeCount: number;
  readonly evidencePosition: string;
  readonly cachedAt: number;
};

/** Least-recently-used map with a bound on entries; `Map` keeps insertion order, so the first key is the oldest. */
function createLru<K, V>(capacity: number) {
  const entries = new Map<K, V>();
  return {
    get: (key: K): V | undefined => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key: K, value: V): void => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > capacity) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
    },
    delete: (key: K): void => {
      entries.delete(key);
    },
  };
}

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
};

/**
 * What the hot paths know without a database.
 *
 * @param maxAgeMs age after which an entry is read again; Infinity when this process is the only writer
 */
export function createProfileCache(capacity: number, maxAgeMs: number): ProfileCache {
  const profiles = createLru<string, CachedProfile>(capacity);
  const linksByKey = createLru<string, { readonly links: readonly Link[]; readonly cachedAt: number }>(capacity * 2);
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
