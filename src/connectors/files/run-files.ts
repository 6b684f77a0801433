// Reads what was dropped: each version of a file once, row by row through the mapping, resumable at the last committed unit.
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ClienteleError, type Clock, type Logger } from "../../kernel/index.ts";
import { groupRows, type Unit } from "../imports/group-rows.ts";
import type { FileSettings } from "../imports/import.ts";
import { inspectFile } from "../imports/inspect-file.ts";
import { readRows } from "../imports/read-rows.ts";
import { compileMapping } from "../mapping/compile-mapping.ts";
import type { HttpClient } from "../net/http-client.ts";
import { createS3 } from "../net/s3-client.ts";
import type { SecretMap } from "../secrets/secret-box.ts";
import { addMapped, type MappedPart } from "../sources/map-rows.ts";
import type { RunContext } from "../sources/run-source.ts";
import type { FilesSource } from "../sources/source.ts";
import type { SourceStore } from "../sources/store.ts";
import { createNameFilter, type DropPlace, type FoundFile } from "./drop-place.ts";
import { createFolderPlace } from "./folder-place.ts";
import { createS3Place } from "./s3-place.ts";

export type FilesDeps = {
  readonly store: SourceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly http: HttpClient;
  /** Folder below which folders are watched. */
  readonly dropDir: string;
  /** Folder for files under way. */
  readonly workDir: string;
};

const filesPerRun = 1_000;
const unitsPerCommit = 500;
const maxFileBytes = 20 * 1024 ** 3;

/** The place that a configuration names. */
export function placeOf(
  config: FilesSource,
  secrets: SecretMap,
  deps: Pick<FilesDeps, "http" | "dropDir" | "clock">,
): DropPlace {
  const { location } = config;
  if (location.kind === "folder") return createFolderPlace(deps.dropDir, location.path);
  const { accessKeyId = "", secretAccessKey = "", sessionToken } = secrets;
  const s3 = createS3({ ...location, accessKeyId, secretAccessKey, sessionToken }, deps.http, deps.clock.now);
  return createS3Place(s3, location.prefix);
}

function settingsOf({ format, encoding, separator }: FilesSource): FileSettings {
  return { ...(format ? { format } : {}), ...(encoding ? { encoding } : {}), ...(separator ? { separator } : {}) };
}

/** A copy of the file that cannot change while it is read. */
async function download(stream: Readable, path: string): Promise<void> {
  let bytes = 0;
  stream.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxFileBytes) stream.destroy(new Error("too large"));
  });
  await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
}

function addUnit(part: MappedPart, config: FilesSource, name: string, unit: Unit): void {
  if (unit.kind === "skipped") return;
  if (unit.kind === "bad") {
    part.refusals.push({ where: `${name}:${unit.bad.line}`, code: unit.bad.code, message: unit.bad.message });
    return;
  }
  const where = `${name}:${unit.rows[0]?.line ?? 0}`;
  addMapped(
    part,
    config.mapping,
    unit.rows.map(({ row }) => row),
    where,
  );
  if (unit.surplus > 0)
    part.refusals.push({ where, code: "tooMany", message: `${unit.surplus} further lines left out` });
}

/** Reads one local file to its end. The number of a unit is the place to go on from: the same file gives the same units. */
async function readFile(
  context: RunContext,
  config: FilesSource,
  file: FoundFile,
  path: string,
  unitsDone: number,
  store: SourceStore,
): Promise<void> {
  const facts = await inspectFile(path, basename(file.path), settingsOf(config));
  let part: MappedPart = { records: [], refusals: [] };
  let units = 0;
  let held = 0;
  const commit = async () => {
    const at = units;
    await context.commit({
      ...part,
      checkpoint: (tx) => store.files.advance(tx, context.source.id, file.path, file.version, at),
    });
    part = { records: [], refusals: [] };
    held = 0;
  };
  for await (const unit of groupRows(readRows(path, facts), compileMapping(config.mapping))) {
    units += 1;
    if (units <= unitsDone) continue;
    addUnit(part, config, file.path, unit);
    held += 1;
    if (held >= unitsPerCommit) {
      await commit();
      if (context.signal.aborted) return;
    }
  }
  if (held > 0) await commit();
}

/** The reader of file sources. */
export function createFilesReader(deps: FilesDeps) {
  const { store, clock } = deps;

  const readOne = async (
    context: RunContext,
    config: FilesSource,
    place: DropPlace,
    file: FoundFile,
  ): Promise<void> => {
    const { source, signal } = context;
    const unitsDone = await store.files.begin(source.id, file.path, file.version, clock.now());
    await mkdir(deps.workDir, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(deps.workDir, "drop-"));
    try {
      const path = join(folder, "file");
      await download(await place.open(file, signal), path);
      await readFile(context, config, file, path, unitsDone, store);
      if (signal.aborted) return;
      await store.files.finish(source.id, file.path, file.version, null, clock.now());
      if (config.after === "move") await place.moveTo(file, "done", signal);
    } catch (error) {
      // Of the file itself, not of the place or of us: it is put aside and the others go on.
      if (!(error instanceof ClienteleError) || error.code !== "imports.format") throw error;
      await store.files.finish(source.id, file.path, file.version, error.message, clock.now());
      context.note(`${file.path}: ${error.message}`);
      if (config.after === "move") await place.moveTo(file, "failed", signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  return async (context: RunContext): Promise<void> => {
    const { source, secrets, signal } = context;
    if (source.config.type !== "files") return;
    const config = source.config;
    const place = placeOf(config, secrets, deps);
    const found = await place.list(createNameFilter(config.pattern), filesPerRun, signal);
    const finished = await store.files.finished(
      source.id,
      found.map(({ path }) => path),
    );
    const settledBefore = clock.now() - config.settleSeconds * 1000;
    for (const file of found) {
      if (signal.aborted) return;
      if (file.modifiedAt > settledBefore || finished.has(`${file.path}\0${file.version}`)) continue;
      await readOne(context, config, place, file);
    }
  };
}
