import type { ErrorEntry } from "../errors.ts";

export const relevanceErrors = {
  "relevance.unknownSet": {
    status: 404,
    means: "There is no query set with this key.",
    remedy: "GET /v1/relevance/sets lists them.",
  },
  "relevance.exists": {
    status: 409,
    means: "A query set with this key is there already, or there are 100 sets.",
    remedy: "Choose another key, or remove a set.",
  },
  "relevance.invalid": {
    status: 422,
    means: "Some judgements are faulty; none was stored.",
    remedy: "Correct what `details` names: a query, a SKU, and a grade from 0 to 3.",
  },
  "relevance.tooMany": {
    status: 413,
    means: "A query set would hold more than 1,000 queries or 100,000 judgements.",
    remedy: "Split the set.",
  },
  "relevance.nothingJudged": {
    status: 422,
    means: "No query of the set has a product with a grade above 0, so there is nothing to measure.",
    remedy: "Judge some products of its queries first.",
  },
  "relevance.busy": {
    status: 503,
    means: "A measurement is under way in this process.",
    remedy: "Try again after the time in Retry-After.",
  },
} as const satisfies Record<string, ErrorEntry>;
