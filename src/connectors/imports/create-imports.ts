// Imports of files: orders, customers, consents, loyalty accounts, stores and events of the past.
import { mkdir, open, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { ClienteleError, type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { ClickHouse, Postgres } from "../../storage/index.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { validateMapping } from "../mapping/validate-mapping.ts";
import type { RecordFacts, RecordKind } from "../records/record.ts";
import { appendToFile } from "./append-to-file.ts";
import { readBadRows } from "./bad-rows.ts";
import { type FileSettings, type Import, type ImportMode, noCounts } from "./import.ts";
import { inspectFile } from "./inspect-file.ts";
import { type ImportPreview, previewImport, suggestMapping } from "./preview-import.ts";
import type { ProductSink } from "./product-rows.ts";
import { type Reconciliation, readTally, reconcile } from "./reconcile.ts";
import type { RunDeps } from "./run-import.ts";
import { createRunQueue, type RunOptions } from "./run-queue.ts";
import type { Accept } from "./send-events.ts";
import { createImportEventStore } from "./store.clickhouse.ts";
import { createImportStore } from "./store.ts";

export type ImportsDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly accept: Accept;
  /** Inbox rows that wait for the processor: an import does not run ahead of it. */
  readonly waiting: () => Promise<number>;
  /** Remembers what is accepted by now. @returns whether all of that is in the event store */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** Takes rows into the catalog; without it products are refused. */
  readonly catalog?: ProductSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Uploads and bad rows lie in `imports/` of it. */
  readonly dataDir: string;
  readonly defaultCurrency: string;
  readonly defaultStoreView: string;
  /** Bytes of an uploaded file; default 5 GB. */
  readonly maxUploadBytes?: number;
};

export type NewImport = {
  readonly kind: RecordKind;
  readonly fileName: string;
  /** Default partial. */
  readonly mode?: ImportMode;
  /** Default: what the columns suggest. */
  readonly mapping?: Mapping;
  readonly settings?: FileSettings;
  /** Repeats are recognised within a source; default `history`. */
  readonly sourceId?: string;
  /** Default `user_id`: the customer numbers are those of the shop. */
  readonly customerNamespace?: string;
  readonly createdBy: string;
};

export type ImportChange = {
  readonly mapping?: Mapping;
  readonly mode?: ImportMode;
  readonly settings?: FileSettings;
};

const defaultMaxUploadBytes = 5 * 1024 ** 3;
const fileRetentionMs = 14 * 86_400_000;
const maxExpiredPerRun = 100;
const maxAbandonedPerRun = 20;

/**
 * Imports: an upload or a file of the machine is previewed, started, paused, resumed, cancelled, reconciled.
 *
 * A run survives the death of its process: it goes on from its last checkpoint, and what was sent twice counts once.
 */
export function createImports(deps: ImportsDeps) {
  const { clock, logger } = deps;
  const store = createImportStore(deps.postgres);
  const events = createImportEventStore(deps.clickhouse);
  const folder = resolve(deps.dataDir, "imports");
  const maxUploadBytes = deps.maxUploadBytes ?? defaultMaxUploadBytes;

  const runDeps: RunDeps = {
    store,
    accept: deps.accept,
    waiting: deps.waiting,
    catalog: deps.catalog,
    clock,
    logger,
    defaultCurrency: deps.defaultCurrency,
    defaultStoreView: deps.defaultStoreView,
  };
  const uploadPath = (id: string) => join(folder, `${id}.upload`);
  const badRowsPath = (id: string) => join(folder, `${id}.bad-rows.csv`);

  /** @throws {ClienteleError} `imports.notFound` */
  const get = async (id: string): Promise<Import> => {
    const run = await store.find(id);
    if (!run) throw new ClienteleError("imports.notFound", `there is no import ${id}`);
    return run;
  };

  const create = async (given: NewImport, file: Pick<Import, "filePath" | "isFileOwned">): Promise<Import> => {
    const run: Import = {
      id: newId(clock.now()),
      kind: given.kind,
      status: "preview",
      mode: given.mode ?? "partial",
      sourceId: given.sourceId ?? "history",
      customerNamespace: given.customerNamespace ?? "user_id",
      fileName: basename(given.fileName).slice(0, 200) || "file",
      fileBytes: 0,
      isFileComplete: false,
      file: null,
      mapping: given.mapping ?? null,
      settings: given.settings ?? {},
      progress: { bytesRead: 0, bytesTotal: 0 },
      counts: noCounts,
      checkpoint: { units: 0, badBytes: 0 },
      tally: null,
      priorImports: [],
      error: null,
      createdAt: clock.now(),
      createdBy: given.createdBy,
      startedAt: null,
      finishedAt: null,
      ...file,
    };
    await store.insert(run);
    return run;
  };

  /** The file is whole: look at it. */
  const complete = async (run: Import): Promise<Import> => {
    const facts = await inspectFile(run.filePath, run.fileName, run.settings);
    await store.setFile(run.id, facts.bytes, true, facts);
    return get(run.id);
  };

  const factsOf = (run: Import): RecordFacts => ({
    sourceId: run.sourceId,
    sourceKind: "history",
    trusted: true,
    customerNamespace: run.customerNamespace,
    defaultCurrency: deps.defaultCurrency,
    defaultStoreView: deps.defaultStoreView,
  });

  const requireFile = (run: Import): Import & { readonly file: NonNullable<Import["file"]> } => {
    const { file } = run;
    if (file === null || !run.isFileComplete)
      throw new ClienteleError("imports.state", "the file of the import is not complete yet; send the rest of it");
    if (run.filePath === "") throw new ClienteleError("imports.notFound", "the file of the import was removed");
    return { ...run, file };
  };

  /** Fixes the mapping of an import that has none, or says why it cannot. */
  const settleMapping = async (run: Import): Promise<void> => {
    if (run.mapping !== null) return;
    const { file, filePath, kind } = requireFile(run);
    const { mapping } = await suggestMapping(filePath, file, kind);
    const checked = validateMapping(mapping);
    if (!checked.ok)
      throw new ClienteleError("imports.mapping", "the columns do not tell enough; give a mapping", {
        details: checked.faults,
      });
    await store.configure(run.id, { mapping, mode: run.mode, settings: run.settings, file });
  };

  /** What was read to its end is not kept: it holds personal data. */
  const forgetUpload = async (run: Import): Promise<void> => {
    if (run.isFileOwned) await rm(uploadPath(run.id), { force: true });
  };

  /** A file of the machine may have changed since the import began. */
  const checkFile = async (run: Import): Promise<void> => {
    if (run.checkpoint.units === 0 || run.file === null) return;
    const facts = await inspectFile(run.filePath, run.fileName, run.settings);
    if (facts.sha256 !== run.file.sha256)
      throw new ClienteleError(
        "imports.changedFile",
        `${run.fileName} changed since the import began; start a new one`,
      );
  };

  const queue = createRunQueue({ runDeps, get, folder, badRowsPath, done: forgetUpload });

  const prepareStart = async (id: string): Promise<void> => {
    const given = await get(id);
    if (!["preview", "paused", "failed"].includes(given.status))
      throw new ClienteleError("imports.state", `an import that is ${given.status} cannot be started`);
    requireFile(given);
    await settleMapping(given);
    await checkFile(given);
  };

  return {
    get,
    list: store.list,

    /** An import of a file that is to be uploaded. */
    createUpload: async (given: NewImport): Promise<Import> => {
      await mkdir(folder, { recursive: true });
      const draft = await create(given, { filePath: "", isFileOwned: true });
      const path = uploadPath(draft.id);
      await (await open(path, "w")).close();
      await store.setPath(draft.id, path);
      return get(draft.id);
    },

    /** An import of a file that lies on this machine, read where it is. */
    createFromPath: async (given: NewImport, path: string): Promise<Import> => {
      const filePath = resolve(path);
      // Before anything is stored: a file that cannot be read makes no import.
      await inspectFile(filePath, given.fileName, given.settings ?? {});
      return complete(await create(given, { filePath, isFileOwned: false }));
    },

    /**
     * Appends a piece to an upload. May be repeated from the length that is stored.
     *
     * @param offset where the piece begins; must be the length so far
     * @param isLast the file is whole after it
     * @throws {ClienteleError} `imports.offset`, `imports.tooLarge`, `imports.state`, `imports.format`
     */
    append: async (id: string, piece: Readable, offset: number, isLast: boolean): Promise<Import> => {
      const draft = await get(id);
      if (!draft.isFileOwned || draft.isFileComplete || draft.status !== "preview")
        throw new ClienteleError("imports.state", "the file of the import is complete already");
      const path = uploadPath(id);
      const size = (await stat(path)).size;
      if (offset !== size)
        throw new ClienteleError("imports.offset", `the piece begins at ${offset}; ${size} bytes are stored`);
      await appendToFile(path, size, piece, maxUploadBytes);
      const { size: bytes } = await stat(path);
      await store.setFile(id, bytes, false, null);
      return isLast ? complete(await get(id)) : get(id);
    },

    /**
     * Changes mapping, mode or reading of an import that has not begun.
     *
     * @throws {ClienteleError} `imports.state`, `imports.format`
     */
    configure: async (id: string, change: ImportChange): Promise<Import> => {
      const before = await get(id);
      const settings = change.settings ?? before.settings;
      const file =
        before.isFileComplete && change.settings !== undefined
          ? await inspectFile(before.filePath, before.fileName, settings)
          : before.file;
      const mapping = change.mapping ?? before.mapping;
      if (!(await store.configure(id, { mapping, mode: change.mode ?? before.mode, settings, file })))
        throw new ClienteleError("imports.state", "the import has begun already");
      return get(id);
    },

    preview: async (id: string, limit: number): Promise<ImportPreview> => {
      const given = requireFile(await get(id));
      return previewImport(given, factsOf(given), limit, deps.catalog);
    },

    /** Starts or resumes an import in the background; one runs at a time, the others wait. */
    start: async (id: string): Promise<Import> => {
      await prepareStart(id);
      // One that was paused just now still ends its batch.
      await queue.ended(id);
      queue.enqueue(id);
      return get(id);
    },

    /** Starts or resumes an import and waits for its end; for the command line. */
    runToEnd: async (id: string, options: RunOptions = {}): Promise<Import> => {
      const given = await get(id);
      if (given.status === "running") {
        // A process that died left it running; on an embedded engine its lease need not run out first.
        if (deps.postgres.kind === "embedded" && !queue.isRunning(id)) await store.releaseLeases();
        await checkFile(given);
      } else await prepareStart(id);
      return queue.run(id, options);
    },

    /** Stops after the batch under way; the next start goes on there. */
    pause: async (id: string): Promise<Import> => {
      await get(id);
      const changed = await store.setStatus(id, ["running"], "paused", clock.now());
      if (!changed) throw new ClienteleError("imports.state", "the import does not run");
      return changed;
    },

    /** Ends an import for good; what was written stays. */
    cancel: async (id: string): Promise<Import> => {
      await get(id);
      queue.forget(id);
      const changed = await store.setStatus(id, ["preview", "running", "paused", "failed"], "cancelled", clock.now());
      if (!changed) throw new ClienteleError("imports.state", "the import is over");
      await forgetUpload(changed);
      return changed;
    },

    /** The newest unfinished import of the same file, kind and source. */
    findUnfinished: async (kind: RecordKind, sourceId: string, path: string, settings: FileSettings = {}) => {
      const { sha256 } = await inspectFile(resolve(path), basename(path), settings);
      return store.findUnfinished(kind, sourceId, sha256);
    },

    /** @throws {ClienteleError} `imports.notFound` when no row was refused, or the file was removed */
    badRows: async (id: string): Promise<Readable> => {
      const given = await get(id);
      const found = await stat(badRowsPath(id)).catch(() => undefined);
      if (given.counts.rejectedRows === 0 || !found || found.size === 0)
        throw new ClienteleError("imports.notFound", "the import refused no rows, or its file was removed");
      return readBadRows(badRowsPath(id));
    },

    /** @throws {ClienteleError} `imports.state` before the file was read to its end */
    reconciliation: async (id: string): Promise<Reconciliation> => {
      const given = await get(id);
      const tally = readTally(given.tally);
      if (!tally) throw new ClienteleError("imports.state", "the import has not come to its end yet");
      const isSettled = await (await deps.acceptedSoFar())();
      const ids = [given.id, ...given.priorImports];
      const { sourceId } = given;
      // One after the other: the embedded engine runs one query at a time anyway.
      const orders = await events.orders(sourceId, ids);
      const refunds = await events.refunds(sourceId, ids);
      const types = await events.types(sourceId, ids);
      const persons = await events.persons(sourceId, ids);
      return reconcile(given, tally, { orders, refunds, types, persons }, isSettled);
    },

    /** Takes up what processes left that are gone. Run it at the start and from time to time. */
    resumeAbandoned: async (isFirst = false): Promise<void> => {
      if (isFirst && deps.postgres.kind === "embedded") await store.releaseLeases();
      for (const id of await store.abandoned(clock.now(), maxAbandonedPerRun))
        if (!queue.isRunning(id)) queue.enqueue(id);
    },

    /** Removes files past their time: uploads and bad rows 14 days after the end, uploads that nobody started likewise. */
    maintain: async (): Promise<void> => {
      for (const old of await store.expired(clock.now() - fileRetentionMs, maxExpiredPerRun)) {
        if (old.isFileOwned) await rm(uploadPath(old.id), { force: true });
        await rm(badRowsPath(old.id), { force: true });
        await store.forgetFile(old.id);
      }
    },

    /** Stops runs after the batch under way; the next start of the program goes on with them. */
    stop: queue.stop,
  };
}

export type Imports = ReturnType<typeof createImports>;
