import type { ErrorEntry } from "../errors.ts";

export const contentBlocksErrors = {
  "content.badDraft": {
    status: 422,
    means: "The block to preview could not be saved as it is.",
    remedy: "See details: each fault has a path.",
  },
  "content.unknownPreviewProfile": {
    status: 404,
    means: "The profile to preview a block as does not exist.",
    remedy: "Pick another.",
  },
} as const satisfies Record<string, ErrorEntry>;
