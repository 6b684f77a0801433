import { ClienteleError, type Clock, newId, type Page, toPage } from "../../kernel/index.ts";
import { type Audit, assertEtag, assertValid, type Editor, type ExpectedEtag, recordChange } from "../editor.ts";
import { maskSecrets, mergeSecrets, type SecretBox, type SecretMap } from "../secrets/secret-box.ts";
import { type ConfigFacts, completeSourceConfig, secretFaults } from "./complete-config.ts";
import type { SourceConfigInput } from "./schemas.ts";
import { type Source, type SourceConfig, type StoredSource, sourceContext } from "./source.ts";
import type { SourceStore } from "./store.ts";

export type NewSource = {
  readonly key: string;
  readonly name: string;
  readonly config: SourceConfigInput;
  readonly secrets?: Readonly<Record<string, string | null>>;
};
export type SourceChange = Partial<Omit<NewSource, "key">> & { readonly restart?: boolean };
export type SourceView = StoredSource & { readonly secrets: Readonly<Record<string, "set">> };

export type ManageSourceDeps = ConfigFacts & {
  readonly store: SourceStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly changed: (key: string) => void;
};

const maxSources = 200;

function image({ key, name, config, status }: Source, secrets: SecretMap): object {
  return { key, name, config, status, secrets: maskSecrets(secrets) };
}

/** When a source with this schedule is read first. */
function firstRunAt({ everySeconds }: SourceConfig, nowMs: number): number | null {
  return everySeconds === null ? null : nowMs;
}

function hostOf(config: SourceConfig): string {
  if (config.type === "sql") return `${config.host}:${config.port}`;
  return config.type === "files" && config.location.kind === "s3" ? config.location.endpoint : "";
}

export function createSourceManager(deps: ManageSourceDeps) {
  const { store, secrets: box } = deps;
  const notFound = (idOrKey: string) => new ClienteleError("connectors.notFound", `there is no source ${idOrKey}`);
  const find = async (idOrKey: string): Promise<StoredSource> => {
    const found = await store.find(idOrKey);
    if (!found) throw notFound(idOrKey);
    return found;
  };
  const opened = ({ id, sealed }: StoredSource): SecretMap => box.open(sealed, sourceContext(id));
  const view = (source: StoredSource): SourceView => {
    // One whose key is gone must still be listed and repaired.
    let secrets: SecretMap = {};
    try {
      secrets = opened(source);
    } catch (error) {
      if (!(error instanceof ClienteleError)) throw error;
    }
    return { ...source, secrets: maskSecrets(secrets) };
  };

  const change = async (
    idOrKey: string,
    action: string,
    expected: ExpectedEtag,
    editor: Editor,
    apply: (before: StoredSource) => StoredSource,
  ): Promise<SourceView> => {
    const found = await find(idOrKey);
    const after = await store.transaction(async (tx) => {
      const before = await store.lock(tx, found.id);
      if (!before) throw notFound(idOrKey);
      assertEtag(before, expected);
      await store.update(tx, { ...apply(before), updatedAt: deps.clock.now(), updatedBy: editor.actor });
      const stored = await store.lock(tx, found.id);
      if (!stored) throw notFound(idOrKey);
      await recordChange(deps.audit, tx, editor, {
        kind: "source",
        action,
        id: found.id,
        before: image(before, view(before).secrets),
        after: image(stored, view(stored).secrets),
      });
      return stored;
    });
    deps.changed(found.key);
    return view(after);
  };

  return {
    find,
    opened,
    get: async (idOrKey: string): Promise<SourceView> => view(await find(idOrKey)),
    list: async (afterKey: string, limit: number): Promise<Page<SourceView>> =>
      toPage((await store.list(afterKey, limit + 1)).map(view), limit, ({ key }) => [key]),

    /** @throws {ClienteleError} `connectors.invalid`, `connectors.duplicate` */
    create: async (input: NewSource, editor: Editor): Promise<SourceView> => {
      const at = deps.clock.now();
      const id = newId(at);
      const { config, faults } = completeSourceConfig(input.key, input.config, deps);
      const secrets = mergeSecrets({}, input.secrets);
      assertValid(`the source ${input.key}`, [...faults, ...secretFaults(config, secrets)]);
      const made: StoredSource = {
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
        sealed: box.seal(secrets, sourceContext(id)),
        checkpoint: {},
        nextRunAt: firstRunAt(config, at),
      };
      await store.transaction(async (tx) => {
        if ((await store.count(tx)) >= maxSources)
          throw new ClienteleError("connectors.duplicate", `there are ${maxSources} sources; remove one first`);
        if (!(await store.insert(tx, made)))
          throw new ClienteleError("connectors.duplicate", `a source with the key ${input.key} exists`);
        const after = image(made, secrets);
        await recordChange(deps.audit, tx, editor, { kind: "source", action: "create", id, before: null, after });
      });
      deps.changed(input.key);
      return view(made);
    },

    /** @throws {ClienteleError} `connectors.invalid`, `connectors.notFound`, `connectors.conflict` */
    update: (idOrKey: string, given: SourceChange, expected: ExpectedEtag, editor: Editor) =>
      change(idOrKey, "update", expected, editor, (before) => {
        const completed = given.config && completeSourceConfig(before.key, given.config, deps);
        const config = completed?.config ?? before.config;
        if (config.type !== before.config.type)
          throw new ClienteleError(
            "connectors.invalid",
            `the type ${before.config.type} cannot be changed; make another source`,
          );
        // Secrets that cannot be opened any more are replaced as a whole, and they do not follow to another host.
        const isKept = Object.keys(view(before).secrets).length > 0 && hostOf(config) === hostOf(before.config);
        const known = isKept ? opened(before) : {};
        const secrets = mergeSecrets(known, given.secrets);
        assertValid(`the source ${before.key}`, [...(completed?.faults ?? []), ...secretFaults(config, secrets)]);
        return {
          ...before,
          name: given.name ?? before.name,
          config,
          sealed: box.seal(secrets, sourceContext(before.id)),
          checkpoint: given.restart ? {} : before.checkpoint,
          nextRunAt: before.nextRunAt ?? firstRunAt(config, deps.clock.now()),
        };
      }),

    setStatus: (idOrKey: string, status: "active" | "paused", expected: ExpectedEtag, editor: Editor) =>
      change(idOrKey, status === "active" ? "resume" : "pause", expected, editor, (before) => ({
        ...before,
        status,
        nextRunAt: status === "active" ? firstRunAt(before.config, deps.clock.now()) : null,
      })),

    remove: async (idOrKey: string, expected: ExpectedEtag, editor: Editor): Promise<void> => {
      const found = await find(idOrKey);
      await store.transaction(async (tx) => {
        const before = await store.lock(tx, found.id);
        if (!before) throw notFound(idOrKey);
        assertEtag(before, expected);
        await store.remove(tx, found.id);
        const gone = image(before, view(before).secrets);
        await recordChange(deps.audit, tx, editor, {
          kind: "source",
          action: "delete",
          id: found.id,
          before: gone,
          after: null,
        });
      });
      deps.changed(found.key);
    },
  };
}
