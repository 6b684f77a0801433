import type { Logger } from "../kernel/index.ts";
import type { LiveDefinition } from "./kind.ts";
import { windowOf } from "./schedule.ts";
import type { DefinitionsStore } from "./store.ts";
import type { LiveRow } from "./store-rows.ts";
import type { CheckedKind } from "./validate.ts";

// Every published definition is in memory, one immutable array a kind, replaced when the kind's change number moves; definitions that
// did not change stay the same objects, so that whoever compiles them can keep what was compiled. Other processes on a server hear of a change by NOTIFY; the poll covers a lost connection.

const pollMs = 1000;
const nothing: readonly LiveDefinition<unknown>[] = Object.freeze([]);

export type LiveSnapshotDeps = {
  readonly store: DefinitionsStore;
  readonly kinds: ReadonlyMap<string, CheckedKind>;
  readonly logger: Logger;
};

type Read = { readonly etag: number; readonly definition: LiveDefinition<unknown> };

function toLive(row: LiveRow): LiveDefinition<unknown> {
  const { live_from: liveFrom, updated_at: updatedAt, etag: _etag, is_known: _isKnown, ...rest } = row;
  return Object.freeze({
    ...rest,
    window: windowOf(row.schedule, liveFrom?.getTime() ?? null),
    updatedAt: updatedAt.getTime(),
  });
}

export function createLiveSnapshot({ store, kinds, logger }: LiveSnapshotDeps) {
  const byKind = new Map<string, readonly LiveDefinition<unknown>[]>();
  /** By kind and id, with the etag that each was read with. */
  const known = new Map<string, ReadonlyMap<string, Read>>();
  const handlers = new Set<(kind: string) => void>();
  let loaded: ReadonlyMap<string, number> = new Map();
  let running: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;

  const isUsable = (row: LiveRow): boolean => {
    if (kinds.get(row.kind)?.validator.Check(row.body)) return true;
    logger.error(
      { kind: row.kind, key: row.key, version: row.version },
      "published definition does not fit its schema and is left out",
    );
    return false;
  };

  const notify = (kind: string) => {
    for (const handler of handlers) {
      try {
        handler(kind);
      } catch (err) {
        // One listener's failure must not keep the others on old definitions.
        logger.error({ err, kind }, "definition change handler failed");
      }
    }
  };

  const load = async (): Promise<void> => {
    const current = await store.changes();
    const changed = [...kinds.keys()].filter((kind) => (current.get(kind) ?? 0) !== (loaded.get(kind) ?? 0));
    if (changed.length === 0) return;
    const before = new Map(changed.flatMap((kind) => [...(known.get(kind) ?? [])]));
    const rows = await store.loadLive(changed, Object.fromEntries([...before].map(([id, { etag }]) => [id, etag])));
    const found = new Map<string, Map<string, Read>>(changed.map((kind) => [kind, new Map()]));
    for (const row of rows) {
      const definition = row.is_known ? before.get(row.id)?.definition : isUsable(row) && toLive(row);
      if (definition) found.get(row.kind)?.set(row.id, { etag: row.etag, definition });
    }
    for (const [kind, read] of found) {
      known.set(kind, read);
      byKind.set(kind, Object.freeze([...read.values()].map(({ definition }) => definition)));
    }
    loaded = current;
    for (const kind of changed) notify(kind);
  };

  /** Brings the snapshot to a state not older than this call. Calls while one runs share the next run. */
  const refresh = (): Promise<void> => {
    if (queued) return queued;
    const next = running
      .catch(() => undefined) // the failed run told its own callers
      .then(() => {
        queued = undefined;
        running = load();
        return running;
      });
    queued = next;
    return next;
  };

  const refreshInBackground = () => {
    refresh().catch((err: unknown) => logger.warn({ err }, "definitions could not be refreshed"));
  };

  return {
    // The array was checked against the schema of this kind, whose body type is B.
    live: <B>(kind: string) => (byKind.get(kind) ?? nothing) as readonly LiveDefinition<B>[],
    onChange: (handler: (kind: string) => void): (() => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    /** Versions that were published for later and are in effect by a time; from the database, for previews. At most 1,000. */
    pending: async (of: readonly string[], byMs: number): Promise<readonly LiveDefinition<unknown>[]> =>
      (await store.loadPending(of, byMs)).filter(isUsable).map(toLive),
    refresh,
    start: async (): Promise<void> => {
      unlisten = await store.listen(refreshInBackground);
      await refresh();
      if (store.isShared) timer = setInterval(refreshInBackground, pollMs).unref();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      unlisten?.();
      // Failures were reported to whoever asked.
      await queued?.catch(() => undefined);
      await running.catch(() => undefined);
    },
  };
}

export type LiveSnapshot = ReturnType<typeof createLiveSnapshot>;
