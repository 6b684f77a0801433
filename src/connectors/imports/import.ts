import type { JsonObject } from "../../kernel/index.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { RecordKind } from "../records/record.ts";

/** `preview`: waits for its file, its mapping or its start; `paused` goes on with the next start. */
export type ImportStatus = "preview" | "running" | "paused" | "done" | "failed" | "cancelled";
/** `partial` reports faulty rows and takes the others; `atomic` takes nothing while one is faulty. */
export type ImportMode = "partial" | "atomic";
export type FileFormat = "csv" | "ndjson";
export type FileEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** What was found out about a file, or said by whoever imports it. */
export type FileFacts = {
  readonly sha256: string;
  readonly bytes: number;
  readonly isGzip: boolean;
  readonly format: FileFormat;
  readonly encoding: FileEncoding;
  /** Of CSV. */
  readonly separator: string;
  readonly header: readonly string[];
};

/** What a person says about a file where it cannot be told from it. */
export type FileSettings = {
  readonly format?: FileFormat;
  readonly encoding?: FileEncoding;
  readonly separator?: string;
};

export type ImportCounts = {
  /** Rows of the file without the header. */
  readonly rows: number;
  /** Rows that `skipWhen` passed over. */
  readonly skippedRows: number;
  readonly rejectedRows: number;
  /** Records the rows made: read = written + unchanged + older + rejected. */
  readonly read: number;
  readonly written: number;
  /** The same content was taken before. */
  readonly unchanged: number;
  /** A newer state was taken before. */
  readonly older: number;
  readonly rejected: number;
  readonly events: number;
  /** Events that the door knew already, e.g. after a kill. */
  readonly duplicates: number;
  /** Events that the door did not keep, e.g. of persons who are to be forgotten. */
  readonly dropped: number;
};

export const noCounts: ImportCounts = Object.freeze({
  rows: 0,
  skippedRows: 0,
  rejectedRows: 0,
  read: 0,
  written: 0,
  unchanged: 0,
  older: 0,
  rejected: 0,
  events: 0,
  duplicates: 0,
  dropped: 0,
});

/** How far the file is done: everything before is durable. */
export type Checkpoint = { readonly units: number; readonly badBytes: number };
export type ImportProgress = { readonly bytesRead: number; readonly bytesTotal: number };

export type ImportFault = { readonly code: string; readonly message: string };

/** One run of one file. Times are UTC milliseconds. */
export type Import = {
  readonly id: string;
  readonly kind: RecordKind;
  readonly status: ImportStatus;
  readonly mode: ImportMode;
  /** The source that its events belong to: repeats are recognised within it. */
  readonly sourceId: string;
  readonly customerNamespace: string;
  readonly fileName: string;
  readonly filePath: string;
  /** Uploaded, so that it is removed after its time; false for a file of the machine. */
  readonly isFileOwned: boolean;
  readonly isFileComplete: boolean;
  readonly fileBytes: number;
  readonly file: FileFacts | null;
  readonly mapping: Mapping | null;
  readonly settings: FileSettings;
  readonly progress: ImportProgress;
  readonly counts: ImportCounts;
  readonly checkpoint: Checkpoint;
  /** The file's own totals, once it was read to its end. */
  readonly tally: JsonObject | null;
  /** Imports that wrote records which this one found unchanged. */
  readonly priorImports: readonly string[];
  readonly error: ImportFault | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
};
