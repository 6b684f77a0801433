import type { SafeStore } from "./storage.ts";
import type { Decision } from "./types.ts";

const rotationsKey = "clientele.rotations";
/** The server takes 50 in a call; a state has up to 2 kB. */
const maxKept = 30;
const maxLength = 4_000;

type States = Readonly<Record<string, string>>;

/** What this browser saw of rotating blocks, sealed by the server: sent back, so that the next load shows the next block. */
export type Rotations = {
  /** States by the rotation's id; undefined without any. */
  current(): States | undefined;
  /** Keeps the states of an answer. */
  keep(decisions: readonly Decision[]): void;
  erase(): void;
};

/** @param mayKeep whether consent allows to recognise the shopper */
export function createRotations(store: SafeStore, mayKeep: () => boolean): Rotations {
  // For pages where nothing can be stored.
  let memory: States = {};
  const kept = (): States => store.read<States>(rotationsKey) ?? memory;
  return {
    current: () => {
      const states = mayKeep() ? kept() : {};
      return Object.keys(states).length > 0 ? states : undefined;
    },
    keep: (decisions) => {
      const shown = decisions.flatMap(({ value }) => {
        const { id, state } = (value as { readonly rotation?: Partial<States> } | null)?.rotation ?? {};
        return id && state && state.length <= maxLength ? [[id, state] as const] : [];
      });
      if (shown.length === 0 || !mayKeep()) return;
      const ids = new Set(shown.map(([id]) => id));
      const others = Object.entries(kept()).filter(([id]) => !ids.has(id));
      // Last shown last: what was not shown for longest goes first.
      memory = Object.fromEntries([...others, ...shown].slice(-maxKept));
      store.write(rotationsKey, memory);
    },
    erase: () => {
      memory = {};
      store.remove(rotationsKey);
    },
  };
}
