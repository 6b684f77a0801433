import type { ErrorEntry } from "../errors.ts";

export const ratesErrors = {
  "rates.invalid": {
    status: 422,
    means: "Some currency rates are faulty; none was stored.",
    remedy: "Correct the rates that `details` names.",
  },
  "rates.tooMany": {
    status: 413,
    means: "More than 50,000 currency rates at once.",
    remedy: "Send them in several calls.",
  },
} as const satisfies Record<string, ErrorEntry>;
