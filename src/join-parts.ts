// Several parts of one kind as one, for where the composition has a place for one only.
import { accountsOf, type ObserveBatch, type Profiles } from "./profiles/index.ts";

/** Two lists as one, the same one until either changes. */
export function joinLists<T>(first: () => readonly T[], second: () => readonly T[]): () => readonly T[] {
  let known: { readonly a: readonly T[]; readonly b: readonly T[]; readonly both: readonly T[] } | undefined;
  return () => {
    const [a, b] = [first(), second()];
    if (known?.a !== a || known.b !== b) known = { a, b, both: [...a, ...b] };
    return known.both;
  };
}

/** One observer of the event path from several; null when none of them has anything to write. */
export function observeAll(observers: readonly ObserveBatch[]): ObserveBatch {
  return (resolved, derived) => {
    const writes = observers.flatMap((observe) => observe(resolved, derived) ?? []);
    if (writes.length === 0) return null;
    return async (tx) => {
      for (const write of writes) await write(tx);
    };
  };
}

/** Profiles for capabilities that are made before them. */
export function peopleOf(profiles: () => Profiles) {
  return {
    scan: (afterId: string | null, limit: number) => profiles().scan(afterId, limit),
    linksOf: (profileIds: readonly string[]) => profiles().linksOf(profileIds),
    replaceLeaves: (...given: Parameters<Profiles["replaceLeaves"]>) => profiles().replaceLeaves(...given),
    get: (profileId: string) => profiles().get(profileId),
    by: (namespace: string, value: string) => profiles().by(namespace, value),
    count: () => profiles().count(),
    sample: (after: { readonly hash: number; readonly profileId: string } | null, limit: number) =>
      profiles().sample(after, limit),
    ownership: {
      mark: () => profiles().ownership.mark(),
      changedSince: (mark: string) => profiles().ownership.changedSince(mark),
    },
    stored: (profileIds: readonly string[]) => profiles().stored(profileIds),
    accounts: accountsOf(profiles),
  };
}
