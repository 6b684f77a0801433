import type { ErrorEntry } from "../errors.ts";

export const relatedProductsErrors = {
  "relatedProducts.listNotFound": {
    status: 404,
    means: "No live list of related products has that id or key.",
    remedy: "Use related, upsell or crosssell, or the id or key of a live list.",
  },
  "relatedProducts.period": {
    status: 400,
    means: "The period of a report of related products has no length, or more than 366 days.",
    remedy: "Give from and to as ISO times, from before to.",
  },
  "relatedProducts.previewNotAllowed": {
    status: 403,
    means: "A preview of related products was asked for with a key that may not read.",
    remedy: "Use a token with the scope read.",
  },
} as const satisfies Record<string, ErrorEntry>;
