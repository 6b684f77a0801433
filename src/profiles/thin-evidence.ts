// A signed-in person's every event names the same two identifiers: after a while the repeats say nothing new.
import { newId, sha256Hex } from "../kernel/index.ts";
import type { Evidence } from "./identity-graph.ts";

const keptPerWindow = 16;
const windowMs = 30 * 60_000;
const maxSets = 50_000;
const hashLength = 32;

/** Equal for messages that say the same of the same identifiers; a sign-out, an alias or a checkpoint says something of its own. */
export function setHashOf({ keys, body, isCheckpoint }: Evidence): string {
  if (isCheckpoint || !("kind" in body)) return newId();
  const said =
    body.kind === "event" ? [body.proof, ...keys.toSorted()].join("\u0002") : `${body.messageId}\u0002${body.sourceId}`;
  return sha256Hex(said).slice(0, hashLength);
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
          const name = keys.join("\u0002");
          const times = within(pending.get(name) ?? timesBySet.get(name) ?? [], at);
          if (times.length >= keptPerWindow) return false;
          pending.set(name, [...times, at]);
          return true;
        },
        commit: (): void => {
          for (const [name, times] of pending) {
            timesBySet.delete(name);
            timesBySet.set(name, times);
            const oldest = timesBySet.keys().next();
            if (timesBySet.size > maxSets && !oldest.done) timesBySet.delete(oldest.value);
          }
        },
      };
    },
  };
}
