import type { ErrorEntry } from "../errors.ts";

export const collectErrors = {
  "collect.tooManyEvents": {
    status: 413,
    means: "The batch holds more than 2,500 events.",
    remedy: "Send smaller batches.",
  },
  "collect.rateLimited": {
    status: 429,
    means: "The key sends faster than its limit.",
    remedy: "Repeat after Retry-After.",
  },
  "collect.busy": {
    status: 503,
    means: "The inbox is full or cannot store durably.",
    remedy: "Repeat after Retry-After; nothing of the request was stored.",
  },
  "collect.eventTooLarge": {
    status: 400,
    means: "One event is larger than 32 KB.",
    remedy: "Shorten its properties.",
  },
  "collect.eventType": {
    status: 400,
    means: "The event has no type, or one that is no text of 1 to 200 characters.",
    remedy: "Send the name of the event as type.",
  },
  "collect.eventShape": {
    status: 400,
    means: "The event is no object, or a field has the wrong type.",
    remedy: "Compare with the schema of POST /v1/events.",
  },
  "collect.noIdentity": {
    status: 400,
    means: "The event names nobody.",
    remedy: "Send anonymousId, customerId or email.",
  },
  "collect.tooDeep": {
    status: 400,
    means: "Properties are nested deeper than 32 levels or hold more than 10,000 keys.",
    remedy: "Flatten them.",
  },
  "collect.noEvents": {
    status: 400,
    means: "The request holds no events array.",
    remedy: "Send {events: [...]}.",
  },
  "collect.deadLetterNotFound": {
    status: 404,
    means: "No such dead letter.",
    remedy: "It may have been replayed or have passed its retention of 14 days.",
  },
} as const satisfies Record<string, ErrorEntry>;
