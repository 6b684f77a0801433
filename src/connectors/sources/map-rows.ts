import { applyMappingToRows } from "../mapping/apply-mapping.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { RecordRefusal } from "./source.ts";
import type { PlacedRecord } from "./take-records.ts";

export type MappedPart = { readonly records: PlacedRecord[]; readonly refusals: RecordRefusal[] };

const maxFaultsTold = 3;

/** The record of rows that belong together, added to a part; a row that makes none is told with its place. */
export function addMapped(part: MappedPart, mapping: Mapping, rows: readonly Row[], where: string): void {
  const mapped = applyMappingToRows(mapping, rows);
  if (mapped.ok) {
    part.records.push({ record: mapped.record, where });
    return;
  }
  const message = mapped.faults
    .slice(0, maxFaultsTold)
    .map((fault) => `${fault.path} ${fault.message}`.trim())
    .join("; ");
  part.refusals.push({ where, code: mapped.faults[0]?.code ?? "invalid", message });
}
