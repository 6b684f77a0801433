import type { ErrorEntry } from "../errors.ts";

export const modelsErrors = {
  "models.notFound": {
    status: 404,
    means: "No such model or version.",
    remedy: "List the models and their versions first.",
  },
  "models.running": {
    status: 409,
    means: "The model is being trained already.",
    remedy: "Wait for the run under way; the model shows its progress.",
  },
  "models.invalid": {
    status: 422,
    means: "The settings of the model have faults.",
    remedy: "Correct what the message names.",
  },
  "models.failed": {
    status: 500,
    means: "The thread that trains models ended before its answer.",
    remedy: "See the log for the cause, mostly lack of memory; the next run tries again.",
  },
  "models.tooLong": {
    status: 500,
    means: "Training took longer than its limit.",
    remedy: "Look at the load of the machine; the version before goes on serving and the next run tries again.",
  },
  "models.badFile": {
    status: 422,
    means: "A file of orders cannot be read.",
    remedy: "Use CSV with a header and columns for customer, order number, time, quantity and price.",
  },
} as const satisfies Record<string, ErrorEntry>;
