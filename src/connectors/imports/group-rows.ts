// The rows of one order, brought together. Lines of an order usually follow each other; where they do not, they are gathered
// within a window of rows, so that memory is bounded whatever the file. The same file always gives the same units in the same
// order: the number of a unit is the place to go on from.

import { keyOfRow } from "../mapping/apply-mapping.ts";
import type { CompiledMapping, Row } from "../mapping/compile-mapping.ts";
import type { BadRow, FileRow } from "./read-rows.ts";

export type PlacedRow = { readonly line: number; readonly row: Row };

/** What is decided together: the rows of one record, or one row that cannot be read. */
export type Unit =
  | {
      readonly kind: "rows";
      readonly rows: readonly PlacedRow[] /** Lines beyond what one record may have. */;
      readonly surplus: number;
    }
  | { readonly kind: "bad"; readonly bad: BadRow }
  | { readonly kind: "skipped" };

type Group = { readonly rows: PlacedRow[]; lastAt: number; characters: number; surplus: number };

const defaultWindow = 10_000;
/** Lines of one order. */
export const maxRowsPerRecord = 5_000;
/** Characters that may wait for their order to be complete: 64 MB, 128 MB as UTF-16. */
const maxHeldCharacters = 64 * 1024 * 1024;

function sizeOf(row: Row): number {
  let size = 0;
  for (const value of Object.values(row)) size += typeof value === "string" ? value.length : 16;
  return size;
}

export async function* groupRows(rows: AsyncIterable<FileRow>, compiled: CompiledMapping): AsyncGenerator<Unit> {
  if (!compiled.isGrouped) {
    for await (const row of rows) {
      if (!row.ok) yield { kind: "bad", bad: row };
      else if (compiled.skips(row.row)) yield { kind: "skipped" };
      else yield { kind: "rows", rows: [row], surplus: 0 };
    }
    return;
  }
  const window = compiled.options.groupWindow ?? defaultWindow;
  // In order of the last row of each: the first is the one that has waited longest.
  const groups = new Map<string, Group>();
  let held = 0;
  let number = 0;
  const take = (key: string, group: Group): Unit => {
    groups.delete(key);
    held -= group.characters;
    return { kind: "rows", rows: group.rows, surplus: group.surplus };
  };
  for await (const row of rows) {
    number += 1;
    if (!row.ok) {
      yield { kind: "bad", bad: row };
      continue;
    }
    if (compiled.skips(row.row)) {
      yield { kind: "skipped" };
      continue;
    }
    const key = keyOfRow(compiled, row.row);
    if (key === undefined) {
      yield { kind: "rows", rows: [row], surplus: 0 };
      continue;
    }
    const group = groups.get(key) ?? { rows: [], lastAt: 0, characters: 0, surplus: 0 };
    groups.delete(key);
    groups.set(key, group);
    group.lastAt = number;
    if (group.rows.length >= maxRowsPerRecord) group.surplus += 1;
    else {
      const size = sizeOf(row.row);
      group.rows.push({ line: row.line, row: row.row });
      group.characters += size;
      held += size;
    }
    for (const [oldest, waiting] of groups) {
      if (number - waiting.lastAt < window && held <= maxHeldCharacters) break;
      yield take(oldest, waiting);
    }
  }
  for (const [key, group] of groups) yield take(key, group);
}
