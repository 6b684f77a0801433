import { once } from "node:events";
import { createReadStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { ClienteleError } from "../kernel/index.ts";
import { splitJsonArray, splitLines } from "./split-text.ts";

export type RowFormat = "jsonl" | "csv" | "json";

/** One row of a file; `line` counts from 1, for `json` it is the number of the element. */
export type FileRow =
  | { readonly line: number; readonly ok: true; readonly value: unknown }
  | {
      readonly line: number;
      readonly ok: false;
      readonly text: string;
      readonly code: string;
      readonly message: string;
    };

const gzipMagic = [0x1f, 0x8b];
/** Longest row that is read; a longer one is reported and passed over. */
const maxRowLength = 4 * 1024 * 1024;

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && gzipMagic.every((byte, at) => buffer[at] === byte);
  } finally {
    await handle.close();
  }
}

function gunzipped(source: Readable): Readable {
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

/** Pieces of text, bounded in size; errors of the file or its compression reach the reader. */
async function* textOf(file: string, onBytes: (bytes: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let source: ReadStream | undefined;
  let reported = 0;
  try {
    const isCompressed = await isGzip(file);
    source = createReadStream(file);
    const stream = isCompressed ? gunzipped(source) : source;
    for await (const chunk of stream) {
      onBytes(source.bytesRead - reported);
      reported = source.bytesRead;
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (cause) {
    throw new ClienteleError(
      "catalog.importFormat",
      `${file} cannot be read to its end: it is missing, damaged or cut off`,
      { cause },
    );
  } finally {
    source?.destroy();
  }
  yield decoder.decode();
}

function parseJson(text: string, line: number): FileRow {
  try {
    return { line, ok: true, value: JSON.parse(text) };
  } catch {
    // A bad row is an outcome of the import, not a failure of it.
    return { line, ok: false, text, code: "json", message: "is not valid JSON" };
  }
}

/** Guesses from the name, then from the first letter. */
async function detectFormat(file: string, start: string): Promise<RowFormat> {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  if (name.endsWith(".csv") || name.endsWith(".tsv")) return "csv";
  if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) return "jsonl";
  const first = start.trimStart();
  if (name.endsWith(".json")) return first.startsWith("[") ? "json" : "jsonl";
  if (first.startsWith("[")) return "json";
  if (first.startsWith("{")) return "jsonl";
  if (first === "" || first.includes(",") || first.includes(";") || first.includes("\t")) return "csv";
  throw new ClienteleError(
    "catalog.importFormat",
    `${file} is neither JSON lines, nor a JSON list, nor CSV with a header`,
  );
}

function detectDelimiter(start: string): string {
  const header = start.split(/\r?\n/, 1)[0] ?? "";
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

type CsvRecord = { readonly record: Readonly<Record<string, string>>; readonly info: { readonly lines: number } };

async function* csvRows(text: AsyncIterable<string>, start: string): AsyncGenerator<FileRow> {
  const skipped: FileRow[] = [];
  const parser = parse({
    bom: true,
    columns: (header: readonly string[]) => header.map((name) => name.trim()),
    delimiter: detectDelimiter(start),
    info: true,
    max_record_size: maxRowLength,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    on_skip: (error, record) => {
      const line = error && typeof error["lines"] === "number" ? error["lines"] : 0;
      skipped.push({ line, ok: false, text: record ?? "", code: "csv", message: error?.message ?? "cannot be read" });
    },
  });
  const feed = (async () => {
    for await (const piece of text) {
      if (!parser.write(piece)) await once(parser, "drain");
    }
    parser.end();
  })().catch((error: Error) => {
    parser.destroy(error);
  });
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    yield* skipped.splice(0);
    yield { line: info.lines, ok: true, value: record };
  }
  await feed;
  yield* skipped.splice(0);
}

async function* prepend(start: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/**
 * Reads a file of rows in a stream: JSON lines, a JSON list or CSV with a header, plain or gzip, never whole in memory.
 *
 * Rows that cannot be read come out as such with their line; the others go on.
 *
 * @param format default: by name and first letter
 * @param onBytes told of each piece read from disk, in bytes of the file as it lies there
 * @throws {ClienteleError} `catalog.importFormat` when the file is missing, cut off, or of no known format
 */
export async function* readRows(
  file: string,
  format: RowFormat | undefined,
  onBytes: (bytes: number) => void,
): AsyncGenerator<FileRow> {
  const pieces = textOf(file, onBytes);
  try {
    let start = "";
    // The first line may be longer than the first piece.
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      start += next.value;
      if (start.length > 65_536 || start.includes("\n")) break;
    }
    const text = prepend(start.replace(/^\uFEFF/, ""), pieces);
    const actual = format ?? (await detectFormat(file, start));
    if (actual === "csv") yield* csvRows(text, start);
    else {
      const parts = actual === "json" ? splitJsonArray(text, maxRowLength) : splitLines(text, maxRowLength);
      for await (const part of parts) {
        if (part.isTooLong)
          yield {
            line: part.number,
            ok: false,
            text: part.text,
            code: "tooLarge",
            message: `is longer than ${maxRowLength} characters`,
          };
        else if (part.text.trim() !== "") yield parseJson(part.text, part.number);
      }
    }
  } finally {
    await pieces.return(undefined);
  }
}
