import type { ErrorEntry } from "../errors.ts";

export const audiencesErrors = {
  "audiences.notFound": {
    status: 404,
    means: "No such audience.",
    remedy: "List the audiences first.",
  },
  "audiences.estimateTooLarge": {
    status: 422,
    means: "The estimate was stopped at its time limit.",
    remedy: "Narrow the rule or ask for a sample.",
  },
} as const satisfies Record<string, ErrorEntry>;
