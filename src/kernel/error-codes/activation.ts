import type { ErrorEntry } from "../errors.ts";

export const activationErrors = {
  "activation.badColumn": {
    status: 422,
    means: "Columns of an export are unknown to its format, or too many.",
    remedy: "Read details: each names the column; docs/manual/audience-export.md lists them.",
  },
  "activation.badConsent": {
    status: 422,
    means: "The consent that an export asks for cannot be read.",
    remedy: "Write category or category:channel, several separated by commas.",
  },
  "activation.exportsBusy": {
    status: 503,
    means: "Too many exports run at once in this process.",
    remedy: "Try again after the time in Retry-After.",
  },
  "activation.noSigningKey": {
    status: 422,
    means: "The caller's key has no secret to sign a list of audiences with.",
    remedy: "Call with the write key of the source whose pages carry the list.",
  },
} as const satisfies Record<string, ErrorEntry>;
