// A signed-in person's every event names the same two identifiers: after a while the repeats say nothing new.
import { sha256Hex } from "../kernel/index.ts";

const keptPerWindow = 16;
const windowMs = 30 * 60_000;
const maxSets = 50_000;
const hashLength = 32;

/** Name of a set of identifiers, whatever their order. */
export function setHashOf(keys: readonly string[]): string {
  return sha256Hex([...keys].sort().join("\u0002")).slice(0, hashLength);
}

/**
 * Decides which repeats of a set of identifiers are kept as evidence: none once 16 of it are stored from the last 30 minutes.
 * What another process stored, or this one before its start, is not known: then more is kept.
 */
export function createThinner() {
  const timesBySet = new Map<string, readonly number[]>();
  const within = (times: readonly number[], at: number) => times.filter((time) => Math.abs(at - time) < windowMs);

  return {
    /** For one batch; `commit` it once its rows are stored. */
    begin: () => {
      const pending = new Map<string, readonly number[]>();
      return {
        keeps: (keys: readonly string[], at: number): boolean => {
          const hash = setHashOf(keys);
          const times = within(pending.get(hash) ?? timesBySet.get(hash) ?? [], at);
          if (times.length >= keptPerWindow) return false;
          pending.set(hash, [...times, at]);
          return true;
        },
        commit: (): void => {
          for (const [hash, times] of pending) {
            timesBySet.delete(hash);
            timesBySet.set(hash, times);
            const oldest = timesBySet.keys().next();
            if (timesBySet.size > maxSets && !oldest.done) timesBySet.delete(oldest.value);
          }
        },
      };
    },
  };
}
