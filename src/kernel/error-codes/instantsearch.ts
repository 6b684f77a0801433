import type { ErrorEntry } from "../errors.ts";

export const instantsearchErrors = {
  "instantsearch.badRequest": {
    status: 400,
    means: "The body or a parameter of an Algolia client has not the form of its protocol.",
    remedy: "Send {requests: [{indexName, …}]}, or {params} to the path of one index.",
  },
  "instantsearch.badFilters": {
    status: 400,
    means: "filters, facetFilters or numericFilters cannot be read, or are too many.",
    remedy: "Write attribute:value, attribute >= 10 or attribute:10 TO 20, joined by AND, OR, NOT and parentheses.",
  },
  "instantsearch.unknownIndex": {
    status: 404,
    means: "The name of the index ends in an order that is unknown or not sortable.",
    remedy: "Use a name such as products, products_price_asc or products_newest.",
  },
} as const satisfies Record<string, ErrorEntry>;
