import { allScopes } from "../http/index.ts";
import { ClienteleError, type Clock, newId, type Page, toPage } from "../kernel/index.ts";
import type { AuditTrail } from "./audit.ts";
import type { Via } from "./audit-entry.ts";
import { type AccessKey, hashSecret, type KeyKind, prefixOf, randomSecret, type SourceType } from "./key.ts";
import type { KeyRing } from "./key-ring.ts";
import type { AccessStore, StoredKey, Transaction } from "./store.ts";

/** Who changes keys or users. */
export type Manager = { readonly actor: string; readonly via: Via; readonly requestId?: string };

export type NewKey = {
  readonly kind: KeyKind;
  readonly name: string;
  /** Source of the events sent with it; default: made from the name. */
  readonly sourceId?: string | undefined;
  /** Of a write key; default browser. */
  readonly sourceType?: SourceType | undefined;
  readonly scopes?: AccessKey["scopes"] | undefined;
  readonly origins?: readonly string[] | undefined;
  readonly storeViews?: readonly string[] | null | undefined;
  readonly rateLimit?: number | null | undefined;
};

/** The key itself and the identity secret are known only now. */
export type CreatedKey = AccessKey & { readonly key: string; readonly identitySecret: string | null };

export type ManageDeps = { readonly store: AccessStore; readonly audit: AuditTrail; readonly clock: Clock };

function publicKey({ hash: _, identitySecret: __, ...key }: StoredKey): AccessKey {
  return key;
}

const sourceIdOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || "source";

// The routes check this by schema; the command line passes what was typed.
function assertScopes(scopes: readonly string[]): void {
  const unknown = scopes.find((name) => !allScopes.some((scope) => scope === name));
  if (unknown !== undefined)
    throw new ClienteleError("http.badRequest", `there is no scope ${unknown}; known: ${allScopes.join(", ")}`);
}

export function createKeyManagement({ store, audit, clock }: ManageDeps, ring: KeyRing) {
  const record = (
    tx: Transaction,
    by: Manager,
    action: string,
    id: string,
    before: AccessKey | null,
    after: AccessKey | null,
  ) =>
    audit.record(tx, {
      actor: by.actor,
      via: by.via,
      action: `key.${action}`,
      objectKind: "key",
      objectId: id,
      before,
      after,
      requestId: by.requestId ?? null,
    });

  const spread = async () => {
    await ring.refresh();
    await store.announce();
  };

  /** Stores a key whose text is given; the demo's keys are well known, all others random. */
  const insert = async (
    given: NewKey,
    secrets: { key: string; identitySecret: string | null },
    by: Manager,
  ): Promise<CreatedKey> => {
    assertScopes(given.scopes ?? []);
    const nowMs = clock.now();
    const isWrite = given.kind === "write";
    const stored: StoredKey = {
      id: newId(nowMs),
      kind: given.kind,
      name: given.name,
      hash: hashSecret(secrets.key),
      prefix: prefixOf(secrets.key),
      sourceId: given.sourceId ?? sourceIdOf(given.name),
      sourceType: isWrite ? (given.sourceType ?? "browser") : "server",
      scopes: isWrite ? [] : (given.scopes ?? ["read"]),
      origins: isWrite ? (given.origins ?? []) : [],
      storeViews: given.storeViews ?? null,
      identitySecret: isWrite ? secrets.identitySecret : null,
      rateLimit: given.rateLimit ?? null,
      createdAt: new Date(nowMs).toISOString(),
      createdBy: by.actor,
      revokedAt: null,
      lastUsedAt: null,
    };
    await store.transaction(async (tx) => {
      if (!(await store.insertKey(tx, stored)))
        throw new ClienteleError("access.duplicate", `a key named ${given.name} exists`);
      await store.touch(tx);
      await record(tx, by, "create", stored.id, null, publicKey(stored));
    });
    await spread();
    return { ...publicKey(stored), key: secrets.key, identitySecret: stored.identitySecret };
  };

  const change = async (
    id: string,
    action: string,
    by: Manager,
    apply: (tx: Transaction, key: StoredKey) => Promise<void>,
  ): Promise<AccessKey> => {
    const changed = await store.transaction(async (tx) => {
      const before = await store.lockKey(tx, id);
      if (!before) throw new ClienteleError("access.notFound", `there is no key ${id}`);
      if (before.revokedAt !== null) return before;
      await apply(tx, before);
      const after = (await store.lockKey(tx, id)) ?? before;
      await store.touch(tx);
      await record(tx, by, action, id, publicKey(before), publicKey(after));
      return after;
    });
    await spread();
    return publicKey(changed);
  };

  return {
    insertKey: insert,
    /** Makes a random key. @throws {ClienteleError} `access.duplicate` when an active key has that name */
    createKey: (given: NewKey, by: Manager): Promise<CreatedKey> =>
      insert(
        given,
        {
          key: randomSecret(given.kind === "write" ? "wk_" : "ct_"),
          identitySecret: given.kind === "write" ? randomSecret("is_") : null,
        },
        by,
      ),
    /** Keys, newest first, revoked ones included. */
    listKeys: async (afterId: string | null, limit: number): Promise<Page<AccessKey>> =>
      toPage((await store.listKeys(afterId, limit + 1)).map(publicKey), limit, (key) => [key.id]),
    /** Changes what a key may do; what is not named stays. A revoked key stays as it is. */
    updateKey: (
      id: string,
      wanted: Partial<Pick<AccessKey, "origins" | "rateLimit" | "storeViews">>,
      by: Manager,
    ): Promise<AccessKey> =>
      change(id, "update", by, (tx, { origins, rateLimit, storeViews }) =>
        store.updateKey(tx, id, { origins, rateLimit, storeViews, ...wanted }),
      ),
    /** Ends a key at once. Repeating it changes nothing. */
    revokeKey: (id: string, by: Manager): Promise<AccessKey> =>
      change(id, "revoke", by, (tx) => store.revokeKey(tx, id, clock.now(), by.actor)),
  };
}
