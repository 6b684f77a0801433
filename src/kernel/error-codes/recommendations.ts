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
  "recommendations.unitsOrPage": {
    status: 400,
    means: "A call for the units of a page names both units and a kind of page, or neither.",
    remedy: "Send either `units` or `pageType`.",
  },
  "recommendations.period": {
    status: 400,
    means: "The period of a report is empty, too long or not made of times.",
    remedy: "Send ISO times, `from` before `to`, at most 366 days apart.",
  },
  "recommendations.noCurrentProduct": {
    status: 422,
    means: "A unit compares with the price of a product that its page or strategy does not have.",
    remedy: "Choose a strategy that starts from a product, or a filter by price.",
  },
  "recommendations.filterEmpty": {
    status: 422,
    means: "A filter of a unit says nothing, or cannot hold on its page.",
    remedy: "Fill it in, or remove it; `isEnabled: false` keeps a draft.",
  },
} as const satisfies Record<string, ErrorEntry>;
