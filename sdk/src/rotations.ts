import type { SafeStore } from "./storage.ts";
import type { Decision } from "./types.ts";

/** States by the rotation's id: what this browser saw of rotating blocks, sealed by the server and sent back to it. */
export const rotationsKey = "clientele.rotations";
/** The server takes 50 in a call; a state has up to 2 kB. */
const maxKept = 30;

export type RotationStates = Record<string, string>;

/** Keeps the states of an answer, so that the next load shows the next block; what was not shown for longest goes first. */
export function keepRotations(store: SafeStore, decisions: readonly Decision[]): void {
  let states = store.read<RotationStates>(rotationsKey);
  for (const { value } of decisions) {
    const shown = (value as { readonly rotation?: { readonly id: string; readonly state?: string } } | null)?.rotation;
    if (!shown?.state) continue;
    const { [shown.id]: _before, ...others } = states ?? {};
    states = Object.fromEntries([...Object.entries(others).slice(1 - maxKept), [shown.id, shown.state]]);
    store.write(rotationsKey, states);
  }
}
