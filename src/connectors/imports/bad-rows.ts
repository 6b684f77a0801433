// The rows that were refused, as a CSV that a person corrects and imports again: line, reason, then the columns of the file.
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { JsonValue } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";

/** A cell that a spreadsheet would take for a formula is kept from being one; plain negative numbers stay. */
function defuse(text: string): string {
  if (/^[=@\t\r]/.test(text)) return `'${text}`;
  return /^[+-]/.test(text) && !/^[+-][\d.,\s]*$/.test(text) ? `'${text}` : text;
}

function cell(value: JsonValue | undefined): string {
  const text = defuse(
    value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value),
  );
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(cells: readonly (JsonValue | undefined)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

export type RefusedRow = {
  readonly line: number;
  readonly message: string;
  readonly row?: Row;
  readonly cells?: readonly string[];
};

export type BadRows = {
  /** Appends and waits until the file has it. */
  readonly write: (rows: readonly RefusedRow[]) => Promise<void>;
  /** Length of the file; what is beyond at the next start is cut off. */
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
};

const mark = "\uFEFF";

/**
 * Opens the file of an import.
 *
 * @param columns of the imported file; empty for JSON lines, whose rows stand in one column
 * @param keptBytes length at the checkpoint; 0 begins anew
 */
export async function openBadRows(path: string, columns: readonly string[], keptBytes: number): Promise<BadRows> {
  const handle: FileHandle = await open(path, keptBytes > 0 ? "r+" : "w");
  const names = columns.length > 0 ? columns : ["row"];
  await handle.truncate(keptBytes);
  let size = keptBytes;
  const append = async (text: string) => {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, size);
      from += bytesWritten;
      size += bytesWritten;
    }
  };
  return {
    write: async (rows) => {
      if (rows.length === 0) return;
      // Excel takes a CSV for UTF-8 only with a mark.
      let text = size === 0 ? mark + csvLine(["import_line", "import_fault", ...names]) : "";
      for (const { line, message, row, cells } of rows) {
        const own =
          columns.length === 0
            ? [row === undefined ? (cells ?? []).join(" ") : JSON.stringify(row)]
            : row === undefined
              ? (cells ?? [])
              : columns.map((name) => row[name]);
        text += csvLine([String(line), message, ...own]);
      }
      await append(text);
    },
    bytes: () => size,
    close: () => handle.close(),
  };
}

export function readBadRows(path: string): Readable {
  return createReadStream(path);
}
