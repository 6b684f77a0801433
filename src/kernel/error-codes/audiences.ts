import type { ErrorEntry } from "../errors.ts";

export const audiencesErrors = {
  "audiences.notFound": {
    status: 404,
    means: "No such audience.",
    remedy: "List the audiences first.",
  },
  "audiences.estimateTooLarge": {
    status: 422,
    means: "The estimate was stopped at its time limit.",
    remedy: "Narrow the rule or ask for a sample.",
  },
  "audiences.busy": {
    status: 503,
    means: "Too many exact counts are waiting.",
    remedy: "Try again after the time in Retry-After.",
  },
  "audiences.estimateNotFound": {
    status: 404,
    means: "No such count, or it is older than a day.",
    remedy: "Ask for the preview again.",
  },
  "audiences.listNotFound": {
    status: 404,
    means: "No such list.",
    remedy: "List the lists first.",
  },
  "audiences.listExists": {
    status: 409,
    means: "A list has this key already.",
    remedy: "Upload to it, or choose another key.",
  },
  "audiences.listInUse": {
    status: 409,
    means: "Live audiences ask for the list.",
    remedy: "Change or pause the audiences in details first.",
  },
  "audiences.listChanged": {
    status: 409,
    means: "Somebody else uploaded at the same time.",
    remedy: "Upload again.",
  },
  "audiences.listTooLarge": {
    status: 422,
    means: "A list, or all together, would have too many entries.",
    remedy: "Split the list, or delete those that are not used.",
  },
  "audiences.badList": {
    status: 422,
    means: "An upload cannot be read.",
    remedy: "Send CSV with the named column, or one value a line.",
  },
  "audiences.notImported": {
    status: 409,
    means: "The members of the audience follow from a rule.",
    remedy: "Give members only to audiences whose origin is outside.",
  },
  "audiences.templateNotFound": {
    status: 404,
    means: "No such audience template.",
    remedy: "List the templates first.",
  },
  "audiences.templateParameters": {
    status: 422,
    means: "Parameters of an audience template do not fit.",
    remedy: "Read details: each names the parameter and what it takes.",
  },
} as const satisfies Record<string, ErrorEntry>;
