import type { ErrorEntry } from "../errors.ts";

export const duplicatesErrors = {
  "duplicates.notFound": {
    status: 404,
    means: "No proposal has that id.",
    remedy: "List proposals again; one whose profile was erased is gone.",
  },
  "duplicates.closed": {
    status: 409,
    means: "The proposal was merged, dismissed or withdrawn already.",
    remedy: "Nothing; read it to see by whom.",
  },
  "duplicates.running": {
    status: 409,
    means: "Profiles are being compared already.",
    remedy: "Wait for the run under way; the report shows it.",
  },
  "duplicates.tooLong": {
    status: 500,
    means: "Comparing profiles took longer than its limit.",
    remedy: "Look at the number of profiles and the load of the machine; the next run tries again.",
  },
  "duplicates.failed": {
    status: 500,
    means: "The thread that compares profiles ended before its answer.",
    remedy: "See the log for the cause, mostly lack of memory; the next run tries again.",
  },
} as const satisfies Record<string, ErrorEntry>;
