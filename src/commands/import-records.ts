// `clientele import orders|customers|…`: files of the past into profiles and the event store.
import { constants, createWriteStream } from "node:fs";
import { access, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { type App, createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import {
  type FileSettings,
  type Import,
  type Imports,
  type Mapping,
  mappingPresets,
  type NewImport,
  type Reconciliation,
  type RecordKind,
  validateMapping,
} from "../connectors/index.ts";
import { ClienteleError, createLogger } from "../kernel/index.ts";
import { createProgress } from "./progress.ts";
import { UsageError } from "./usage.ts";

const kindByWord: Readonly<Record<string, RecordKind>> = {
  orders: "order",
  customers: "customer",
  consents: "consent",
  loyalty: "loyalty",
  stores: "store",
  events: "event",
};

export const importRecordsUsage =
  "clientele import orders|customers|consents|loyalty|stores|events <file…> [--mapping file.json|preset] [--preview] [--resume] [--atomic] [--source name] [--customer-namespace user_id] [--encoding utf-8|utf-16le|utf-16be|windows-1252] [--separator ,] [--format csv|ndjson] [--bad-rows file.csv] [--report file.json]";

/** True for a word that this command imports; `catalog` is another's. */
export function isRecordWord(word: string | undefined): word is string {
  return word !== undefined && Object.hasOwn(kindByWord, word);
}

type Options = {
  readonly mapping: Mapping | undefined;
  readonly isPreview: boolean;
  readonly isResume: boolean;
  readonly given: Omit<NewImport, "fileName">;
  readonly badRows: string | undefined;
  readonly report: string | undefined;
};

async function readMapping(text: string | undefined, kind: RecordKind): Promise<Mapping | undefined> {
  if (text === undefined) return undefined;
  const preset = mappingPresets.get(text);
  if (preset) return preset;
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(text, "utf8"));
  } catch (cause) {
    throw new ClienteleError(
      "imports.mapping",
      `${text} is neither a preset (${[...mappingPresets.keys()].join(", ")}) nor a file with JSON`,
      { cause },
    );
  }
  const checked = validateMapping(parsed);
  if (!checked.ok) {
    const list = checked.faults.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new ClienteleError("imports.mapping", `${text}: ${list}`, { details: checked.faults });
  }
  if (checked.mapping.kind !== kind)
    throw new ClienteleError(
      "imports.mapping",
      `${text} is for records of the kind ${checked.mapping.kind}, not ${kind}`,
    );
  return checked.mapping;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function readSettings(values: Values): FileSettings {
  const { encoding, separator, format } = values;
  const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
  const known = encodings.find((name) => name === encoding);
  if (encoding !== undefined && !known) throw new UsageError(`--encoding must be one of ${encodings.join(", ")}`);
  if (format !== undefined && format !== "csv" && format !== "ndjson")
    throw new UsageError("--format must be csv or ndjson");
  if (typeof separator === "string" && separator.length !== 1 && separator !== "\\t")
    throw new UsageError("--separator must be one character");
  return {
    ...(known === undefined ? {} : { encoding: known }),
    ...(typeof separator === "string" ? { separator: separator === "\\t" ? "\t" : separator } : {}),
    ...(format === undefined ? {} : { format }),
  };
}

async function readOptions(word: string, values: Values): Promise<Options> {
  const kind = kindByWord[word] ?? "order";
  const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  const mapping = await readMapping(text("mapping"), kind);
  const source = text("source");
  const namespace = text("customer-namespace");
  return {
    mapping,
    isPreview: values["preview"] === true,
    isResume: values["resume"] === true,
    badRows: text("bad-rows"),
    report: text("report"),
    given: {
      kind,
      createdBy: "cli",
      mode: values["atomic"] === true ? "atomic" : "partial",
      settings: readSettings(values),
      ...(mapping === undefined ? {} : { mapping }),
      ...(source === undefined ? {} : { sourceId: source }),
      ...(namespace === undefined ? {} : { customerNamespace: namespace }),
    },
  };
}

async function openImport(imports: Imports, file: string, options: Options): Promise<Import> {
  const { given, isResume } = options;
  if (isResume) {
    const unfinished = await imports.findUnfinished(given.kind, given.sourceId ?? "history", file, given.settings);
    if (unfinished) return unfinished;
    process.stderr.write(`${basename(file)}: nothing to resume, starting from the beginning\n`);
  }
  return imports.createFromPath({ ...given, fileName: basename(file) }, file);
}

async function runOne(app: App, imports: Imports, file: string, options: Options): Promise<Reconciliation | Import> {
  const run = await openImport(imports, file, options);
  const progress = createProgress(`${run.kind} ${run.fileName}`);
  const before = run.counts.rows;
  const ended = await imports.runToEnd(run.id, {
    onProgress: ({ counts, progress: { bytesRead, bytesTotal } }) => {
      const total = bytesRead > 0 ? Math.round((counts.rows * bytesTotal) / bytesRead) : null;
      progress.update(
        counts.rows,
        total,
        `${counts.written} written, ${counts.unchanged} unchanged, ${counts.rejectedRows} refused`,
      );
    },
  });
  progress.end(JSON.stringify({ status: ended.status, resumedAt: before, ...ended.counts }));
  if (options.badRows !== undefined && ended.counts.rejectedRows > 0)
    await pipeline(await imports.badRows(run.id), createWriteStream(options.badRows));
  if (ended.status !== "done") return ended;
  await app.settle();
  return imports.reconciliation(run.id);
}

async function previewOne(imports: Imports, file: string, options: Options): Promise<void> {
  const run = await imports.createFromPath({ ...options.given, fileName: basename(file) }, file);
  const preview = await imports.preview(run.id, 20);
  await imports.cancel(run.id);
  process.stdout.write(`${JSON.stringify(preview, null, 2)}\n`);
}

/** Runs the files one after the other. @returns the exit code: 1 when an import failed */
export async function importRecords(
  app: App,
  imports: Imports,
  files: readonly string[],
  options: Options,
): Promise<number> {
  const results: (Reconciliation | Import)[] = [];
  for (const file of files) {
    if (options.isPreview) await previewOne(imports, file, options);
    else results.push(await runOne(app, imports, file, options));
  }
  if (options.isPreview) return 0;
  const text = `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
  if (options.report === undefined) process.stdout.write(text);
  else await writeFile(options.report, text);
  return results.some((result) => "status" in result) ? 1 : 0;
}

/** `clientele import orders <file…>` and its sisters. */
export async function importRecordsCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      mapping: { type: "string" },
      preview: { type: "boolean" },
      resume: { type: "boolean" },
      atomic: { type: "boolean" },
      source: { type: "string" },
      "customer-namespace": { type: "string" },
      encoding: { type: "string" },
      separator: { type: "string" },
      format: { type: "string" },
      "bad-rows": { type: "string" },
      report: { type: "string" },
    },
  });
  const [word, ...files] = positionals;
  if (!isRecordWord(word) || files.length === 0) throw new UsageError(importRecordsUsage);
  const options = await readOptions(word, values);
  // Said before the engines start, which takes seconds.
  for (const file of files) await access(file, constants.R_OK);
  const app = await createApp({
    config: readConfig(undefined, { roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  // What is accepted is processed here: on an embedded engine nobody else can.
  await app.collect.start();
  const { imports } = app.incoming;
  const stop = () => void imports.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    return await importRecords(app, imports, files, options);
  } finally {
    await app.close();
  }
}
