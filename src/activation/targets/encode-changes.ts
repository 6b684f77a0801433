import type { FileFormat } from "../syncs/sync.ts";
import type { ToldChange } from "./target.ts";

const columns = ["op", "audience", "namespace", "identifier", "profileId", "since", "version", "sequence"] as const;
/** A sheet would run these as a formula; a phone number with its plus is none. */
const formula = /^(?:[=@\t\r-]|\+(?!\d+$))/;

function cell(value: string | number | undefined): string {
  const text = String(value ?? "");
  const safe = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Changes as the bytes of a file, with a heading in CSV. */
export function encodeChanges(changes: readonly ToldChange[], audience: string, format: FileFormat): Buffer {
  const rows = changes.map((change) => ({ audience, ...change }));
  if (format === "ndjson") return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const lines = rows.map((row) => columns.map((name) => cell(row[name])).join(","));
  return Buffer.from(`${[columns.join(","), ...lines].join("\r\n")}\r\n`);
}

export const extensionOf = (format: FileFormat): string => (format === "csv" ? "csv" : "ndjson");
export const contentTypeOf = (format: FileFormat): string =>
  format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
