// The life of a configured connection: made, changed, paused, removed; each change checked whole, under its etag, and audited.
import { ClienteleError, type Clock, type ErrorDetail, newId, type Page, toPage } from "../../kernel/index.ts";
import type { Sql } from "../../storage/index.ts";
import {
  type Audit,
  assertEtag,
  assertValid,
  type ConnectionKind,
  type Editor,
  type ExpectedEtag,
  recordChange,
} from "../editor.ts";
import { maskSecrets, mergeSecrets, type SecretBox, type SecretMap } from "../secrets/secret-box.ts";
import type {
  Connection,
  ConnectionChange,
  ConnectionStatus,
  NewConnection,
  Shown,
  StoredConnection,
} from "./connection.ts";
import type { ConnectionStore } from "./store.ts";

type Faults = readonly ErrorDetail[];

/** What differs between the kinds of connections. */
export type ManageDeps<
  Input,
  Config extends { readonly type: string },
  Stored extends StoredConnection<Config>,
  Change extends ConnectionChange<Input>,
> = {
  readonly kind: ConnectionKind;
  readonly store: ConnectionStore<Stored>;
  /** @returns false when the key is taken */
  readonly insert: (tx: Sql, made: StoredConnection<Config>) => Promise<boolean>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  /** What the sealed secrets of a connection belong to. */
  readonly contextOf: (id: string) => string;
  readonly complete: (key: string, input: Input) => { readonly config: Config; readonly faults: Faults };
  /** Faults of a complete configuration with its secrets. */
  readonly faultsOf: (config: Config, secrets: SecretMap) => Faults;
  /** Faults that have to be looked up; asked before any transaction. */
  readonly lookUpFaults?: (config: Config) => Promise<Faults>;
  /** Where the configuration leads: secrets do not follow to another host. */
  readonly hostOf: (config: Config) => string;
  /** The rest of a change; `given` is undefined where only the status changed. */
  readonly adjust?: (next: Stored, before: Stored, given: Change | undefined) => Stored;
  /** After each change. */
  readonly changed: (connection: Connection<Config>) => Promise<void> | void;
};

const maxConnections = 200;

function image({ key, name, config, status }: Connection<unknown>, secrets: SecretMap): object {
  return { key, name, config, status, secrets: maskSecrets(secrets) };
}

export function createConnectionManager<
  Input,
  Config extends { readonly type: string },
  Stored extends StoredConnection<Config>,
  Change extends ConnectionChange<Input>,
