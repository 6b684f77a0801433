// The members of a profile's accounts, for event conditions that are judged for each of them. They are loaded only when a live audience
// asks for them and the profile has an account; of each member only the rows of the leaves that are asked for.
import { accountsOf } from "./fold-accounts.ts";
import type { ProfileState } from "./profile.ts";
import type { AccountMember, AccountStore } from "./store-accounts.ts";

/** `later`: too many to load here; the profile is to be judged again at once where that does no harm. */
export type CoMembers = readonly AccountMember[] | "later";

export type CoMemberLimits = {
  /** Members of one account. */
  readonly perAccount: number;
  /** Members of all accounts of a call. */
  readonly total: number;
  /** Whether of a larger account the first members stand for all; else it is left for later. */
  readonly cutsOff: boolean;
};

/** In a batch of events, which others wait for. */
export const inBatch: CoMemberLimits = { perAccount: 100, total: 20_000, cutsOff: false };
export const inBackground: CoMemberLimits = {
  perAccount: 20_000,
  total: Number.POSITIVE_INFINITY,
  cutsOff: true,
};

type Person = { readonly profileId: string; readonly state: ProfileState };
/** What is in memory and newer than what is stored. */
type InHand = { readonly changed: readonly Person[]; readonly gone: ReadonlySet<string> };

const nothingInHand: InHand = { changed: [], gone: new Set() };

/**
 * Adds the members of their accounts to those of the profiles that have any.
 *
 * @param keys leaves to load of each member
 * @returns the same array when nobody has an account; profiles of the same accounts share one array of members
 */
export async function withCoMembers<P extends Person>(
  profiles: readonly P[],
  keys: readonly string[],
  limits: CoMemberLimits,
  store: Pick<AccountStore, "members" | "sizes">,
  inHand: InHand = nothingInHand,
): Promise<readonly (P & { readonly coMembers?: CoMembers })[]> {
  const wanted = [...new Set(profiles.flatMap(({ state }) => accountsOf(state)))];
  if (wanted.length === 0) return profiles;
  const loadable = await chooseAccounts(wanted, limits, store);
  const stored = await store.members(loadable, keys, limits.perAccount);
  const membersOf = overlay(stored, inHand);
  const [known, lists] = [new Set(loadable), new Map<string, CoMembers>()];
  return profiles.map((profile) => {
    const accounts = accountsOf(profile.state);
    if (accounts.length === 0) return profile;
    const key = JSON.stringify(accounts);
    const coMembers =
      lists.get(key) ?? (accounts.every((id) => known.has(id)) ? unite(accounts.map(membersOf)) : "later");
    lists.set(key, coMembers);
    return { ...profile, coMembers };
  });
}

async function chooseAccounts(
  wanted: readonly string[],
  { perAccount, total, cutsOff }: CoMemberLimits,
  store: Pick<AccountStore, "sizes">,
): Promise<readonly string[]> {
  if (cutsOff && total === Number.POSITIVE_INFINITY) return wanted;
  const sizes = await store.sizes(wanted, perAccount + 1);
  let left = total;
  return wanted.filter((id) => {
    const size = sizes.get(id) ?? 0;
    if (size > left || (!cutsOff && size > perAccount)) return false;
    left -= size;
    return true;
  });
}

/** Stored members with what is in memory in their place. */
function overlay(
  stored: ReadonlyMap<string, readonly AccountMember[]>,
  { changed, gone }: InHand,
): (accountId: string) => readonly AccountMember[] {
  const newer = new Map<string, AccountMember[]>();
  const ids = new Set(changed.map(({ profileId }) => profileId));
  for (const { profileId, state } of changed) {
    for (const accountId of accountsOf(state)) {
      const member = { profileId, leaves: state.leaves, session: state.session };
      const known = newer.get(accountId);
      if (known) known.push(member);
      else newer.set(accountId, [member]);
    }
  }
  return (accountId) => {
    const others = stored.get(accountId) ?? [];
    if (ids.size === 0 && gone.size === 0) return others;
    return [
      ...others.filter(({ profileId }) => !ids.has(profileId) && !gone.has(profileId)),
      ...(newer.get(accountId) ?? []),
    ].sort((a, b) => (a.profileId < b.profileId ? -1 : 1));
  };
}

/** Whoever is in two of the accounts is one member. */
function unite(lists: readonly (readonly AccountMember[])[]): readonly AccountMember[] {
  const [only, ...more] = lists;
  if (only && more.length === 0) return only;
  return [...new Map(lists.flat().map((member) => [member.profileId, member] as const)).values()];
}
