import { inBackground, withCoMembers } from "./co-members.ts";
import type { ProfileState } from "./profile.ts";
import type { AccountStore } from "./store-accounts.ts";

type Person = { readonly profileId: string; readonly state: ProfileState };

/** Members of accounts for those who judge them, and accounts whose members are to be judged again. */
export function createAccounts(store: AccountStore) {
  return {
    /** Adds the members of their accounts to profiles that have any; of their leaves those of `keys`. */
    withCoMembers: <P extends Person>(given: readonly P[], keys: readonly string[]) =>
      withCoMembers(given, keys, inBackground, store),
    memberIds: store.memberIds,
    changes: store.changes,
    settleChange: store.settleChange,
  };
}

type Accounts = ReturnType<typeof createAccounts>;

/** The same of profiles that are yet to be made: audiences come before them. */
export function accountsOf(profiles: () => { readonly accounts: Accounts }): Accounts {
  return {
    withCoMembers: (given, keys) => profiles().accounts.withCoMembers(given, keys),
    memberIds: (...given) => profiles().accounts.memberIds(...given),
    changes: (limit) => profiles().accounts.changes(limit),
    settleChange: (...given) => profiles().accounts.settleChange(...given),
  };
}
