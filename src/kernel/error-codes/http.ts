import type { ErrorEntry } from "../errors.ts";

export const httpErrors = {
  "http.notFound": {
    status: 404,
    means: "No such path.",
    remedy: "Check the path against the API reference at /docs.",
  },
  "http.badRequest": {
    status: 400,
    means: "The request does not have the form the route asks for.",
    remedy: "Read details: each names a field and its fault.",
  },
  "http.malformedJson": {
    status: 400,
    means: "The body is not valid JSON.",
    remedy: "Send UTF-8 JSON.",
  },
  "http.tooLarge": {
    status: 413,
    means: "The body is larger than the limit of the route.",
    remedy: "Send smaller batches.",
  },
  "http.unsupportedMediaType": {
    status: 415,
    means: "The content type or encoding is not accepted.",
    remedy: "Send application/json, or text/plain that holds JSON.",
  },
  "http.badEncoding": {
    status: 400,
    means: "The body cannot be decompressed.",
    remedy: "Send it in the encoding that Content-Encoding names, or without one.",
  },
  "http.rateLimited": {
    status: 429,
    means: "The key sends more requests a second than it may.",
    remedy: "Repeat after Retry-After, or raise the limit of the key.",
  },
  "http.cannotListen": {
    status: 500,
    means: "The address and port of the configuration cannot be listened on.",
    remedy: "Stop the program that uses the port, or change CLIENTELE_PORT or CLIENTELE_HOST.",
  },
  "http.internal": {
    status: 500,
    means: "The server failed.",
    remedy: "Look up the id of the answer in the log.",
  },
  "http.unavailable": {
    status: 503,
    means: "The server cannot answer now.",
    remedy: "Repeat after the seconds of Retry-After.",
  },
} as const satisfies Record<string, ErrorEntry>;
