// Units of a file as records, or as rows to refuse with the reason; always the same ones in the same order.

import { applyMappingToRows } from "../mapping/apply-mapping.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import { compileMapping } from "../mapping/compile-mapping.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { RecordFault, SourceRecord } from "../records/record.ts";
import type { RefusedRow } from "./bad-rows.ts";
import { groupRows, maxRowsPerRecord, type PlacedRow, type Unit } from "./group-rows.ts";
import type { FileFacts } from "./import.ts";
import { readRows } from "./read-rows.ts";

export type MappedUnit =
  | {
      readonly kind: "record";
      readonly record: SourceRecord;
      readonly placed: readonly PlacedRow[];
      readonly rows: readonly Row[];
      readonly repeats: number;
    }
  | { readonly kind: "refused"; readonly refused: readonly RefusedRow[]; readonly rowCount: number }
  | { readonly kind: "skipped" };

const maxFaultLength = 1_000;

export function faultText(faults: readonly RecordFault[]): string {
  return faults
    .map(({ path, message }) => (path === "" ? message : `${path} ${message}`))
    .join("; ")
    .slice(0, maxFaultLength);
}

export function refuseRows(placed: readonly PlacedRow[], message: string): readonly RefusedRow[] {
  return placed.map(({ line, row }) => ({ line, message, row }));
}

function mapUnit(unit: Unit, mapping: Mapping): MappedUnit {
  if (unit.kind === "skipped") return unit;
  if (unit.kind === "bad") {
    const { line, message, cells } = unit.bad;
    return { kind: "refused", rowCount: 1, refused: [{ line, message, cells }] };
  }
  const { rows: placed, surplus } = unit;
  if (surplus > 0) {
    const message = `the record has more than ${maxRowsPerRecord} rows; ${surplus} more are not listed here`;
    return { kind: "refused", rowCount: placed.length + surplus, refused: refuseRows(placed.slice(0, 10), message) };
  }
  const rows = placed.map(({ row }) => row);
  const mapped = applyMappingToRows(mapping, rows);
  if (!mapped.ok)
    return { kind: "refused", rowCount: rows.length, refused: refuseRows(placed, faultText(mapped.faults)) };
  return { kind: "record", record: mapped.record, placed, rows, repeats: mapped.repeats };
}

/** @throws {ClienteleError} `imports.format` when the file cannot be read to its end */
export async function* mapUnits(
  path: string,
  facts: FileFacts,
  mapping: Mapping,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<MappedUnit> {
  for await (const unit of groupRows(readRows(path, facts, onBytes), compileMapping(mapping)))
    yield mapUnit(unit, mapping);
}
