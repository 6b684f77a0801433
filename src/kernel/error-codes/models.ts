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
  "models.notRunning": {
    status: 409,
    means: "No training of the model is under way or asked for.",
    remedy: "Nothing is to be done; the runs of the model tell how the last one ended.",
  },
  "models.inUse": {
    status: 409,
    means: "Rules use what the look-alike writes.",
    remedy: "See the list in details; change or archive them first.",
  },
  "models.cancelled": {
    status: 409,
    means: "Somebody cancelled the training.",
    remedy: "Train again when it is wanted; the version before goes on serving.",
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
