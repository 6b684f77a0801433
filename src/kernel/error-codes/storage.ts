import type { ErrorEntry } from "../errors.ts";

export const storageErrors = {
  "storage.dataDirectoryLocked": {
    status: 500,
    means: "Another process uses the data directory.",
    remedy: "Stop it, or choose another CLIENTELE_DATA_DIR.",
  },
  "storage.dataDirectoryUnusable": {
    status: 500,
    means: "The data directory cannot be made, read or written.",
    remedy: "Give this user the right to write it, or choose another CLIENTELE_DATA_DIR.",
  },
  "storage.newerVersion": {
    status: 500,
    means: "The data directory was written by a newer version.",
    remedy: "Start that version, or restore a backup.",
  },
  "storage.migrationChanged": {
    status: 500,
    means: "A migration that was applied has changed.",
    remedy: "Restore the file; add a new migration instead.",
  },
  "storage.unavailable": {
    status: 503,
    means: "A database does not answer.",
    remedy: "Check clientele doctor.",
  },
  "storage.timeout": {
    status: 503,
    means: "A statement took longer than its limit.",
    remedy: "Repeat; if it persists, look at clientele doctor.",
  },
  "storage.diskFull": {
    status: 503,
    means: "The disk is full.",
    remedy: "Free space; nothing that was acknowledged is lost.",
  },
} as const satisfies Record<string, ErrorEntry>;
