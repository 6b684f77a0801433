import type { ErrorEntry } from "../errors.ts";

export const relatedProductsErrors = {
  "relatedProducts.listNotFound": {
    status: 404,
    means: "No live list of related products has that id or key.",
    remedy: "Use related, upsell or crosssell, or the id or key of a live list.",
  },
  "relatedProducts.previewNotAllowed": {
    status: 403,
    means: "A preview of related products was asked for with a key that may not read.",
    remedy: "Use a token with the scope read.",
  },
} as const satisfies Record<string, ErrorEntry>;
