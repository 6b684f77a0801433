// What visitors saw of rotations, in the memory of this process and, of known visitors, in the database, written once a second.
import type { Clock, Logger } from "../../kernel/index.ts";
import type { RotationState } from "./rotate.ts";
import { later, toState } from "./rotation-state.ts";
import type { KeptState, RotationStore } from "./store.ts";

/** About 200 bytes each: 10 MB. */
const maxKept = 50_000;
/** States that wait for their write; more are in memory and in the answer only. */
const maxPending = 50_000;
const writtenAtOnce = 5_000;
/** Where other processes write too, what was read is believed for so long. */
const sharedAgeMs = 2_000;
const dayMs = 86_400_000;
/** A visitor who comes back later begins again. */
const keptDays = 90;
/** About 300 bytes each with their index: 600 MB. */
const maxStored = 2_000_000;
/** Somebody to remember. */
export type RotationVisitor = {
  /** A device as `namespace:value`, else a profile id; empty = nobody. */
  readonly id: string;
  /** Has a profile: what they saw outlives this process. Everybody can make up devices, so those are in memory only. */
  readonly isKnown: boolean;
};

const keyOf = (rotationId: string, visitor: string) => `${rotationId} ${visitor}`;

type Entry = { readonly visitor: string; readonly state: RotationState | undefined; readonly readAt: number };

/** What visitors saw, in memory and, with a store, in the database. */
export function createRotationMemory(deps: {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent = nothing outlives the process. */
  readonly store?: RotationStore;
  readonly limit?: number;
}) {
  const { clock, logger, store, limit = maxKept } = deps;
  const kept = new Map<string, Entry>();
  const pending = new Map<string, KeptState>();
  /** Who was forgotten while a write was under way. */
  let forgotten: string[] = [];
  let isWriting = false;
  let writing: Promise<void> | undefined;

  const put = (key: string, entry: Entry): void => {
    kept.delete(key);
    kept.set(key, entry);
    // Oldest first: a map keeps the order of insertion.
    for (const oldest of kept.keys()) {
      if (kept.size <= limit) break;
      kept.delete(oldest);
    }
  };
  const isFresh = (entry: Entry | undefined): boolean =>
    entry !== undefined && (!store?.isShared || clock.now() - entry.readAt < sharedAgeMs);

  const writeSome = async (): Promise<void> => {
    if (!store) return;
    const chosen = [...pending].slice(0, writtenAtOnce);
    for (const [key] of chosen) pending.delete(key);
    isWriting = true;
    try {
      await store.write(
        chosen.map(([, state]) => state),
        clock.now(),
      );
    } catch (error) {
      for (const [key, state] of chosen) if (!pending.has(key) && pending.size < maxPending) pending.set(key, state);
      throw error;
    } finally {
      isWriting = false;
      const gone = forgotten;
      forgotten = [];
      if (gone.length > 0) await store.eraseNow(gone);
    }
  };

  return {
    find: (rotationId: string, visitor: string): RotationState | undefined =>
      kept.get(keyOf(rotationId, visitor))?.state,

    keep: (rotationId: string, { id, isKnown }: RotationVisitor, state: RotationState): void => {
      if (id === "") return;
      const key = keyOf(rotationId, id);
      put(key, { visitor: id, state, readAt: kept.get(key)?.readAt ?? clock.now() });
      if (store && isKnown && (pending.has(key) || pending.size < maxPending))
        pending.set(key, { rotationId, visitor: id, state });
    },

    /** Brings what is stored of a visitor into memory. Never fails: what cannot be read was not seen. */
    load: async (visitor: RotationVisitor, rotationIds: readonly string[]): Promise<void> => {
      if (!store || visitor.id === "" || !visitor.isKnown) return;
      const missing = rotationIds.filter((id) => !isFresh(kept.get(keyOf(id, visitor.id))));
      if (missing.length === 0) return;
      try {
        const rows = await store.read(visitor.id, missing);
        const stored = new Map(rows.map((row) => [row.rotationId, toState(row.state)]));
        for (const id of missing) {
          const key = keyOf(id, visitor.id);
          const state = later(stored.get(id), pending.get(key)?.state ?? kept.get(key)?.state);
          put(key, { visitor: visitor.id, state, readAt: clock.now() });
        }
      } catch (error) {
        logger.warn({ err: error }, "what a visitor saw of rotations could not be read");
      }
    },

    /** Writes what waits. Job of every process that answers, each second, and the last thing it does. */
    flush: async (): Promise<void> => {
      while (pending.size > 0) {
        await writing?.catch(() => undefined);
        if (pending.size === 0) break;
        writing = writeSome().finally(() => {
          writing = undefined;
        });
        await writing;
      }
      await writing;
    },

    /** Job, once an hour: what was not seen for 90 days goes, and the oldest beyond two million. */
    maintain: async (): Promise<void> => {
      if (!store) return;
      let pruned: number;
      do pruned = await store.prune(clock.now() - keptDays * dayMs, maxStored);
      while (pruned > 0);
    },

    /** Makes this process forget visitors, also those that are being written. */
    forget: (visitors: readonly string[]): void => {
      const gone = new Set(visitors);
      for (const [key, { visitor }] of kept) if (gone.has(visitor)) kept.delete(key);
      for (const [key, { visitor }] of pending) if (gone.has(visitor)) pending.delete(key);
      if (isWriting) forgotten.push(...visitors);
    },
  };
}

export type RotationMemory = ReturnType<typeof createRotationMemory>;
