import type { ErrorEntry } from "../errors.ts";

export const catalogErrors = {
  "catalog.invalidProduct": {
    status: 422,
    means: "A product row is invalid.",
    remedy: "Read details.",
  },
  "catalog.productNotFound": {
    status: 404,
    means: "No such product.",
    remedy: "Check the SKU.",
  },
  "catalog.attributeNotFound": {
    status: 404,
    means: "No such attribute.",
    remedy: "Check the code, or send the attribute with the others by PUT /v1/catalog/attributes.",
  },
  "catalog.invalidCategories": {
    status: 422,
    means: "The category tree has faults.",
    remedy: "Read details: a parent is missing or a path occurs twice.",
  },
  "catalog.importFormat": {
    status: 400,
    means: "The file is neither JSON lines nor CSV with a header.",
    remedy: "See the manual page on importing a catalog.",
  },
  "catalog.tooManyProducts": {
    status: 413,
    means: "One call holds more than 1,000 products.",
    remedy: "Send several calls or use clientele import catalog.",
  },
} as const satisfies Record<string, ErrorEntry>;
