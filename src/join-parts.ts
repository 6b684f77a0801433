// Several parts of one kind as one, for where the composition has a place for one only.
import type { ObserveBatch } from "./profiles/index.ts";

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
