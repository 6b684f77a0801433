import { Compile } from "typebox/compile";
import { schemaFaults } from "../http/index.ts";
import { ClienteleError, type ErrorDetail, newId } from "../kernel/index.ts";
import type { Caller, Definition, DefinitionFile, ImportReport } from "./definition.ts";
import { diffJson } from "./diff.ts";
import { assertMayChange, contentOf, type EditDeps, type Editing, type RecordedChange } from "./editing.ts";
import type { DefinitionReference } from "./kind.ts";
import { publish, stateOf, withDraft } from "./publication.ts";
import { fileSchema } from "./schemas.ts";
import type { Transaction } from "./store.ts";
import { assertNoFaults, checkCandidate, type KnownDefinitions, referenceFaults } from "./validate.ts";

const exportPage = 500;
const maxImport = 5000;

export type ImportOptions = {
  readonly caller: Caller;
  /** Publishes the files whose status is live or scheduled; default false: everything becomes a draft. */
  readonly publish?: boolean;
  readonly note?: string;
};

type Prepared = {
  readonly file: DefinitionFile;
  readonly found: Definition | undefined;
  readonly references: readonly DefinitionReference[];
};

const fileFrame = Compile(fileSchema);
const nameOf = ({ kind, key }: DefinitionFile): string => `${kind}/${key}`;
const isPublished = (file: DefinitionFile) => file.status === "live" || file.status === "scheduled";