>(deps: ManageDeps<Input, Config, Stored, Change>) {
  const { kind, store, secrets: box } = deps;
  const notFound = (idOrKey: string) => new ClienteleError("connectors.notFound", `there is no ${kind} ${idOrKey}`);
  const find = async (idOrKey: string): Promise<Stored> => {
    const found = await store.find(idOrKey);
    if (!found) throw notFound(idOrKey);
    return found;
  };
  const opened = ({ id, sealed }: Stored): SecretMap => box.open(sealed, deps.contextOf(id));
  const view = (connection: Stored): Shown<Stored> => {
    // One whose key is gone must still be listed and repaired.
    let secrets: SecretMap = {};
    try {
      secrets = opened(connection);
    } catch (error) {
      if (!(error instanceof ClienteleError)) throw error;
    }
    return { ...connection, secrets: maskSecrets(secrets) };
  };
  const record = (tx: Sql, editor: Editor, action: string, before: Stored | null, after: Stored | null) =>
    recordChange(deps.audit, tx, editor, {
      kind,
      action,
      id: (after ?? before)?.id ?? "",
      before: before && image(before, view(before).secrets),
      after: after && image(after, view(after).secrets),
    });

  /** Runs a change of one connection in a transaction that holds its row. */
  const locked = async (
    idOrKey: string,
    expected: ExpectedEtag,
    work: (tx: Sql, before: Stored) => Promise<void>,
  ): Promise<Stored> => {
    const found = await find(idOrKey);
    await store.transaction(async (tx) => {
      const before = await store.lock(tx, found.id);
      if (!before) throw notFound(idOrKey);
      assertEtag(before, expected);
      await work(tx, before);
    });
    return found;
  };

  const change = async (
    idOrKey: string,
    action: string,
    expected: ExpectedEtag,
    editor: Editor,
    apply: (before: Stored) => Stored,
  ): Promise<Shown<Stored>> => {
    let after: Stored | undefined;
    const found = await locked(idOrKey, expected, async (tx, before) => {
      await store.update(tx, { ...apply(before), updatedAt: deps.clock.now(), updatedBy: editor.actor });
      after = await store.lock(tx, before.id);
      if (!after) throw notFound(idOrKey);
      await record(tx, editor, action, before, after);
    });
    await deps.changed(found);
    return view(after ?? found);
  };

  return {
    find,
    opened,
    get: async (idOrKey: string): Promise<Shown<Stored>> => view(await find(idOrKey)),
    list: async (afterKey: string, limit: number): Promise<Page<Shown<Stored>>> =>
      toPage((await store.list(afterKey, limit + 1)).map(view), limit, ({ key }) => [key]),

    /** @throws {ClienteleError} `connectors.invalid`, `connectors.duplicate` */
    create: async (input: NewConnection<Input>, editor: Editor): Promise<Shown<Stored>> => {
      const at = deps.clock.now();
      const id = newId(at);
      const { config, faults } = deps.complete(input.key, input.config);
      const secrets = mergeSecrets({}, input.secrets);
      const lookedUp = (await deps.lookUpFaults?.(config)) ?? [];
      assertValid(`the ${kind} ${input.key}`, [...faults, ...deps.faultsOf(config, secrets), ...lookedUp]);
      await store.transaction(async (tx) => {
        if ((await store.count(tx)) >= maxConnections)
          throw new ClienteleError("connectors.duplicate", `there are ${maxConnections} ${kind}s; remove one first`);
        const isNew = await deps.insert(tx, {
          id,
          key: input.key,
          name: input.name,
          config,
          status: "active",
          etag: 1,
          createdAt: at,
          createdBy: editor.actor,
          updatedAt: at,
          updatedBy: editor.actor,
          sealed: box.seal(secrets, deps.contextOf(id)),
        });
        if (!isNew) throw new ClienteleError("connectors.duplicate", `a ${kind} with the key ${input.key} exists`);
        await record(tx, editor, "create", null, (await store.lock(tx, id)) ?? null);
      });
      const made = await find(id);
      await deps.changed(made);
      return view(made);
    },

    /** @throws {ClienteleError} `connectors.invalid`, `connectors.notFound`, `connectors.conflict` */
    update: async (idOrKey: string, given: Change, expected: ExpectedEtag, editor: Editor): Promise<Shown<Stored>> => {
      const completed = given.config && deps.complete((await find(idOrKey)).key, given.config);
      const lookedUp = completed ? ((await deps.lookUpFaults?.(completed.config)) ?? []) : [];
      return change(idOrKey, "update", expected, editor, (before) => {
        const config = completed?.config ?? before.config;
        if (config.type !== before.config.type)
          throw new ClienteleError(
            "connectors.invalid",
            `the type ${before.config.type} cannot be changed; make another ${kind}`,
          );
        // Secrets that cannot be opened any more are replaced as a whole, and they do not follow to another host.
        const isKept =
          Object.keys(view(before).secrets).length > 0 && deps.hostOf(config) === deps.hostOf(before.config);
        const secrets = mergeSecrets(isKept ? opened(before) : {}, given.secrets);
        const faults = [...(completed?.faults ?? []), ...deps.faultsOf(config, secrets), ...lookedUp];
        assertValid(`the ${kind} ${before.key}`, faults);
        const sealed = box.seal(secrets, deps.contextOf(before.id));
        const next: Stored = { ...before, name: given.name ?? before.name, config, sealed };
        return deps.adjust?.(next, before, given) ?? next;
      });
    },

    setStatus: (
      idOrKey: string,
      status: ConnectionStatus,
      expected: ExpectedEtag,
      editor: Editor,
    ): Promise<Shown<Stored>> =>
      change(idOrKey, status === "active" ? "resume" : "pause", expected, editor, (before) => {
        const next: Stored = { ...before, status };
        return deps.adjust?.(next, before, undefined) ?? next;
      }),

    remove: async (idOrKey: string, expected: ExpectedEtag, editor: Editor): Promise<void> => {
      const found = await locked(idOrKey, expected, async (tx, before) => {
        await store.remove(tx, before.id);
        await record(tx, editor, "delete", before, null);
      });
      await deps.changed(found);
    },
  };
}

export type ConnectionManager<
  Input,
  Config extends { readonly type: string },
  Stored extends StoredConnection<Config>,
  Change extends ConnectionChange<Input>,
> = ReturnType<typeof createConnectionManager<Input, Config, Stored, Change>>;
