import type { ErrorEntry } from "../errors.ts";

export const privacyErrors = {
  "privacy.requestNotFound": {
    status: 404,
    means: "No such privacy request.",
    remedy: "Look it up in GET /v1/privacy/requests.",
  },
  "privacy.requestNotFailed": {
    status: 409,
    means: "Only a request that failed can be started again.",
    remedy: "Wait until it has finished.",
  },
  "privacy.target": {
    status: 400,
    means: "A request names nobody, or both a profile and an identifier.",
    remedy: "Send either profileId or identifier.",
  },
  "privacy.identifier": {
    status: 400,
    means: "The value is no identifier of its namespace.",
    remedy: "Check namespace and value; placeholders such as null or guest identify nobody.",
  },
  "privacy.noIdentifier": {
    status: 409,
    means: "The profile has no identifier under which a change could be sent.",
    remedy: "Send an event that names the person first.",
  },
  "privacy.refused": {
    status: 409,
    means: "The change was not taken, e.g. because the person is suppressed.",
    remedy: "Read the message; lift the suppression first if it is one.",
  },
  "privacy.waiting": {
    status: 503,
    means: "An erasure waits for the event path or the event store to come to rest.",
    remedy: "None: it is repeated by itself.",
  },
  "privacy.classNotFound": {
    status: 404,
    means: "No data class of one's own has that kind and name.",
    remedy: "Shipped classes cannot be removed, only overridden.",
  },
  "privacy.retention": {
    status: 422,
    means: "Periods of retention are invalid.",
    remedy: "Correct the fields that `details` names; order facts are kept at least five years.",
  },
  "privacy.retentionChanged": {
    status: 409,
    means: "Somebody else changed the periods of retention.",
    remedy: "Read them again and repeat the change.",
  },
  "privacy.correctionNotFound": {
    status: 404,
    means: "The profile has no such correction.",
    remedy: "Look it up in GET /v1/profiles/{id}/traits/history.",
  },
  "privacy.changedSince": {
    status: 409,
    means: "A trait was written again after the correction, so taking it back would lose that.",
    remedy: "Correct the trait itself.",
  },
} as const satisfies Record<string, ErrorEntry>;
