// One import from its checkpoint to its end. A batch is decided in memory, its events are accepted (durable), then what is
// remembered of its records and the checkpoint are written in one transaction. Killed between the two, the batch is sent again
// with the same message ids and counts once.
import type { TranslatedEvent } from "../../collect/index.ts";
import { ClienteleError, type Clock, type JsonObject, type Logger } from "../../kernel/index.ts";
import { compileMapping } from "../mapping/compile-mapping.ts";
import type { RecordFacts } from "../records/record.ts";
import { recordToEvents } from "../records/record-to-events.ts";
import { type BadRows, openBadRows, type RefusedRow } from "./bad-rows.ts";
import { decideRecord, identityOf, type RecordIdentity } from "./decide-record.ts";
import {
  type FileFacts,
  type Import,
  type ImportCounts,
  type ImportFault,
  type ImportStatus,
  noCounts,
} from "./import.ts";
import { faultText, type MappedUnit, mapUnits, refuseRows } from "./map-units.ts";
import { faultOfRecord, type ProductRow, type ProductSink, productRow, takeProducts } from "./product-rows.ts";
import { type Accept, sendEvents, waitForProcessor } from "./send-events.ts";
import type { ImportStore, KnownRecord, KnownRecordWrite } from "./store.ts";
import { createTally, type FileTally } from "./tally.ts";

export type RunDeps = {
  readonly store: ImportStore;
  readonly accept: Accept;
  /** Inbox rows that wait for the processor. */
  readonly waiting: () => Promise<number>;
  /** Takes products; without it they are refused. */
  readonly catalog?: ProductSink | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly defaultCurrency: string;
  readonly defaultStoreView: string;
};

export type RunControl = {
  readonly owner: string;
  /** Stops after the batch under way; the import goes on with the next start. */
  readonly signal: AbortSignal;
  readonly badRowsPath: string;
  readonly onProgress?: ((run: Pick<Import, "counts" | "progress">) => void) | undefined;
};

type End = {
  readonly status: ImportStatus;
  readonly error: ImportFault | null;
  readonly tally: FileTally | null;
  readonly counts: ImportCounts;
};

export const leaseMs = 60_000;
const batchRecords = 500;
const batchRows = 4_000;
const waitEvery = 2;
const maxPriorImports = 50;

type RecordUnit = Extract<MappedUnit, { kind: "record" }>;
type Counts = { -readonly [Key in keyof ImportCounts]: ImportCounts[Key] };

/** Everything that one batch is going to change. */
type BatchPlan = {
  readonly events: TranslatedEvent[];
  /** Index into `decided` of the record that each event is of. */
  readonly owners: number[];
  readonly products: ProductRow[];
  readonly writes: Map<number, KnownRecordWrite>;
  readonly refusals: Map<number, string>;
  readonly priors: Set<string>;
  unchanged: number;
  older: number;
};

const splitMessage =
  "rows of this record lie further apart than the window; sort the file by its key, or set a larger groupWindow";

function planBatch(
  units: readonly { readonly unit: RecordUnit; readonly identity: RecordIdentity }[],
  known: ReadonlyMap<string, KnownRecord>,
  run: Import,
  facts: RecordFacts,
  isGrouped: boolean,
): BatchPlan {
  const plan: BatchPlan = {
    events: [],
    owners: [],
    products: [],
    writes: new Map(),
    refusals: new Map(),
    priors: new Set(),
    unchanged: 0,
    older: 0,
  };
  // A key may come twice in one batch.
  const present = new Map(known);
  for (const [index, { unit, identity }] of units.entries()) {
    const before = present.get(identity.key);
    const decision = decideRecord(unit.record, identity, before, { importId: run.id, isGrouped });
    if (decision.action === "unchanged" || decision.action === "older") {
      plan[decision.action] += 1;
      // The catalog may have been changed or emptied by others since: after an import it is what the file says.
      const product = decision.action === "unchanged" ? productRow(unit.record, facts, index) : undefined;
      if (product) plan.products.push(product);
      if (before && before.importId !== run.id) plan.priors.add(before.importId);
      continue;
    }
    if (decision.action === "split") {
      plan.refusals.set(index, splitMessage);
      continue;
    }
    if (before && before.importId !== run.id) plan.priors.add(before.importId);
    const result = recordToEvents(unit.record, facts, decision.memory);
    if (!result.ok) {
      plan.refusals.set(index, faultText(result.faults));
      continue;
    }
    for (const event of result.events) {
      plan.events.push({ ...event, extra: { ...event.extra, importId: run.id } });
      plan.owners.push(index);
    }
    const product = productRow(unit.record, facts, index);
    if (product) plan.products.push(product);
    const write: KnownRecordWrite = {
      key: identity.key,
      contentHash: identity.contentHash,
      updatedAt: decision.updatedAt,
      parts: [...new Set([...(before?.parts ?? []), ...result.parts])],
      importId: run.id,
    };
    plan.writes.set(index, write);
    present.set(identity.key, write);
  }
  return plan;
}

