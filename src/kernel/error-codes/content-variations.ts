import type { ErrorEntry } from "../errors.ts";

export const contentVariationsErrors = {
  "content.noModel": {
    status: 409,
    means: "No language model is configured, so nothing can be generated.",
    remedy: "Set CLIENTELE_MODEL_URL and CLIENTELE_MODEL_NAME, or write variants by hand.",
  },
  "content.variationNotFound": {
    status: 404,
    means: "There is no run or variant of that id.",
    remedy: "List the runs again.",
  },
  "content.variationSource": {
    status: 422,
    means: "The source block has no text at that place, or there is no such block or audience.",
    remedy: "Name a block that exists and a place of its body that holds text, such as /html.",
  },
  "content.variationState": {
    status: 409,
    means: "The variant is not in the state that the step needs.",
    remedy: "A variant is proposed, then accepted or rejected; only an accepted one is applied.",
  },
  "content.brandRules": {
    status: 422,
    means: "The text breaks brand rules.",
    remedy: "See the details; change the text, then accept it.",
  },
  "content.personalData": {
    status: 422,
    means: "What would be sent to the model looks like personal data.",
    remedy: "Take it out of the text, the instructions or the description of the audience.",
  },
  "content.modelUnavailable": {
    status: 503,
    means: "The language model does not answer, or refuses to.",
    remedy: "Look at the model's server; the run may be repeated.",
  },
  "content.modelAnswer": {
    status: 502,
    means: "The answer of the language model holds no variants.",
    remedy: "Repeat the run, or use another model.",
  },
  "content.variationsBusy": {
    status: 503,
    means: "Too many runs are waiting for the language model.",
    remedy: "Repeat after the time of Retry-After.",
  },
} as const satisfies Record<string, ErrorEntry>;
