/** Answers of `/v1/imports*` as the admin reads them. */
import type { Mapping, RecordKind } from "../mapping/shapes.ts";

export type ImportStatus = "preview" | "running" | "paused" | "done" | "failed" | "cancelled";
export type ImportMode = "partial" | "atomic";

export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type FileEncoding = (typeof encodings)[number];
export const formats = ["csv", "ndjson"] as const;
export type FileFormat = (typeof formats)[number];

export type FileSettings = {
  readonly format?: FileFormat;
  readonly encoding?: FileEncoding;
  readonly separator?: string;
};

export type ImportCounts = Readonly<
  Record<
    | "rows"
    | "skippedRows"
    | "rejectedRows"
    | "read"
    | "written"
    | "unchanged"
    | "older"
    | "rejected"
    | "events"
    | "duplicates"
    | "dropped",
    number
  >
>;

export type Import = {
  readonly id: string;
  readonly kind: RecordKind;
  readonly status: ImportStatus;
  readonly mode: ImportMode;
  readonly source: string;
  readonly customerNamespace: string;
  readonly fileName: string;
  readonly file: {
    readonly bytes: number;
    readonly isGzip: boolean;
    readonly format: FileFormat;
    readonly encoding: FileEncoding;
    readonly separator: string;
    readonly header: readonly string[];
  } | null;
  readonly storedBytes: number;
  readonly isFileComplete: boolean;
  readonly mapping: Mapping | null;
  readonly settings: FileSettings;
  readonly progress: { readonly bytesRead: number; readonly bytesTotal: number; readonly ratio: number };
  readonly counts: ImportCounts;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

export type ReconciledTotal = {
  readonly what: string;
  readonly currency: string | null;
  readonly file: number;
  readonly stored: number;
  readonly difference: number;
};

export type MonthTotals = Readonly<
  Record<
    | "orders"
    | "ordersOfNobody"
    | "lines"
    | "grossMinor"
    | "cancelled"
    | "cancelledMinor"
    | "refunds"
    | "refundedMinor"
    | "refundLines",
    number
  >
>;

export type ReconciledMonth = {
  readonly month: string;
  readonly currency: string;
  readonly file: MonthTotals;
  readonly stored: MonthTotals;
  readonly isEqual: boolean;
};

export type Reconciliation = {
  readonly isSettled: boolean;
  readonly isEqual: boolean;
  readonly totals: readonly ReconciledTotal[];
  readonly months: readonly ReconciledMonth[];
  readonly notes: readonly string[];
};
