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
  "profiles.sameProfile": {
    status: 422,
    means: "A profile cannot be merged with itself.",
    remedy: "Name two profiles; an id of a merged profile stands for its survivor.",
  },
  "profiles.splitUnknown": {
    status: 422,
    means: "The profile does not have one of the identifiers to split off.",
    remedy: "Read its identifiers first.",
  },
  "profiles.splitEverything": {
    status: 422,
    means: "Nothing would be left of the profile.",
    remedy: "Leave at least one identifier with it.",
  },
  "profiles.mergeLimit": {
    status: 409,
    means: "The merged profile would pass 1,000 identifiers or 100 merges.",
    remedy: "Look for an identifier that many people share, and split it off.",
  },
  "profiles.notQuarantined": {
    status: 404,
    means: "The value is not in quarantine.",
    remedy: "List the quarantine first.",
  },
  "profiles.noSeparation": {
    status: 404,
    means: "No separation has that id.",
    remedy: "List the separations first.",
  },
  "profiles.identitySettings": {
    status: 422,
    means: "An identity setting is invalid.",
    remedy: "Read details: each names a field and its fault.",
  },
  "profiles.namespace": {
    status: 400,
    means: "Unknown identifier namespace.",
    remedy: "Use one of the namespaces named in the message.",
  },
} as const satisfies Record<string, ErrorEntry>;
