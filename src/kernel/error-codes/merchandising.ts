import type { ErrorEntry } from "../errors.ts";

export const merchandisingErrors = {
  "merchandising.badDraft": {
    status: 422,
    means: "The rule of a preview cannot be used as it is; `details` lists its faults.",
    remedy: "Correct what `details` names, as for saving it.",
  },
  "merchandising.badPeriod": {
    status: 400,
    means: "The period of a search report is empty, reversed or longer than a year.",
    remedy: "Send `from` before `to`, at most 366 days apart.",
  },
} as const satisfies Record<string, ErrorEntry>;
