/** Some rows that a person pasted, as a file that the server can read. */
import type { Json, JsonObject } from "../../api/shapes.ts";

export type SampleFile =
  | { readonly ok: true; readonly fileName: string; readonly text: string }
  | { readonly ok: false; readonly reason: "empty" | "json" };

const isRow = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As webhooks are read: the document itself, a list, or the list in `rows`. */
function rowsOf(document: Json): readonly JsonObject[] {
  if (Array.isArray(document)) return document.filter(isRow);
  if (!isRow(document)) return [];
  const { rows } = document;
  return Array.isArray(rows) ? rows.filter(isRow) : [document];
}

function parseLines(text: string): readonly Json[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Json);
}

/** One JSON document, JSON lines, or CSV with its header. */
export function toSampleFile(text: string): SampleFile {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, reason: "empty" };
  if (!/^[[{]/.test(trimmed)) return { ok: true, fileName: "sample.csv", text };
  const rows = readRows(trimmed);
  if (rows === undefined || rows.length === 0) return { ok: false, reason: "json" };
  return { ok: true, fileName: "sample.ndjson", text: rows.map((row) => JSON.stringify(row)).join("\n") };
}

function readRows(text: string): readonly JsonObject[] | undefined {
  try {
    return rowsOf(JSON.parse(text) as Json);
  } catch {
    // Not one document: perhaps one a line.
  }
  try {
    return parseLines(text).filter(isRow);
  } catch {
    return undefined;
  }
}
