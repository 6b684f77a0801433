import { Type } from "typebox";
import { moneySchema } from "../../http/index.ts";

/** As many as Adobe's report lists. */
export const maxTerms = 500;

export const periodSchema = Type.Object({
  from: Type.Optional(Type.String({ format: "date-time", description: "Default: 30 days before `to`" })),
  to: Type.Optional(Type.String({ format: "date-time", description: "Not included; default: now" })),
  storeView: Type.Optional(Type.String({ maxLength: 100, description: "Default: all" })),
});

const count = Type.Integer({ minimum: 0 });
const share = Type.Union([Type.Number(), Type.Null()], { description: "0 to 1; null over nothing" });
const position = Type.Union([Type.Number(), Type.Null()], { description: "From 1; null without clicks" });
const revenue = Type.Array(moneySchema, {
  description: "One amount a currency",
});

export const metricsSchema = Type.Object({
  searches: count,
  sessionsWithSearch: count,
  uniqueQueries: count,
  zeroResultRate: share,
  clickThroughRate: share,
  averageClickPosition: position,
  meanReciprocalRank: share,
  conversionRate: share,
  revenue,
  refinementRate: share,
  exitRate: share,
  filterRate: share,
});

export const uniqueMetricsSchema = Type.Object({
  uniqueSearches: count,
  clickThroughRate: share,
  conversionRate: share,
  zeroResultsRate: share,
  averageClickPosition: position,
});

export const daySchema = Type.Object({ day: Type.String(), searches: count, zeroResults: count, clicked: count });

export const queryRowSchema = Type.Object({
  query: Type.String(),
  searches: count,
  zeroResults: count,
  clickThroughRate: Type.Number(),
  averageClickPosition: position,
  orders: count,
  revenue,
  visitors: count,
  searchesBefore: Type.Integer({
    minimum: 0,
    description: "In as long a time just before; counted for `trending` only",
  }),
});

export const productSchema = Type.Object({ sku: Type.String(), impressions: count, clicks: count });

export const proposalSchema = Type.Object({
  kind: Type.Union([Type.Literal("synonym"), Type.Literal("redirect")]),
  query: Type.String(),
  visitors: Type.Integer({ description: "Who searched for it and found nothing" }),
  helped: Type.Integer({ description: "Who then did what is proposed" }),
  text: Type.String(),
  body: Type.Unknown({ description: "Body of the definition" }),
});
