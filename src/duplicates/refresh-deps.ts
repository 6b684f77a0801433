import type { Clock, Logger } from "../kernel/index.ts";
import type { OwnedIdentifier, Profile, ProfileRow } from "../profiles/index.ts";
import type { ProfilePair } from "./proposal.ts";
import type { DuplicateStore } from "./store.ts";

/** What duplicates need of profiles. */
export type ProfileReads = {
  /** Everybody in order of id. */
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly ProfileRow[]>;
  readonly linksOf: (
    profileIds: readonly string[],
  ) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>;
  /** The survivor for the id of a merged profile. @throws {ClienteleError} `profiles.notFound` */
  readonly get: (profileId: string) => Promise<Profile>;
};

/** A pair that identity stitching found in conflict, e.g. one e-mail address of two customers. */
export type IdentityConflict = { readonly profileIds: ProfilePair };

export type RefreshDeps = {
  readonly store: DuplicateStore;
  readonly profiles: ProfileReads;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pairs that must never be proposed, because somebody separated them; one answer a pair. */
  readonly separated?: (pairs: readonly ProfilePair[]) => Promise<readonly boolean[]>;
  /** Conflicts that identity stitching reported; pairs may come again. */
  readonly conflicts?: () => Promise<readonly IdentityConflict[]>;
  readonly minProbability: number;
  readonly maxPairs: number;
  readonly maxProfiles: number;
  readonly timeoutMs: number;
};

/** Parts of a list, so that no statement and no call grows with it. */
export function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Pairs that nobody separated. */
export async function withoutSeparated<T extends { readonly profileA: string; readonly profileB: string }>(
  separated: RefreshDeps["separated"],
  pairs: readonly T[],
): Promise<readonly T[]> {
  if (!separated || pairs.length === 0) return pairs;
  const answers = await separated(pairs.map(({ profileA, profileB }) => [profileA, profileB] as const));
  return pairs.filter((_, index) => answers[index] !== true);
}