/** A statement may not write one row twice: of a key that came twice the last word is kept. */
function lastOfEachKey(writes: ReadonlyMap<number, KnownRecordWrite>): readonly KnownRecordWrite[] {
  return [...new Map([...writes.values()].map((write) => [write.key, write])).values()];
}

function requireReady(run: Import): { readonly file: FileFacts; readonly mapping: NonNullable<Import["mapping"]> } {
  if (run.file === null || !run.isFileComplete)
    throw new ClienteleError("imports.state", "the file of the import is not complete yet");
  if (run.mapping === null) throw new ClienteleError("imports.mapping", "the import has no mapping");
  return { file: run.file, mapping: run.mapping };
}

async function runFrom(run: Import, deps: RunDeps, control: RunControl, bad: BadRows): Promise<End | "lost"> {
  const { file, mapping } = requireReady(run);
  const { isGrouped } = compileMapping(mapping);
  const facts: RecordFacts = {
    sourceId: run.sourceId,
    sourceKind: "history",
    trusted: true,
    customerNamespace: run.customerNamespace,
    defaultCurrency: deps.defaultCurrency,
    defaultStoreView: deps.defaultStoreView,
  };
  const counts: Counts = { ...run.counts };
  const tally = createTally(deps.defaultCurrency);
  const priors = new Set(run.priorImports);
  const start = run.checkpoint.units;
  let number = 0;
  let bytesRead = 0;
  let batches = 0;
  let units: { unit: RecordUnit; identity: RecordIdentity }[] = [];
  let refused: RefusedRow[] = [];
  let rowsInBatch = 0;

  const flush = async (): Promise<boolean> => {
    control.signal.throwIfAborted();
    const known =
      units.length > 0
        ? await deps.store.known(run.sourceId, [...new Set(units.map(({ identity }) => identity.key))])
        : new Map<string, KnownRecord>();
    const plan = planBatch(units, known, run, facts, isGrouped);
    const sent = await sendEvents(plan.events, run, deps.accept, control.signal);
    for (const [index, message] of sent.rejected) plan.refusals.set(plan.owners[index] ?? -1, message);
    for (const [index, message] of await takeProducts(plan.products, deps.catalog)) plan.refusals.set(index, message);
    for (const [index, message] of plan.refusals) {
      plan.writes.delete(index);
      const unit = units[index]?.unit;
      if (!unit) continue;
      counts.rejected += 1;
      counts.rejectedRows += unit.rows.length;
      refused.push(...refuseRows(unit.placed, message));
    }
    counts.read += units.length;
    counts.written += plan.writes.size;
    counts.unchanged += plan.unchanged;
    counts.older += plan.older;
    counts.events += plan.events.length - sent.rejected.size - sent.duplicates - sent.dropped;
    counts.duplicates += sent.duplicates;
    counts.dropped += sent.dropped;
    for (const prior of plan.priors) if (priors.size < maxPriorImports) priors.add(prior);
    refused.sort((a, b) => a.line - b.line);
    await bad.write(refused);
    const progress = { bytesRead: Math.min(bytesRead, file.bytes), bytesTotal: file.bytes };
    const isOurs = await deps.store.writeBatch({
      importId: run.id,
      owner: control.owner,
      sourceId: run.sourceId,
      records: lastOfEachKey(plan.writes),
      progress,
      counts,
      checkpoint: { units: number, badBytes: bad.bytes() },
      priorImports: [...priors],
      leaseUntil: deps.clock.now() + leaseMs,
    });
    units = [];
    refused = [];
    rowsInBatch = 0;
    batches += 1;
    control.onProgress?.({ counts: { ...counts }, progress });
    if (isOurs && batches % waitEvery === 0) await waitForProcessor(deps.waiting, control.signal);
    return isOurs;
  };

  for await (const unit of mapUnits(run.filePath, file, mapping, (bytes) => {
    bytesRead += bytes;
  })) {
    number += 1;
    const isDone = number <= start;
    if (unit.kind === "record") {
      tally.addRows(unit.rows.length);
      tally.add(unit.record, unit.rows, unit.repeats);
    } else tally.addRows(unit.kind === "refused" ? unit.rowCount : 1);
    if (isDone) {
      // Everything before the checkpoint is read again for the totals only.
      if (number % batchRecords === 0) {
        control.signal.throwIfAborted();
        await new Promise((resolve) => setImmediate(resolve));
      }
      continue;
    }
    if (unit.kind === "skipped") {
      counts.rows += 1;
      counts.skippedRows += 1;
      rowsInBatch += 1;
    } else if (unit.kind === "refused") {
      counts.rows += unit.rowCount;
      counts.rejectedRows += unit.rowCount;
      rowsInBatch += unit.rowCount;
      refused.push(...unit.refused);
    } else {
      counts.rows += unit.rows.length;
      rowsInBatch += unit.rows.length;
      units.push({ unit, identity: identityOf(unit.record) });
    }
    if (units.length >= batchRecords || rowsInBatch >= batchRows) if (!(await flush())) return "lost";
  }
  if (!(await flush())) return "lost";
  return { status: "done", error: null, tally: tally.result(), counts };
}

