// Whose events are dropped at the door. Kept as salted hashes only; in memory in every process.
import { createHmac } from "node:crypto";
import { type DoorCheck, type Identifier, namespaceOf } from "../collect/index.ts";
import { type Clock, fnv1a, type Logger, sha256Hex } from "../kernel/index.ts";
import type { RequestStore } from "./store.ts";
import type { SuppressedRow, SuppressionStore } from "./store-suppression.ts";

const channel = "clientele_suppression";
const pollMs = 1_000;
const hashLength = 32;
/** 24 bits: with 100,000 suppressed identifiers one event in 170 pays for the slow hash without need. */
const quickShift = 8;

export type SuppressionDeps = {
  readonly store: SuppressionStore;
  readonly requests: Pick<RequestStore, "notify" | "listen" | "isShared">;
  readonly clock: Clock;
  readonly logger: Logger;
};

export function createSuppression({ store, requests, clock, logger }: SuppressionDeps) {
  let salt = "";
  let loadedSeq = -1;
  let hashes: ReadonlySet<string> = new Set();
  let quicks: ReadonlySet<number> = new Set();
  let dropped = 0;
  let loading: Promise<void> = Promise.resolve();
  let unlisten: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const quickOf = (namespace: string, value: string): number => fnv1a(`${salt}${namespace}\0${value}`) >>> quickShift;
  const hashOf = (namespace: string, value: string): string =>
    createHmac("sha256", salt).update(`${namespace}\0${value}`).digest("hex").slice(0, hashLength);
  const isSuppressed = ({ namespace, value }: Identifier): boolean =>
    quicks.has(quickOf(namespace, value)) && hashes.has(hashOf(namespace, value));

  const load = async (): Promise<void> => {
    const state = await store.state();
    salt = state.salt;
    if (state.seq === loadedSeq) return;
    const rows = await store.all();
    hashes = new Set(rows.map(({ hash }) => hash));
    quicks = new Set(rows.map(({ quick }) => quick));
    loadedSeq = state.seq;
  };
  /** Brings the list to a state not older than this call. */
  const refresh = (): Promise<void> => {
    // An earlier failure was reported to its caller.
    loading = loading.catch(() => undefined).then(load);
    return loading;
  };
  const refreshLater = (): void => {
    refresh().catch((error: unknown) => logger.warn({ err: error }, "suppressed identifiers could not be refreshed"));
  };
  const spread = async (): Promise<void> => {
    await refresh();
    await requests.notify(channel, "");
  };

  const rowsOf = (identifiers: readonly Identifier[]): readonly SuppressedRow[] => {
    const withHashes = identifiers.flatMap(({ namespace, value }): readonly Identifier[] =>
      // What names a person comes as its own hash too: addresses in events, everything in uploaded lists.
      namespaceOf(namespace).kind === "person" && !namespace.endsWith("_sha256")
        ? [
            { namespace, value },
            { namespace: `${namespace}_sha256`, value: sha256Hex(value) },
          ]
        : [{ namespace, value }],
    );
    const byHash = new Map(
      withHashes.map(({ namespace, value }) => [hashOf(namespace, value), quickOf(namespace, value)]),
    );
    return [...byHash].map(([hash, quick]) => ({ hash, quick }));
  };

  /**
   * Drops events of suppressed persons. A suppressed device in somebody else's hands loses only itself: the event keeps its person.
   */
  const check: DoorCheck = (event) => {
    if (hashes.size === 0 || !event.identifiers.some(isSuppressed)) return { action: "keep", event };
    const left = event.identifiers.filter((identifier) => !isSuppressed(identifier));
    const isPerson = ({ namespace }: Identifier) => namespaceOf(namespace).kind === "person";
    const lostPerson = event.identifiers.some((identifier) => isPerson(identifier) && !left.includes(identifier));
    if (!lostPerson && left.some(isPerson)) return { action: "keep", event: { ...event, identifiers: left } };
    dropped += 1;
    return { action: "drop", reason: "suppressed" };
  };

  const flush = async (): Promise<void> => {
    const count = dropped;
    if (count === 0) return;
    dropped = 0;
    try {
      await store.addDrops(clock.now(), count);
    } catch (error) {
      dropped += count;
      throw error;
    }
  };

  return {
    check,
    isSuppressed,
    /** In force in this process when it resolves, in others within a second. */
    add: async (identifiers: readonly Identifier[], requestId: string, lasting: boolean): Promise<void> => {
      if (identifiers.length === 0) return;
      if (salt === "") await refresh();
      await store.add(rowsOf(identifiers), requestId, lasting, clock.now());
      await spread();
    },
    lift: async (requestIds: readonly string[]): Promise<void> => {
      await store.lift(requestIds);
      await spread();
    },
    hashOf,
    /** Everything that is suppressed with an identifier. */
    hashesOf: (identifier: Identifier): readonly string[] => rowsOf([identifier]).map(({ hash }) => hash),
    remove: store.remove,
    spread,
    /** Number of identifiers whose suppression lasts, and of events dropped since the first day. */
    counts: async () => ({ identifiers: await store.countLasting(), dropped: (await store.drops()) + dropped }),
    /** Stores how many events were dropped. */
    flush,
    start: async (): Promise<void> => {
      unlisten = await requests.listen(channel, refreshLater);
      await refresh();
      if (requests.isShared) timer = setInterval(refreshLater, pollMs).unref();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      unlisten?.();
      await loading.catch(() => undefined);
      await flush();
    },
  };
}

export type Suppression = ReturnType<typeof createSuppression>;
