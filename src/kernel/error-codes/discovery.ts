import type { ErrorEntry } from "../errors.ts";

export const discoveryErrors = {
  "discovery.unknownProfile": {
    status: 404,
    means: "The person whose list is previewed is not known.",
    remedy: "Choose a profile that GET /v1/profiles lists.",
  },
} as const satisfies Record<string, ErrorEntry>;
