import type { ErrorEntry } from "../errors.ts";

export const profilesErrors = {
  "profiles.notFound": {
    status: 404,
    means: "No profile has that id or identifier.",
    remedy: "Check namespace and value.",
  },
  "profiles.conflict": {
    status: 409,
    means: "The profile changed while it was written.",
    remedy: "Repeat the call.",
  },
  "profiles.namespace": {
    status: 400,
    means: "Unknown identifier namespace.",
    remedy: "Use one of the namespaces named in the message.",
  },
} as const satisfies Record<string, ErrorEntry>;
