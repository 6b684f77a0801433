// What an import would do with its first rows: records, events, faults; nothing is written.
import type { ErrorDetail, JsonValue } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import { guessMapping } from "../mapping/guess-mapping.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { validateMapping } from "../mapping/validate-mapping.ts";
import type { RecordFacts, RecordKind, SourceRecord } from "../records/record.ts";
import { recordToEvents } from "../records/record-to-events.ts";
import type { FileFacts } from "./import.ts";
import { faultText, mapUnits } from "./map-units.ts";
import { faultOfRecord, type ProductSink } from "./product-rows.ts";
import { readRows } from "./read-rows.ts";

export type PreviewedEvent = {
  readonly type: string;
  readonly timestamp: string | null;
  readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
  readonly properties: JsonValue;
};
export type PreviewedRecord = {
  readonly lines: readonly number[];
  readonly fault: string | null;
  readonly record: SourceRecord | null;
  readonly events: readonly PreviewedEvent[];
};
export type ImportPreview = {
  readonly file: FileFacts;
  /** The mapping of the import, else the one that its columns suggest. */
  readonly mapping: Mapping;
  readonly isGuessed: boolean;
  /** Columns that nothing reads. */
  readonly unmapped: readonly string[];
  /** Why the suggested mapping cannot be used as it is. */
  readonly faults: readonly ErrorDetail[];
  readonly sample: readonly Row[];
  readonly records: readonly PreviewedRecord[];
  readonly faultyRecords: number;
};

const sampleRows = 100;
const shownSample = 20;

async function readSample(path: string, file: FileFacts): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(path, file)) {
    if (row.ok) rows.push(row.row);
    if (rows.length >= sampleRows) break;
  }
  return rows;
}

/** The mapping that the columns suggest, for a file that was given none. */
export async function suggestMapping(path: string, file: FileFacts, kind: RecordKind) {
  const rows = await readSample(path, file);
  return { ...guessMapping(file.header, rows, kind), sample: rows };
}

function previewRecord(
  record: SourceRecord,
  lines: readonly number[],
  facts: RecordFacts,
  catalog: ProductSink | undefined,
): PreviewedRecord {
  const result = recordToEvents(record, facts, { isKnown: false });
  const fault = result.ok ? faultOfRecord(record, facts, catalog) : faultText(result.faults);
  if (!result.ok || fault !== null) return { lines, fault, record, events: [] };
  const events = result.events.map(
    (event): PreviewedEvent => ({
      type: event.type,
      timestamp: typeof event.timestamp === "string" ? event.timestamp : null,
      identifiers: event.identifiers,
      properties: event.properties,
    }),
  );
  return { lines, fault: null, record, events };
}

/**
 * Previews the first records of a file. The window in which lines of one order are gathered is that of the rows read, so that the
 * last order may be shown with some of its lines only.
 *
 * @param limit records shown
 */
export async function previewImport(
  run: {
    readonly filePath: string;
    readonly kind: RecordKind;
    readonly mapping: Mapping | null;
    readonly file: FileFacts;
  },
  facts: RecordFacts,
  limit: number,
  catalog?: ProductSink,
): Promise<ImportPreview> {
  const { filePath, file, kind } = run;
  const guess = await suggestMapping(filePath, file, kind);
  const mapping = run.mapping ?? guess.mapping;
  const checked = validateMapping(mapping);
  const records: PreviewedRecord[] = [];
  if (checked.ok) {
    // A small window shows the first orders without reading ten thousand rows.
    const near = { ...mapping, options: { ...mapping.options, groupWindow: 50 } };
    for await (const unit of mapUnits(filePath, file, near)) {
      if (unit.kind === "refused") {
        const [first] = unit.refused;
        records.push({
          lines: unit.refused.map(({ line }) => line),
          fault: first?.message ?? "",
          record: null,
          events: [],
        });
      } else if (unit.kind === "record")
        records.push(
          previewRecord(
            unit.record,
            unit.placed.map(({ line }) => line),
            facts,
            catalog,
          ),
        );
      if (records.length >= limit) break;
    }
  }
  return {
    file,
    mapping,
    isGuessed: run.mapping === null,
    unmapped: guess.unmapped.filter((column) => !run.mapping || !isRead(run.mapping, column)),
    faults: checked.ok ? [] : checked.faults,
    sample: guess.sample.slice(0, shownSample),
    records,
    faultyRecords: records.filter(({ fault }) => fault !== null).length,
  };
}

function isRead(mapping: Mapping, column: string): boolean {
  return JSON.stringify(mapping).includes(JSON.stringify(column));
}
