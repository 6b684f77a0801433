import type { ErrorEntry } from "../errors.ts";

export const searchErrors = {
  "search.badFilter": {
    status: 400,
    means: "A filter cannot be read, or limit or offset is out of range.",
    remedy: "Write attribute:value, attribute:a|b or attribute:10..20; limit 1 to 200, offset 0 to 10,000.",
  },
  "search.badSort": {
    status: 400,
    means: "The sort attribute is unknown or not sortable.",
    remedy: "Use relevance, name, price, newest or a sortable attribute.",
  },
} as const satisfies Record<string, ErrorEntry>;
