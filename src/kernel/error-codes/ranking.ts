import type { ErrorEntry } from "../errors.ts";

export const rankingErrors = {
  "ranking.versionNotFound": {
    status: 404,
    means: "The ranker has no such version.",
    remedy: "List the versions first; only the newest 30 are kept.",
  },
  "ranking.notTrainer": {
    status: 409,
    means: "A process that does not train was asked to.",
    remedy: "Send the call to a process with the role trainer, or wait for the daily training.",
  },
} as const satisfies Record<string, ErrorEntry>;
