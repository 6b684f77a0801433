import type { ErrorEntry } from "../errors.ts";

export const offersErrors = {
  "offers.badCart": {
    status: 422,
    means: "The cart of a call has faults; details lists all.",
    remedy: "Correct the fields that details name and send it again.",
  },
  "offers.badDraft": {
    status: 422,
    means: "A price rule or offer that is tried before it is published has faults; details lists all.",
    remedy: "Correct the fields that details name, as for saving it.",
  },
  "offers.amountTooLarge": {
    status: 422,
    means: "The cart comes to more than can be computed exactly.",
    remedy: "Check prices and quantities, or split the cart.",
  },
  "offers.previewNotAllowed": {
    status: 403,
    means: "explain and asOf need a token with read scope, draft one with edit scope.",
    remedy: "Call from a server or the admin.",
  },
  "offers.policyNotFound": {
    status: 404,
    means: "No live offer policy has this key.",
    remedy: "Publish the policy first; its key is the one in its path.",
  },
  "offers.modelNotFound": {
    status: 404,
    means: "No live offer policy has this model, or the model no such version.",
    remedy: "List the models of offers first; only the newest ten versions are kept.",
  },
  "offers.notTrainer": {
    status: 409,
    means: "A process that does not train was asked to.",
    remedy: "Send the call to a process with the role trainer, or wait for the daily training.",
  },
  "offers.simulationNotFound": {
    status: 404,
    means: "There is no simulation of this id; the newest 200 are kept.",
    remedy: "List the simulations, or start it again.",
  },
  "offers.simulationRunning": {
    status: 409,
    means: "Another simulation of price rules runs; one runs at a time.",
    remedy: "Wait for it or cancel it.",
  },
  "offers.nothingToSimulate": {
    status: 422,
    means: "A simulation was asked for without a rule that differs from the live ones.",
    remedy: "Name changes, or save a draft of a rule first.",
  },
  "offers.simulationPeriod": {
    status: 422,
    means:
      "A simulation was asked for days that do not exist, stand the wrong way round, are to come, or are more than 366.",
    remedy: "Give from and to as YYYY-MM-DD, the last day included, or days alone.",
  },
  "offers.shadowNotFound": {
    status: 404,
    means: "There is no shadow run of this id; runs are kept for 90 days after their end.",
    remedy: "List the shadow runs, or start another.",
  },
  "offers.shadowsRunning": {
    status: 409,
    means: "Three drafts run on live carts already.",
    remedy: "Stop one of them first.",
  },
  "offers.shadowEnded": {
    status: 409,
    means: "A shadow run was to go on that is over.",
    remedy: "Start another.",
  },
  "offers.shadowEnd": {
    status: 422,
    means: "A shadow run was to end in the past, or more than 60 days ahead.",
    remedy: "Give an end within the next 60 days.",
  },
  "offers.cartNotJudged": {
    status: 404,
    means: "A shadow run has not judged a cart of this id.",
    remedy: "Check the id; carts that came while the process was busy are left out, as the run's coverage tells.",
  },
  "offers.simulationFailed": {
    status: 500,
    means: "The thread that replays orders ended or failed.",
    remedy: "Try fewer orders; the log of the process tells the cause.",
  },
  "offers.simulationCancelled": {
    status: 409,
    means: "A simulation was cancelled while it ran.",
    remedy: "Start it again when it is wanted.",
  },
} as const satisfies Record<string, ErrorEntry>;
