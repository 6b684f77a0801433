import type { ErrorEntry } from "../errors.ts";

export const decisionsErrors = {
  "decisions.tooManyPlacements": {
    status: 400,
    means: "More than 50 placements in one call.",
    remedy: "Split the call.",
  },
  "decisions.previewNotAllowed": {
    status: 403,
    means: "explain, asOf and as need a token with read scope.",
    remedy: "Call from a server or the admin.",
  },
  "decisions.unknownPreviewProfile": {
    status: 404,
    means: "The profile to preview as does not exist.",
    remedy: "Pick another.",
  },
} as const satisfies Record<string, ErrorEntry>;
