import type { Auth } from "../http/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import { hashSecret, type LoadedKey } from "./key.ts";
import type { AccessStore, StoredKey } from "./store.ts";

// All active keys are in memory, so that a request is authenticated without a database. Keys that were seen are also
// found by their own text: hashing each request's key would cost more than the rest of its authentication.

const pollMs = 1000;
const usageFlushMs = 60_000;
const maxSeen = 5000;

export type KeyRingDeps = { readonly store: AccessStore; readonly clock: Clock; readonly logger: Logger };

function load(key: StoredKey): LoadedKey {
  const isWrite = key.kind === "write";
  const auth: Auth = Object.freeze({
    kind: isWrite ? "write-key" : "token",
    id: key.id,
    sourceId: key.sourceId,
    ...(isWrite ? { sourceType: key.sourceType } : {}),
    scopes: key.scopes,
    actor: `${isWrite ? "key" : "token"}:${key.name}`,
    storeViews: key.storeViews,
    ...(key.identitySecret === null ? {} : { identitySecret: key.identitySecret }),
    ...(key.rateLimit === null ? {} : { rateLimit: key.rateLimit }),
  });
  return { hash: key.hash, kind: key.kind, origins: key.origins, auth };
}

export function createKeyRing({ store, clock, logger }: KeyRingDeps) {
  let byHash: ReadonlyMap<string, LoadedKey> = new Map();
  const seen = new Map<string, LoadedKey>();
  let secretById: ReadonlyMap<string, string> = new Map();
  let loadedNumber = -1;
  const usedAtMsById = new Map<string, number>();
  const timers: NodeJS.Timeout[] = [];
  let unlisten: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();

  const reload = async (): Promise<void> => {
    const number = await store.changeNumber();
    if (number === loadedNumber) return;
    const keys = await store.activeKeys();
    byHash = new Map(keys.map((key) => [key.hash, load(key)]));
    secretById = new Map(
      keys.flatMap(({ id, identitySecret }) => (identitySecret === null ? [] : [[id, identitySecret]])),
    );
    seen.clear();
    loadedNumber = number;
  };

  /** Brings the ring to a state not older than this call. */
  const refresh = (): Promise<void> => {
    running = running.catch(() => undefined).then(reload); // an earlier failure was reported to its caller
    return running;
  };

  const inBackground = (work: () => Promise<void>, message: string) => () => {
    work().catch((err: unknown) => logger.warn({ err }, message));
  };

  const flushUsage = async (): Promise<void> => {
    if (usedAtMsById.size === 0) return;
    const used = new Map(usedAtMsById);
    usedAtMsById.clear();
    await store.markUsed(used);
  };

  return {
    /** @returns undefined for a key that is unknown or revoked */
    find: (secret: string): LoadedKey | undefined => {
      let key = seen.get(secret);
      if (key === undefined) {
        key = byHash.get(hashSecret(secret));
        if (key === undefined) return undefined;
        if (seen.size >= maxSeen) seen.clear();
        seen.set(secret, key);
      }
      if (key.auth.id !== null) usedAtMsById.set(key.auth.id, clock.now());
      return key;
    },
    /** Identity secret of an active write key; undefined for one that is unknown or revoked. */
    secretOf: (keyId: string): string | undefined => secretById.get(keyId),
    refresh,
    flushUsage,
    start: async (): Promise<void> => {
      const refreshLater = inBackground(refresh, "access keys could not be refreshed");
      unlisten = await store.listen(refreshLater);
      await refresh();
      if (store.isShared) timers.push(setInterval(refreshLater, pollMs).unref());
      timers.push(setInterval(inBackground(flushUsage, "last use of keys could not be stored"), usageFlushMs).unref());
    },
    stop: async (): Promise<void> => {
      for (const timer of timers.splice(0)) clearInterval(timer);
      unlisten?.();
      await running.catch(() => undefined); // reported to its caller
      await flushUsage();
    },
  };
}

export type KeyRing = ReturnType<typeof createKeyRing>;
