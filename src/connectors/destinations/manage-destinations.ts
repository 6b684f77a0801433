import { ClienteleError, type Clock, newId, type Page, toPage } from "../../kernel/index.ts";
import { type Audit, assertEtag, assertValid, type Editor, type ExpectedEtag, recordChange } from "../editor.ts";
import { maskSecrets, mergeSecrets, type SecretBox, type SecretMap } from "../secrets/secret-box.ts";
import { type ConfigChecks, completeConfig, configFaults } from "./complete-config.ts";
import type { Destination, DestinationConfig, StoredDestination } from "./destination.ts";
import { destinationContext } from "./prepare-destination.ts";
import type { ConfigInput } from "./schemas.ts";
import type { DestinationStore } from "./store.ts";

export type NewDestination = {
  readonly key: string;
  readonly name: string;
  readonly config: ConfigInput;
  readonly secrets?: Readonly<Record<string, string | null>>;
};
export type DestinationChange = Partial<Omit<NewDestination, "key">>;

/** A destination as its managers see it: no secret, only which are set. */
export type DestinationView = StoredDestination & { readonly secrets: Readonly<Record<string, "set">> };

export type ManageDeps = ConfigChecks & {
  readonly store: DestinationStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  /** After each change: this process works by it at once, the others within a second. */
  readonly changed: (id: string) => Promise<void>;
};

const maxDestinations = 200;

function image({ key, name, config, status }: Destination, secrets: SecretMap): object {
  return { key, name, config, status, secrets: maskSecrets(secrets) };
}

function hostOfTarget(config: DestinationConfig): string {
  const target = config.type === "webhook" ? config.url : config.endpoint;
  return URL.canParse(target) ? new URL(target).host : target;
}

export function createDestinationManager(deps: ManageDeps) {
  const { store, secrets: box } = deps;

  const notFound = (idOrKey: string) => new ClienteleError("connectors.notFound", `there is no destination ${idOrKey}`);
  const find = async (idOrKey: string): Promise<StoredDestination> => {
    const found = await store.find(idOrKey);
    if (!found) throw notFound(idOrKey);
    return found;
  };
  const opened = ({ id, sealed }: StoredDestination): SecretMap => box.open(sealed, destinationContext(id));
  const view = (destination: StoredDestination): DestinationView => {
    // One whose key is gone must still be listed and repaired.
    let secrets: SecretMap = {};
    try {
      secrets = opened(destination);
    } catch (error) {
      if (!(error instanceof ClienteleError)) throw error;
    }
    return { ...destination, secrets: maskSecrets(secrets) };
  };

  const change = async (
    idOrKey: string,
    action: string,
    expected: ExpectedEtag,
    editor: Editor,
    apply: (before: StoredDestination) => Pick<StoredDestination, "name" | "config" | "status" | "sealed">,
  ): Promise<DestinationView> => {
    const found = await find(idOrKey);
    const after = await store.transaction(async (tx) => {
      const before = await store.lock(tx, found.id);
      if (!before) throw notFound(idOrKey);
      assertEtag(before, expected);
      const next = { ...before, ...apply(before), updatedAt: deps.clock.now(), updatedBy: editor.actor };
      await store.update(tx, next);
      const stored = await store.lock(tx, found.id);
      if (!stored) throw notFound(idOrKey);
      await recordChange(deps.audit, tx, editor, {
        kind: "destination",
        action,
        id: found.id,
        before: image(before, view(before).secrets),
        after: image(stored, view(stored).secrets),
      });
      return stored;
    });
    await deps.changed(found.id);
    return view(after);
  };

  return {
    find,
    get: async (idOrKey: string): Promise<DestinationView> => view(await find(idOrKey)),
    list: async (afterKey: string, limit: number): Promise<Page<DestinationView>> =>
      toPage((await store.list(afterKey, limit + 1)).map(view), limit, ({ key }) => [key]),

    /**
     * Makes a destination; it gets the events that are processed from now on.
     *
     * @throws {ClienteleError} `connectors.invalid`, `connectors.duplicate`
     */
    create: async (input: NewDestination, editor: Editor): Promise<DestinationView> => {
      const at = deps.clock.now();
      const id = newId(at);
      const config = completeConfig(input.config);
      const secrets = mergeSecrets({}, input.secrets);
      assertValid(`the destination ${input.key}`, configFaults(config, secrets, deps));
      const made = {
        id,
        key: input.key,
        name: input.name,
        config,
        status: "active" as const,
        etag: 1,
        createdAt: at,
        createdBy: editor.actor,
        updatedAt: at,
        updatedBy: editor.actor,
        sealed: box.seal(secrets, destinationContext(id)),
      };
      await store.transaction(async (tx) => {
        if ((await store.count(tx)) >= maxDestinations)
          throw new ClienteleError(
            "connectors.duplicate",
            `there are ${maxDestinations} destinations; remove one first`,
          );
        if (!(await store.insert(tx, made)))
          throw new ClienteleError("connectors.duplicate", `a destination with the key ${input.key} exists`);
        const after = image(made, secrets);
        await recordChange(deps.audit, tx, editor, { kind: "destination", action: "create", id, before: null, after });
      });
      await deps.changed(id);
      return view(await find(id));
    },

    /** @throws {ClienteleError} `connectors.invalid`, `connectors.notFound`, `connectors.conflict` */
    update: (idOrKey: string, given: DestinationChange, expected: ExpectedEtag, editor: Editor) =>
      change(idOrKey, "update", expected, editor, (before) => {
        const config = given.config === undefined ? before.config : completeConfig(given.config);
        if (config.type !== before.config.type)
          throw new ClienteleError(
            "connectors.invalid",
            `the type ${before.config.type} cannot be changed; make another destination`,
          );
        // Secrets that cannot be opened any more are replaced as a whole, and they do not follow to another host.
        const isKept =
          Object.keys(view(before).secrets).length > 0 && hostOfTarget(config) === hostOfTarget(before.config);
        const known = isKept ? opened(before) : {};
        const secrets = mergeSecrets(known, given.secrets);
        assertValid(`the destination ${before.key}`, configFaults(config, secrets, deps));
        const sealed = box.seal(secrets, destinationContext(before.id));
        return { name: given.name ?? before.name, config, status: before.status, sealed };
      }),

    setStatus: (idOrKey: string, status: "active" | "paused", expected: ExpectedEtag, editor: Editor) =>
      change(idOrKey, status === "active" ? "resume" : "pause", expected, editor, (before) => ({ ...before, status })),

    remove: async (idOrKey: string, expected: ExpectedEtag, editor: Editor): Promise<void> => {
      const found = await find(idOrKey);
      await store.transaction(async (tx) => {
        const before = await store.lock(tx, found.id);
        if (!before) throw notFound(idOrKey);
        assertEtag(before, expected);
        await store.remove(tx, found.id);
        const gone = image(before, view(before).secrets);
        await recordChange(deps.audit, tx, editor, {
          kind: "destination",
          action: "delete",
          id: found.id,
          before: gone,
          after: null,
        });
      });
      await deps.changed(found.id);
    },
  };
}

export type DestinationManager = ReturnType<typeof createDestinationManager>;
