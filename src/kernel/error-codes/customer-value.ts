import type { ErrorEntry } from "../errors.ts";

export const customerValueErrors = {
  "models.invalidPurchases": {
    status: 422,
    means: "Orders given to a value model describe no customer.",
    remedy: "See the message for the value; orders carry whole minor units of one currency and times in milliseconds.",
  },
  "models.invalidValueOption": {
    status: 422,
    means: "An option of the customer value model is out of its range.",
    remedy: "See the message for the option and its range.",
  },
} as const satisfies Record<string, ErrorEntry>;
