// Everything that must be known of a file before its rows are read, found in one pass over its bytes.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { ClienteleError } from "../../kernel/index.ts";
import { detectSeparator } from "./detect-separator.ts";
import { fileBytes, isGzipFile, unreadable } from "./file-text.ts";
import type { FileFacts, FileFormat, FileSettings } from "./import.ts";
import { columnNames, readRows } from "./read-rows.ts";
import { createEncodingDetector } from "./text-encoding.ts";

const startBytes = 64 * 1024;

function detectFormat(fileName: string, start: string): FileFormat {
  const name = fileName.toLowerCase().replace(/\.gz$/, "");
  const first = start.trimStart().charAt(0);
  if (first === "{") return "ndjson";
  if (/\.(jsonl|ndjson|json)$/.test(name) || first === "[")
    throw new ClienteleError("imports.format", "the file does not hold one JSON object a line");
  return "csv";
}

async function headerOf(path: string, facts: Omit<FileFacts, "header">): Promise<readonly string[]> {
  if (facts.format === "ndjson") return [];
  // Read without its first row being taken for names: a line with numbers for names gives the cells themselves.
  for await (const row of readRows(path, facts)) return row.ok ? Object.keys(row.row) : [];
  return [];
}

/**
 * Reads a file once: its hash, whether it is packed, its encoding, format, separator and columns.
 *
 * @param settings what is known better than it can be guessed
 * @throws {ClienteleError} `imports.format` when it is missing, damaged, empty or of no known format
 */
export async function inspectFile(path: string, fileName: string, settings: FileSettings): Promise<FileFacts> {
  let bytes = 0;
  let isGzip = false;
  try {
    bytes = (await stat(path)).size;
    isGzip = await isGzipFile(path);
  } catch (cause) {
    throw unreadable(fileName, cause);
  }
  if (bytes === 0) throw new ClienteleError("imports.format", `${fileName} is empty`);
  const hash = createHash("sha256");
  const detector = createEncodingDetector();
  let start: Buffer = Buffer.alloc(0);
  for await (const piece of fileBytes(path, isGzip, (packed) => hash.update(packed))) {
    if (start.length < startBytes) start = Buffer.concat([start, piece.subarray(0, startBytes - start.length)]);
    detector.add(piece);
  }
  const encoding = settings.encoding ?? detector.encoding();
  const text = new TextDecoder(encoding).decode(start);
  if (text.trim() === "") throw new ClienteleError("imports.format", `${fileName} is empty`);
  const format = settings.format ?? detectFormat(fileName, text);
  const separator = settings.separator ?? detectSeparator(text);
  const facts = { sha256: hash.digest("hex"), bytes, isGzip, format, encoding, separator };
  const header = await headerOf(path, facts);
  return { ...facts, header: header.length > 0 || format === "ndjson" ? header : headerCells(text, separator) };
}

/** Columns of a file that has a header only. */
function headerCells(text: string, separator: string): readonly string[] {
  const [line = ""] = text.split(/\r\n|\n|\r/, 1);
  return columnNames(line.split(separator).map((cell) => cell.replace(/^"|"$/g, "")));
}
