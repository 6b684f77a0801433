import type { Sql } from "../storage/index.ts";
import { accountsOf, areSameAccounts } from "./fold-accounts.ts";
import { finalSurvivor, type IdentityGraph } from "./identity-graph.ts";
import type { ProfileState } from "./profile.ts";
import type { AccountStore } from "./store-accounts.ts";

/** Which profiles of a batch are in other accounts than before, and which have news for those in their accounts. */
export type AccountChanges = { readonly moved: ReadonlySet<string>; readonly heard: ReadonlySet<string> };

/** @param keys leaves that live audiences ask co-members for; null = none do */
export function createAccountChanges(keys: readonly string[] | null) {
  const [moved, heard] = [new Set<string>(), new Set<string>()];
  return {
    moved,
    heard,
    note: (profileId: string, before: ProfileState, after: ProfileState): void => {
      if (after.accounts === undefined) return;
      if (!areSameAccounts(before.accounts, after.accounts)) moved.add(profileId);
      if (keys === null || heard.has(profileId)) return;
      const hasRows = before.leaves !== after.leaves && keys.some((key) => before.leaves[key] !== after.leaves[key]);
      if (hasRows || before.session?.startedAt !== after.session?.startedAt) heard.add(profileId);
    },
  };
}

/** Whoever was changed by hand or computed anew: nothing of before is known. */
export function allMayDiffer(graph: IdentityGraph): AccountChanges {
  return { moved: graph.changedProfiles, heard: graph.changedProfiles };
}

/**
 * Writes down who belongs to which account now, and which accounts are to be judged again; null when there is nothing to write.
 *
 * @param isAsked whether a live audience looks at co-members
 */
export function accountWrites(
  graph: IdentityGraph,
  { moved, heard }: AccountChanges,
  isAsked: boolean,
  now: number,
): ((tx: Sql, store: AccountStore) => Promise<void>) | null {
  const merged = [...graph.merged.keys()].filter((id) => hasAccounts(graph, finalSurvivor(graph, id)));
  const survivors = merged.map((id) => finalSurvivor(graph, id));
  const replaced = [...new Set([...[...moved].map((id) => finalSurvivor(graph, id)), ...survivors])].flatMap((id) => {
    const profile = graph.profiles.get(id);
    return profile && !graph.removed.has(id) ? [{ profileId: id, accounts: accountsOf(profile.state) }] : [];
  });
  const gone = [...merged, ...graph.removed];
  const told = isAsked
    ? [...heard, ...survivors].flatMap((id) => {
        const profile = graph.profiles.get(finalSurvivor(graph, id));
        return profile ? accountsOf(profile.state) : [];
      })
    : [];
  if (replaced.length + gone.length + told.length === 0) return null;
  replaced.sort((a, b) => (a.profileId < b.profileId ? -1 : 1));
  return async (tx, store) => {
    const changed = replaced.length + gone.length > 0 ? await store.replaceAccounts(tx, replaced, gone) : [];
    if (isAsked) await store.noteChanges(tx, [...told, ...changed], now);
  };
}

function hasAccounts(graph: IdentityGraph, profileId: string): boolean {
  return graph.profiles.get(profileId)?.state.accounts !== undefined;
}
