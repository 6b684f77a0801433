import type { SafeStore } from "./storage.ts";
import type { Decision } from "./types.ts";

const key = "clientele.rotations";
/** The server takes 50 in a call; a state has up to 2 kB. */
const maxKept = 30;

type States = Record<string, string>;

/** What this browser saw of rotating blocks, sealed by the server: sent back, so that the next load shows the next block. */
export type Rotations = {
  /** States by the rotation's id; undefined without any. */
  current(): Readonly<States> | undefined;
  /** Keeps the states of an answer. */
  keep(decisions: readonly Decision[]): void;
  erase(): void;
};

export function createRotations(store: SafeStore): Rotations {
  const current = () => store.read<States>(key) ?? undefined;
  return {
    current,
    keep(decisions) {
      const states = { ...current() };
      for (const { value } of decisions) {
        const shown = (value as { readonly rotation?: { readonly id: string; readonly state?: string } } | null)
          ?.rotation;
        if (!shown?.state) continue;
        // Last shown last: what was not shown for longest goes first.
        delete states[shown.id];
        states[shown.id] = shown.state;
        store.write(key, Object.fromEntries(Object.entries(states).slice(-maxKept)));
      }
    },
    erase: () => store.remove(key),
  };
}
