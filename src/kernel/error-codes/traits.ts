import type { ErrorEntry } from "../errors.ts";

export const traitsErrors = {
  "traits.notFound": {
    status: 404,
    means: "No such trait.",
    remedy: "List the traits first.",
  },
  "traits.invalid": {
    status: 422,
    means: "The definition of the trait has faults.",
    remedy: "Correct what `details` names.",
  },
  "traits.queryRefused": {
    status: 422,
    means: "The query of an SQL trait is not a plain read of the event store.",
    remedy: "Write one SELECT over the tables that the manual names.",
  },
} as const satisfies Record<string, ErrorEntry>;
