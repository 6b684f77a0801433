import type { ErrorEntry } from "../errors.ts";

export const rulesErrors = {
  "rules.invalid": {
    status: 422,
    means: "The rule has faults.",
    remedy: "Read details: each names a JSON pointer, a code and a message.",
  },
} as const satisfies Record<string, ErrorEntry>;