export function createTransfer({ store, clock, snapshot, kindOf }: EditDeps, editing: Editing) {
  /** Everything that is not archived, by kind and key: the published version, else the newest draft. */
  const exportDefinitions = async (kinds?: readonly string[]): Promise<readonly DefinitionFile[]> => {
    const files: DefinitionFile[] = [];
    for (let after: string | null = null; ; ) {
      const rows = await store.exportRows(after, exportPage);
      for (const { id: _, ...file } of rows) if (!kinds || kinds.includes(file.kind)) files.push(file);
      const last = rows.at(-1);
      if (rows.length < exportPage || !last) break;
      after = last.id;
    }
    return files.sort((a, b) => (`${a.kind}/${a.key}` < `${b.kind}/${b.key}` ? -1 : 1));
  };

  /** Files of the same import count as present, so that they may come in any order and use each other. */
  const knownWith = async (
    files: readonly DefinitionFile[],
    references: readonly DefinitionReference[],
    publishing: boolean,
  ): Promise<KnownDefinitions> => {
    const known = new Map(await store.statuses(references));
    for (const file of files) {
      const stored = known.get(nameOf(file));
      known.set(nameOf(file), {
        status: file.status,
        published: (stored?.published ?? false) || (publishing && isPublished(file)),
      });
    }
    return known;
  };

  /** Files come from disk as they are: their frame is checked before anything of it is used. */
  const assertFrames = (files: readonly DefinitionFile[]): void => {
    const faults = files.flatMap((file, index) =>
      schemaFaults(fileFrame.Errors(file)).map((fault) => ({ ...fault, path: `/${index}${fault.path}` })),
    );
    assertNoFaults(faults, "import");
  };

  const prepare = async (files: readonly DefinitionFile[], options: ImportOptions): Promise<readonly Prepared[]> => {
    const faults: ErrorDetail[] = [];
    const prepared: Prepared[] = [];
    const stored = await store.findAll(files);
    for (const file of files) {
      assertMayChange(options.caller, contentOf(file).scope);
      const found = stored.get(nameOf(file));
      if (found) assertMayChange(options.caller, found.scope);
      const checked = await checkCandidate(
        kindOf(file.kind),
        { ...contentOf(file), key: file.key, body: file.body },
        snapshot.live,
      );
      faults.push(...checked.faults.map((fault) => ({ ...fault, path: `/${nameOf(file)}${fault.path}` })));
      prepared.push({ file, found, references: checked.references });
    }
    const allReferences = prepared.flatMap(({ references }) => references);
    const known = await knownWith(files, allReferences, options.publish ?? false);
    for (const { file, references } of prepared) {
      const stage = options.publish && isPublished(file) ? "publish" : "save";
      const own = referenceFaults(references, known, stage, nameOf(file));
      faults.push(...own.map((fault) => ({ ...fault, path: `/${nameOf(file)}${fault.path}` })));
    }
    assertNoFaults(faults, "import");
    return prepared;
  };

  const addVersion = (
    tx: Transaction,
    id: string,
    { file, references }: Prepared,
    { caller, note = "Imported" }: ImportOptions,
    { version, createdAt }: { readonly version: number; readonly createdAt: string },
  ): Promise<void> =>
    store.addVersion(tx, id, {
      ...contentOf(file),
      ...{ version, body: file.body, author: caller.actor, note, restoredFrom: null, createdAt, references },
    });

  /** A draft as it was just made; nobody else sees it before the import ends. */
  const insertNew = async (tx: Transaction, prepared: Prepared, options: ImportOptions): Promise<Definition> => {
    const { file } = prepared;
    const { actor } = options.caller;
    const nowMs = clock.now();
    const createdAt = new Date(nowMs).toISOString();
    const definition: Definition = {
      ...contentOf(file),
      id: newId(nowMs),
      kind: file.kind,
      key: file.key,
      status: "draft",
      draftStatus: "draft",
      version: 1,
      draftVersion: 1,
      liveVersion: null,
      pendingVersion: null,
      publishAt: null,
      nextChangeAt: null,
      everLive: false,
      etag: 1,
      createdAt,
      createdBy: actor,
      updatedAt: createdAt,
      updatedBy: actor,
      body: file.body,
    };
    if (!(await store.insert(tx, definition)))
      throw new ClienteleError("definitions.keyTaken", `somebody made the ${file.kind} ${file.key} during the import`);
    await addVersion(tx, definition.id, prepared, options, definition);
    return definition;
  };

  const lockFound = async (tx: Transaction, { id, kind, key }: Definition): Promise<Definition> => {
    const locked = await store.lock(tx, id);
    if (locked && locked.status !== "archived") return locked;
    throw new ClienteleError("definitions.transition", `the ${kind} ${key} is archived; unarchive it first`);
  };

  type Made = "created" | "updated" | "unchanged";

  /** @returns what the audit is to tell; undefined when nothing was written */
  const writeOne = async (
    tx: Transaction,
    prepared: Prepared,
    options: ImportOptions,
  ): Promise<{ readonly made: Made; readonly published: boolean; readonly change?: RecordedChange }> => {
    const { file, found } = prepared;
    const content = contentOf(file);
    const locked = found ? await lockFound(tx, found) : await insertNew(tx, prepared, options);
    const nowMs = clock.now();
    let state = stateOf(locked, { nowMs, actor: options.caller.actor });
    const { id, name, scope, schedule, labels, body } = locked;
    const isChanged =
      found !== undefined &&
      diffJson({ name, scope, schedule, labels, body }, { ...content, body: file.body }).length > 0;
    if (isChanged) {
      state = withDraft(state, content);
      await addVersion(tx, id, prepared, options, { version: state.version, createdAt: state.updatedAt });
    }
    const publishes = options.publish === true && isPublished(file) && state.draftVersion !== null;
    if (publishes) state = publish(state, { version: state.version, schedule: content.schedule }, null, null, nowMs);
    const made = found === undefined ? "created" : isChanged ? "updated" : "unchanged";
    if (made === "unchanged" && !publishes) return { made, published: false };
    if (found !== undefined || publishes) await store.update(tx, id, state);
    const change: RecordedChange = {
      action: publishes ? "importAndPublish" : "import",
      ...{ id, kind: file.kind, before: found ? locked : null, after: { ...state, body: file.body } },
    };
    return { made, published: publishes, change };
  };

  /**
   * Makes or updates definitions by kind and key, all of them or none. Repeating an import changes nothing.
   *
   * @throws {ClienteleError} `definitions.invalid` with the faults of all files, `definitions.unknownKind`
   */
  const importDefinitions = async (files: readonly DefinitionFile[], options: ImportOptions): Promise<ImportReport> => {
    if (files.length > maxImport)
      throw new ClienteleError("http.tooLarge", `one import takes at most ${maxImport} definitions`);
    if (!Array.isArray(files)) throw new ClienteleError("http.badRequest", "an import is a list of definitions");
    assertFrames(files);
    const prepared = await prepare(files, options);
    const report = { created: 0, updated: 0, unchanged: 0, published: 0 };
    await store.transaction(async (tx) => {
      const changes: RecordedChange[] = [];
      for (const one of prepared) {
        const { made, published, change } = await writeOne(tx, one, options);
        report[made] += 1;
        if (published) report.published += 1;
        if (change) changes.push(change);
      }
      for (const kind of new Set(changes.map((change) => change.kind))) await store.touch(tx, kind);
      await editing.record(tx, options.caller, changes);
    });
    for (const kind of new Set(files.map((file) => file.kind))) await editing.spread(kind);
    return report;
  };

  return { exportDefinitions, importDefinitions };
}