/** Reads the whole file without writing: an atomic import begins only when no row has a fault. */
async function checkAll(
  run: Import,
  deps: RunDeps,
  control: RunControl,
  bad: BadRows,
): Promise<End | "lost" | "clean"> {
  const { file, mapping } = requireReady(run);
  const facts: RecordFacts = {
    sourceId: run.sourceId,
    sourceKind: "history",
    trusted: true,
    customerNamespace: run.customerNamespace,
    defaultCurrency: deps.defaultCurrency,
    defaultStoreView: deps.defaultStoreView,
  };
  const counts: Counts = { ...run.counts };
  let refused: RefusedRow[] = [];
  let number = 0;
  for await (const unit of mapUnits(run.filePath, file, mapping)) {
    number += 1;
    if (unit.kind === "skipped") counts.rows += 1;
    else if (unit.kind === "refused") {
      counts.rows += unit.rowCount;
      counts.rejectedRows += unit.rowCount;
      refused.push(...unit.refused);
    } else {
      counts.rows += unit.rows.length;
      const fault = faultOfRecord(unit.record, facts, deps.catalog);
      if (fault !== null) {
        counts.rejected += 1;
        counts.rejectedRows += unit.rows.length;
        refused.push(...refuseRows(unit.placed, fault));
      }
    }
    if (number % batchRecords !== 0) continue;
    control.signal.throwIfAborted();
    await bad.write(refused);
    refused = [];
    if (!(await deps.store.extendLease(run.id, control.owner, deps.clock.now() + leaseMs))) return "lost";
  }
  await bad.write(refused);
  if (counts.rejectedRows === 0) return "clean";
  const message = `${counts.rejectedRows} of ${counts.rows} rows have faults; nothing was written`;
  return { status: "failed", error: { code: "imports.badRows", message }, tally: null, counts };
}

function endOf(error: unknown, run: Import, signal: AbortSignal): End {
  const kept = { tally: null, counts: run.counts };
  // The next start of the program goes on.
  if (signal.aborted) return { ...kept, status: "running", error: null };
  if (error instanceof ClienteleError) {
    const status = error.status === 503 ? "paused" : "failed";
    return { ...kept, status, error: { code: error.code, message: error.message } };
  }
  return { ...kept, status: "failed", error: { code: "http.internal", message: "unexpected failure; see the log" } };
}

/**
 * Runs a claimed import to its end, from its checkpoint on.
 *
 * @returns the status it ended in; `lost` when it was cancelled, paused or taken over meanwhile
 */
export async function runImport(claimed: Import, deps: RunDeps, control: RunControl): Promise<ImportStatus | "lost"> {
  // What an earlier attempt counted without coming to a checkpoint is counted again.
  const run = claimed.checkpoint.units === 0 ? { ...claimed, counts: noCounts } : claimed;
  let end: End | "lost";
  let latest = run;
  const watched: RunControl = {
    ...control,
    onProgress: (state) => {
      latest = { ...latest, ...state };
      control.onProgress?.(state);
    },
  };
  const open = (bytes: number) => openBadRows(control.badRowsPath, run.file?.header ?? [], bytes);
  let bad = await open(run.checkpoint.badBytes);
  try {
    if (run.mode === "atomic" && run.checkpoint.units === 0) {
      const checked = await checkAll(run, deps, control, bad);
      if (checked !== "clean") end = checked;
      else {
        await bad.close();
        bad = await open(0);
        end = await runFrom(run, deps, watched, bad);
      }
    } else end = await runFrom(run, deps, watched, bad);
  } catch (error) {
    end = endOf(error, latest, control.signal);
    if (end.status === "failed") deps.logger.error({ err: error, importId: run.id }, "import failed");
  } finally {
    await bad.close();
  }
  if (end === "lost") return "lost";
  await deps.store.finish(run.id, control.owner, {
    status: end.status,
    at: deps.clock.now(),
    // A tally is made of texts, numbers and lists of them.
    tally: end.tally as unknown as JsonObject | null,
    error: end.error,
    counts: end.counts,
  });
  return end.status;
}
