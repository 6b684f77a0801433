// Reads a foreign database: what is new by a cursor column, or all of it, to learn also what is gone.
import { groupRows } from "../imports/group-rows.ts";
import type { FileRow } from "../imports/read-rows.ts";
import { keyOfRow } from "../mapping/apply-mapping.ts";
import { type CompiledMapping, compileMapping, type Row } from "../mapping/compile-mapping.ts";
import type { RecordKind, SourceRecord } from "../records/record.ts";
import { addMapped, type MappedPart } from "../sources/map-rows.ts";
import type { RunContext } from "../sources/run-source.ts";
import type { SqlSource } from "../sources/source.ts";
import type { SourceStore } from "../sources/store.ts";
import { openSqlReader } from "./open-sql-reader.ts";
import type { PlacedRow, SqlReader } from "./sql-reader.ts";

const unitsPerCommit = 500;
const deletedPerCommit = 500;
/** Below it the share of deleted records says nothing. */
const fewRecords = 20;
/** Kinds whose end means something here. A purged order was still placed, a withdrawn row of a consent says nothing. */
const endable: ReadonlySet<RecordKind> = new Set<RecordKind>(["customer", "product", "loyalty", "store"]);

/** Rows that belong together, as far as they follow each other. */
function neighbours(rows: readonly PlacedRow[], compiled: CompiledMapping): readonly (readonly PlacedRow[])[] {
  if (!compiled.isGrouped) return rows.map((row) => [row]);
  const groups: PlacedRow[][] = [];
  let lastKey: string | undefined;
  for (const row of rows) {
    const key = keyOfRow(compiled, row.row);
    if (key !== undefined && key === lastKey) groups.at(-1)?.push(row);
    else groups.push([row]);
    lastKey = key;
  }
  return groups;
}

async function readNew(context: RunContext, config: SqlSource, reader: SqlReader, store: SourceStore): Promise<void> {
  const compiled = compileMapping(config.mapping);
  let cursor = context.source.checkpoint.cursor ?? null;
  // Rows of the last order of a page: the rest of it may follow.
  let held: readonly PlacedRow[] = [];
  let from = cursor;
  while (!context.signal.aborted) {
    const page = await reader.page(from, config.batchSize);
    const isLast = page.length < config.batchSize;
    from = page.at(-1)?.place ?? from;
    const groups = [...neighbours([...held, ...page], compiled)];
    held = isLast || !compiled.isGrouped ? [] : (groups.pop() ?? []);
    const part: MappedPart = { records: [], refusals: [] };
    for (const group of groups) {
      const [first] = group;
      if (first === undefined || compiled.skips(first.row)) continue;
      const where = [first.place.at, ...first.place.keys].join(" ");
      addMapped(
        part,
        config.mapping,
        group.map(({ row }) => row),
        where,
      );
    }
    const done = groups.at(-1)?.at(-1)?.place;
    if (done) {
      cursor = done;
      const checkpoint = { cursor: done };
      await context.commit({ ...part, checkpoint: (tx) => store.checkpoint(tx, context.source.id, checkpoint) });
    }
    if (isLast) return;
  }
}

async function* numbered(
  portions: AsyncIterable<readonly Row[]>,
  count: (rows: number) => void,
): AsyncGenerator<FileRow> {
  let line = 0;
  for await (const rows of portions) {
    for (const row of rows) {
      line += 1;
      yield { ok: true, line, row };
    }
    count(line);
  }
}

/** Tells what a full reading no longer yields as deleted. */
async function endUnseen(context: RunContext, store: SourceStore): Promise<void> {
  const { source, runId, signal } = context;
  while (!signal.aborted) {
    const page = await store.records.unseenPage(source.id, runId, deletedPerCommit);
    if (page.length === 0) return;
    const records = page
      .filter(({ kind, external_id }) => endable.has(kind) && external_id !== null)
      .map(({ kind, external_id }) => {
        const externalId = external_id ?? "";
        const record: SourceRecord = {
          kind,
          externalId,
          deleted: true,
          fields: kind === "product" ? { sku: externalId } : {},
        };
        return { record, where: externalId };
      });
    const keys = page.map(({ record_key }) => record_key);
    await context.commit({
      records,
      keepKeys: true,
      // Seen by this run, as it were: what could not be told is not looked at for ever.
      checkpoint: (tx) => store.records.see(tx, source.id, runId, keys),
    });
  }
}

async function readAll(context: RunContext, config: SqlSource, reader: SqlReader, store: SourceStore): Promise<void> {
  let rows = 0;
  let refused = 0;
  let part: MappedPart = { records: [], refusals: [] };
  const commit = async () => {
    refused += part.refusals.length;
    await context.commit({ ...part, keepKeys: true });
    part = { records: [], refusals: [] };
  };
  const units = groupRows(
    numbered(reader.scan(config.batchSize), (count) => {
      rows = count;
    }),
    compileMapping(config.mapping),
  );
  for await (const unit of units) {
    if (unit.kind !== "rows") continue;
    const where = `row ${unit.rows[0]?.line ?? 0}`;
    addMapped(
      part,
      config.mapping,
      unit.rows.map(({ row }) => row),
      where,
    );
    if (part.records.length + part.refusals.length < unitsPerCommit) continue;
    await commit();
    if (context.signal.aborted) return;
  }
  if (part.records.length + part.refusals.length > 0) await commit();
  const { known, gone } = await store.records.unseen(context.source.id, context.runId);
  if (gone === 0) return;
  if (rows === 0) {
    context.note(`the query yields nothing: none of the ${known} known records is deleted`);
    return;
  }
  if (refused > 0) {
    context.note(`${refused} rows have no readable record, so that it is not sure what is gone: nothing is deleted`);
    return;
  }
  if (known > fewRecords && gone > known * config.maxDeletedShare) {
    context.note(
      `${gone} of ${known} known records are gone, more than the share of ${config.maxDeletedShare}: nothing is deleted`,
    );
    return;
  }
  await endUnseen(context, store);
}

/** The reader of SQL sources. */
export function createSqlSourceReader(deps: { readonly store: SourceStore }) {
  return async (context: RunContext): Promise<void> => {
    const { source, secrets } = context;
    if (source.config.type !== "sql") return;
    const config = source.config;
    const reader = await openSqlReader(config, secrets);
    try {
      if (config.mode === "cursor") await readNew(context, config, reader, deps.store);
      else await readAll(context, config, reader, deps.store);
    } finally {
      await reader.close();
    }
  };
}
