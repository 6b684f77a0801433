// Rows of a CSV or JSON-lines file, one after the other, never the whole file in memory. A row that cannot be read comes out as
// such with its line; the others go on.
import { isObject } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import { fileBytes, fileText } from "./file-text.ts";
import type { FileFacts } from "./import.ts";
import { type CsvRow, createCsvSplitter } from "./split-csv.ts";

export type BadRow = {
  readonly ok: false;
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** What the file holds there: cells of CSV, else the text, shortened. */
  readonly cells: readonly string[];
};
export type FileRow = { readonly ok: true; readonly line: number; readonly row: Row } | BadRow;

/** Longest row that is read; a longer one is reported and passed over. */
const maxRowLength = 1024 * 1024;
const keptOfTooLong = 2_000;

/** Names of the columns: blank ones get a number, repeated ones too. */
export function columnNames(header: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return header.map((cell, index) => {
    const name = cell.trim() || `column${index + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}

const dangerous = new Set(["__proto__", "constructor", "prototype"]);

function toRow(columns: readonly string[], cells: readonly string[]): Row {
  const row: Record<string, string> = {};
  for (let at = 0; at < columns.length; at += 1) {
    const name = columns[at] ?? "";
    if (!dangerous.has(name)) row[name] = cells[at] ?? "";
  }
  return row;
}

function readCells(columns: readonly string[], cells: readonly string[], line: number): FileRow {
  const surplus = cells.slice(columns.length);
  if (cells.length < columns.length || surplus.some((cell) => cell.trim() !== "")) {
    const message = `has ${cells.length} cells, the header has ${columns.length}`;
    return { ok: false, line, code: "cells", message, cells };
  }
  return { ok: true, line, row: toRow(columns, cells) };
}

async function* csvRows(text: AsyncIterable<string>, separator: string): AsyncGenerator<FileRow> {
  const splitter = createCsvSplitter(separator, maxRowLength);
  let columns: readonly string[] | undefined;
  const read = ({ line, cells, fault }: CsvRow): FileRow | undefined => {
    if (fault !== undefined) return { ok: false, line, code: "csv", message: fault, cells };
    if (columns !== undefined) return readCells(columns, cells, line);
    columns = columnNames(cells);
    return undefined;
  };
  for await (const piece of text) {
    for (const row of splitter.push(piece)) {
      const next = read(row);
      if (next) yield next;
    }
  }
  for (const row of splitter.end()) {
    const next = read(row);
    if (next) yield next;
  }
}

function parseLine(text: string, line: number): FileRow {
  const bad = (code: string, message: string): FileRow => ({
    ok: false,
    line,
    code,
    message,
    cells: [text.slice(0, keptOfTooLong)],
  });
  if (text.length > maxRowLength) return bad("tooLong", `is longer than ${maxRowLength} characters`);
  try {
    const value: unknown = JSON.parse(text);
    // An object of JSON.parse holds JSON.
    return isObject(value) ? { ok: true, line, row: value as Row } : bad("object", "is no JSON object");
  } catch {
    // A bad row is an outcome of the import, not a failure of it.
    return bad("json", "is not valid JSON");
  }
}

async function* jsonRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let rest = "";
  let line = 0;
  // Of a line that is too long only the beginning is kept.
  let isCut = false;
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const part of lines) {
      line += 1;
      if (isCut)
        yield {
          ok: false,
          line,
          code: "tooLong",
          message: `is longer than ${maxRowLength} characters`,
          cells: [part.slice(0, keptOfTooLong)],
        };
      else if (part.trim() !== "") yield parseLine(part, line);
      isCut = false;
    }
    if (rest.length > maxRowLength) {
      isCut = true;
      rest = rest.slice(0, keptOfTooLong);
    }
  }
  if (rest.trim() !== "") yield parseLine(isCut ? rest.padEnd(maxRowLength + 1) : rest, line + 1);
}

/**
 * @param onBytes told of each piece read from disk, in bytes of the file as it lies there
 * @throws {ClienteleError} `imports.format` when the file is missing, damaged or cut off
 */
export async function* readRows(
  path: string,
  facts: Pick<FileFacts, "isGzip" | "format" | "encoding" | "separator">,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<FileRow> {
  const bytes = fileBytes(path, facts.isGzip, (piece) => onBytes(piece.length));
  const text = fileText(bytes, facts.encoding);
  try {
    yield* facts.format === "csv" ? csvRows(text, facts.separator) : jsonRows(text);
  } finally {
    await text.return(undefined);
  }
}
