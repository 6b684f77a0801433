export type UploadedList = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** What its values are, e.g. "email". */
  readonly namespace: string;
  /** Number of uploads. */
  readonly version: number;
  readonly size: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  /** Keys of live audiences. */
  readonly usedBy: readonly string[];
};

export type UploadMode = "replace" | "append";

/** What an upload did, or would do. */
export type UploadCounts = {
  readonly read: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly duplicates: number;
  /** Entries of the list with it. */
  readonly size: number;
};

export type EntriesUpload = {
  readonly content: Blob;
  readonly mode: UploadMode;
  readonly isHashed: boolean;
  /** Heading; empty = the first column. */
  readonly column: string;
  /** One value a line, instead of CSV. */
  readonly isPlain: boolean;
};
