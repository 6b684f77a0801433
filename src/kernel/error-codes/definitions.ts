import type { ErrorEntry } from "../errors.ts";

export const definitionsErrors = {
  "definitions.notFound": {
    status: 404,
    means: "No such definition.",
    remedy: "List the kind first.",
  },
  "definitions.unknownKind": {
    status: 404,
    means: "No such kind of definition.",
    remedy: "See the kinds in the message.",
  },
  "definitions.invalid": {
    status: 422,
    means: "The definition has faults.",
    remedy: "Read details: every fault is listed.",
  },
  "definitions.versionConflict": {
    status: 412,
    means: "Somebody changed the definition since you read it.",
    remedy: "Read it again and repeat your change.",
  },
  "definitions.ifMatchMissing": {
    status: 428,
    means: "A change needs the If-Match header.",
    remedy: "Send the etag you read.",
  },
  "definitions.transition": {
    status: 409,
    means: "That status change is not possible from here.",
    remedy: "See the allowed changes in the message.",
  },
  "definitions.inUse": {
    status: 409,
    means: "Other definitions use this one.",
    remedy: "See the list in details; change them first.",
  },
  "definitions.keyTaken": {
    status: 409,
    means: "A definition of this kind has that key.",
    remedy: "Choose another key.",
  },
  "definitions.liveNotDeletable": {
    status: 409,
    means: "What has been live is never deleted.",
    remedy: "Archive it.",
  },
} as const satisfies Record<string, ErrorEntry>;
