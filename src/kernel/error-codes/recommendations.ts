import type { ErrorEntry } from "../errors.ts";

export const recommendationsErrors = {
  "recommendations.unknownStrategy": {
    status: 400,
    means: "No such strategy.",
    remedy: "Use one of the strategies in the message.",
  },
  "recommendations.unitNotFound": {
    status: 404,
    means: "No live unit has that id.",
    remedy: "Check the id or publish the unit.",
  },
} as const satisfies Record<string, ErrorEntry>;
