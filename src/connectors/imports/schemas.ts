import { Type } from "typebox";
import { recordKinds } from "../records/record.ts";
import type { Import } from "./import.ts";

const time = Type.String({ format: "date-time" });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const count = Type.Integer({ minimum: 0 });

export const kindSchema = Type.Enum([...recordKinds]);
export const modeSchema = Type.Enum(["partial", "atomic"], {
  description: "partial takes the good rows and reports the others; atomic takes nothing while a row has a fault",
});

export const settingsSchema = Type.Object(
  {
    format: Type.Optional(Type.Enum(["csv", "ndjson"])),
    encoding: Type.Optional(Type.Enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"])),
    separator: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
  },
  { additionalProperties: false, description: "How the file is read where that cannot be told from it" },
);

const fileSchema = Type.Object({
  sha256: Type.String(),
  bytes: count,
  isGzip: Type.Boolean(),
  format: Type.String(),
  encoding: Type.String(),
  separator: Type.String(),
  header: Type.Immutable(Type.Array(Type.String())),
});

export const importSchema = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  status: Type.Enum(["preview", "running", "paused", "done", "failed", "cancelled"]),
  mode: Type.String(),
  source: Type.String(),
  customerNamespace: Type.String(),
  fileName: Type.String(),
  file: nullable(fileSchema),
  storedBytes: Type.Integer({ description: "Bytes of the upload so far" }),
  isFileComplete: Type.Boolean(),
  mapping: Type.Unknown(),
  settings: settingsSchema,
  progress: Type.Object({
    bytesRead: count,
    bytesTotal: count,
    ratio: Type.Number({ minimum: 0, maximum: 1, description: "Share of the file that was read" }),
  }),
  counts: Type.Object({
    rows: count,
    skippedRows: count,
    rejectedRows: count,
    read: count,
    written: count,
    unchanged: count,
    older: count,
    rejected: count,
    events: Type.Integer(),
    duplicates: count,
    dropped: count,
  }),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
  createdAt: time,
  createdBy: Type.String(),
  startedAt: nullable(time),
  finishedAt: nullable(time),
});

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** An import as the API shows it: without paths of the machine. */
export function toAnswer(run: Import) {
  const { bytesRead, bytesTotal } = run.progress;
  const isOver = run.status === "done";
  return {
    id: run.id,
    kind: run.kind,
    status: run.status,
    mode: run.mode,
    source: run.sourceId,
    customerNamespace: run.customerNamespace,
    fileName: run.fileName,
    file: run.file,
    storedBytes: run.fileBytes,
    isFileComplete: run.isFileComplete,
    mapping: run.mapping,
    settings: run.settings,
    progress: { bytesRead, bytesTotal, ratio: isOver ? 1 : bytesTotal > 0 ? Math.min(1, bytesRead / bytesTotal) : 0 },
    counts: run.counts,
    error: run.error,
    createdAt: new Date(run.createdAt).toISOString(),
    createdBy: run.createdBy,
    startedAt: iso(run.startedAt),
    finishedAt: iso(run.finishedAt),
  };
}

const monthTotals = Type.Object({
  orders: count,
  ordersOfNobody: count,
  lines: count,
  grossMinor: Type.Integer(),
  cancelled: count,
  cancelledMinor: Type.Integer(),
  refunds: count,
  refundedMinor: Type.Integer(),
  refundLines: count,
});

export const reconciliationSchema = Type.Object({
  importId: Type.String(),
  kind: Type.String(),
  isSettled: Type.Boolean({ description: "False while events of the import are still under way" }),
  isEqual: Type.Boolean(),
  totals: Type.Immutable(
    Type.Array(
      Type.Object({
        what: Type.String(),
        currency: nullable(Type.String()),
        file: Type.Number(),
        stored: Type.Number(),
        difference: Type.Number(),
      }),
    ),
  ),
  months: Type.Immutable(
    Type.Array(
      Type.Object({
        month: Type.String(),
        currency: Type.String(),
        file: monthTotals,
        stored: monthTotals,
        isEqual: Type.Boolean(),
      }),
    ),
  ),
  tally: Type.Unknown(),
  notes: Type.Immutable(Type.Array(Type.String())),
});
