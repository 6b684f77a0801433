import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type Clock, type ErrorDetail, type Logger } from "../kernel/index.ts";
import { readCalendar } from "./calendar.ts";
import type { DefinitionUse } from "./definition.ts";
import { diffJson } from "./diff.ts";
import { createDrafting } from "./edit-definitions.ts";
import { createEditing, type UsedBy } from "./editing.ts";
import type { DefinitionKind } from "./kind.ts";
import { createLiveSnapshot } from "./live-snapshot.ts";
import { pathsHolding } from "./paths-holding.ts";
import { createPublishing } from "./publish-definitions.ts";
import type { DefinitionsStore } from "./store.ts";
import { createTransfer } from "./transfer-definitions.ts";
import { type Candidate, type CheckedKind, checkCandidate, compileKind } from "./validate.ts";

export type DefinitionsDeps = {
  readonly store: DefinitionsStore;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
};

const kindPattern = /^[a-z][a-z0-9-]{1,39}$/;

/**
 * The frame of everything that is edited: drafts, versions, publication, schedule, scope, references, audit.
 * Register every kind, then `start()`.
 */
export function createDefinitions({ store, audit, clock, logger }: DefinitionsDeps) {
  const kinds = new Map<string, CheckedKind>();
  const kindOf = (kind: string): CheckedKind => {
    const found = kinds.get(kind);
    if (!found)
      throw new ClienteleError(
        "definitions.unknownKind",
        `there is no kind ${kind}; known: ${[...kinds.keys()].join(", ")}`,
      );
    return found;
  };
  const snapshot = createLiveSnapshot({ store, kinds, logger });
  const outside: UsedBy[] = [];
  const usedBy: UsedBy = async (used) => {
    const uses: DefinitionUse[] = [...(await store.usedBy(used.kind, used.key))];
    for (const find of outside) uses.push(...(await find(used)));
    return uses;
  };
  const deps = { store, audit, clock, snapshot, kindOf, usedBy };
  const editing = createEditing(deps);
  const drafting = createDrafting(deps, editing);
  const publishing = createPublishing(deps, editing);
  const transfer = createTransfer(deps, editing);

  return {
    /** Makes a kind known; before `start()`. @throws Error for a name that is taken or cannot be part of a path */
    register: <B>(kind: DefinitionKind<B>): void => {
      if (!kindPattern.test(kind.kind) || ["kinds", "calendar"].includes(kind.kind) || kinds.has(kind.kind))
        throw new Error(`the kind ${kind.kind} is taken or no plain name`);
      // Its functions are called only with bodies that passed its own schema.
      kinds.set(kind.kind, compileKind(kind as DefinitionKind<unknown>));
    },
    kinds: (): readonly DefinitionKind<unknown>[] => [...kinds.values()].map(({ kind }) => kind),
    /** Loads what is published and follows changes, its own at once and those of other processes within a second. */
    start: snapshot.start,
    stop: snapshot.stop,
    /** Published definitions of a kind, from memory; includes scheduled ones: filter by `isInWindow` and by their scope. */
    live: snapshot.live,
    /** Versions of some kinds that replace published ones by a time, Unix milliseconds: what `live` will hold then. Reads the database. */
    pending: snapshot.pending,
    /** Calls the handler after `live(kind)` has changed; returns the function that ends it. */
    onChange: snapshot.onChange,
    refresh: snapshot.refresh,
    find: editing.find,
    list: (kind: string, query: Parameters<DefinitionsStore["list"]>[1]) => {
      kindOf(kind);
      return store.list(kind, query);
    },
    countByStatus: store.countByStatus,
    /** What runs when: definitions with a schedule, with days or published for later. */
    calendar: (
      span: { readonly fromMs: number; readonly toMs: number },
      options: Parameters<typeof readCalendar>[2],
    ) => {
      for (const kind of options.kinds ?? []) kindOf(kind);
      return readCalendar(store, span, options);
    },
    /** Faults that keep a draft from being saved, but for definitions that it names and that do not exist. */
    faultsOf: async (kind: string, draft: Candidate): Promise<readonly ErrorDetail[]> =>
      (await checkCandidate(kindOf(kind), draft, snapshot.live)).faults,
    create: drafting.create,
    save: drafting.save,
    remove: drafting.remove,
    act: publishing.act,
    applySchedules: publishing.applySchedules,
    exportDefinitions: transfer.exportDefinitions,
    importDefinitions: transfer.importDefinitions,
    versions: async (kind: string, idOrKey: string, before: number | null, limit: number) =>
      store.versions((await editing.find(kind, idOrKey)).id, before, limit),
    /** @throws {ClienteleError} `definitions.notFound` */
    version: async (kind: string, idOrKey: string, version: number) => {
      const { id, key } = await editing.find(kind, idOrKey);
      const found = await store.version(id, version);
      if (!found) throw new ClienteleError("definitions.notFound", `the ${kind} ${key} has no version ${version}`);
      return found;
    },
    /** What differs between two versions: name, scope, schedule and body. */
    diff: async (kind: string, idOrKey: string, from: number, to: number) => {
      const { id, key } = await editing.find(kind, idOrKey);
      const image = async (version: number) => {
        const found = await store.version(id, version);
        if (!found) throw new ClienteleError("definitions.notFound", `the ${kind} ${key} has no version ${version}`);
        const { name, scope, schedule, body } = found;
        return { name, scope, schedule, body };
      };
      return diffJson(await image(from), await image(to));
    },
    usedBy: async (kind: string, idOrKey: string) => usedBy(await editing.find(kind, idOrKey)),
    /**
     * Definitions that name something by a text in their bodies, such as `asset:<id>`; one entry for each place.
     *
     * @param text as it stands in JSON: plain letters, digits, hyphens and colons
     */
    usesOfText: async (text: string): Promise<readonly DefinitionUse[]> =>
      (await store.holding(text)).flatMap(({ body, ...use }) =>
        pathsHolding(body, text).map((path) => ({ ...use, path })),
      ),
    /** Which definitions of a kind are named by published ones of other kinds, whether those are in effect, paused or over. */
    namedBy: store.namedBy,
    /** Makes users known that are no definitions themselves, such as a destination that sends an audience. */
    alsoUsedBy: (find: UsedBy): void => void outside.push(find),
    /** Audit entries of one definition, newest first. */
    activity: async (kind: string, idOrKey: string, page: { limit: number; cursor?: string | undefined }) => {
      const { id } = await editing.find(kind, idOrKey);
      return audit.list({ objectKind: kind, objectId: id, ...page });
    },
  };
}

export type Definitions = ReturnType<typeof createDefinitions>;
