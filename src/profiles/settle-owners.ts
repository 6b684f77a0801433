// What is counted from the event store while events change hands: a profile may be merged between the count of its events and their
// writing, into one that was written before it or after it. Whoever got or gave away events meanwhile is counted anew.
import type { Profile } from "./profile.ts";

export type Owner = Pick<Profile, "profileId" | "identifiers">;

export type SettleDeps = {
  /** The profile of an id, or the one that it was merged into; undefined when it is gone. */
  readonly survivor: (profileId: string) => Promise<Owner | undefined>;
  /** Counts these profiles anew and writes what it found; false when it was stopped. */
  readonly recount: (owners: readonly Owner[]) => Promise<boolean>;
  readonly isStopped: () => boolean;
};

const maxRounds = 5;
const ownersAtOnce = 200;

/** Identifiers with their intervals: as long as they stay, the events do. */
function identityOf({ identifiers }: Owner): string {
  const each = identifiers.map(({ namespace, value, validFrom, validTo }) => [namespace, value, validFrom, validTo]);
  return JSON.stringify(each.map((one) => JSON.stringify(one)).sort());
}

/**
 * Counts profiles anew until none of them changes hands meanwhile; see `ownership` of profiles for which.
 *
 * @returns false when it was stopped
 * @throws {Error} after five rounds
 */
export async function settleOwners(profileIds: readonly string[], deps: SettleDeps): Promise<boolean> {
  const ownersOf = async (ids: readonly string[]): Promise<readonly Owner[]> => {
    const found = new Map<string, Owner>();
    for (const id of ids) {
      const survivor = await deps.survivor(id);
      if (survivor) found.set(survivor.profileId, survivor);
    }
    return [...found.values()];
  };
  let left = profileIds;
  for (let round = 0; left.length > 0; round += 1) {
    if (round >= maxRounds)
      throw new Error(`profiles changed hands ${maxRounds} times while their events were counted`);
    const again: string[] = [];
    for (let start = 0; start < left.length; start += ownersAtOnce) {
      if (deps.isStopped()) return false;
      const owners = await ownersOf(left.slice(start, start + ownersAtOnce));
      if (owners.length === 0) continue;
      if (!(await deps.recount(owners))) return false;
      const ids = owners.map(({ profileId }) => profileId);
      const now = new Map((await ownersOf(ids)).map((owner) => [owner.profileId, identityOf(owner)]));
      for (const owner of owners) if (now.get(owner.profileId) !== identityOf(owner)) again.push(owner.profileId);
    }
    left = again;
  }
  return true;
}
