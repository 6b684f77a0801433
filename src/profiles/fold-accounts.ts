// To which accounts (companies) a person belongs: what group calls say. No protocol tells that somebody left one, so that an account
// stays until twenty newer ones have come.
import type { ProfileState } from "./profile.ts";

type Accounts = ProfileState["accounts"];

export const keptAccounts = 20;
const maxIdLength = 255;

/** @returns the same object when there is nothing new */
export function foldAccounts(accounts: Accounts, groupId: unknown, at: number): Accounts {
  if (typeof groupId !== "string" || groupId === "" || groupId.length > maxIdLength) return accounts;
  if (accounts && Object.hasOwn(accounts, groupId) && (accounts[groupId] ?? 0) >= at) return accounts;
  return newest([...Object.entries(accounts ?? {}), [groupId, at]]);
}

/** Commutative. */
export function mergeAccounts(a: Accounts, b: Accounts): Accounts {
  if (!a || !b) return a ?? b;
  return newest([...Object.entries(a), ...Object.entries(b)]);
}

/** Ids of the accounts of a state, in order. */
export function accountsOf({ accounts }: Pick<ProfileState, "accounts">): readonly string[] {
  return accounts ? Object.keys(accounts).sort() : [];
}

/** Whether both are the same accounts, whatever the times. */
export function areSameAccounts(a: Accounts, b: Accounts): boolean {
  if (a === b) return true;
  const [left, right] = [accountsOf({ accounts: a }), accountsOf({ accounts: b })];
  return left.length === right.length && left.every((id, index) => id === right[index]);
}

function newest(entries: readonly (readonly [string, number])[]): Accounts {
  const byId = new Map<string, number>();
  for (const [id, at] of entries) byId.set(id, Math.max(at, byId.get(id) ?? at));
  const kept = [...byId].sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1)).slice(0, keptAccounts);
  // Ids come from outside, and one may be `__proto__`: entries define, they do not assign.
  return Object.fromEntries(kept.sort(([x], [y]) => (x < y ? -1 : 1)));
}
