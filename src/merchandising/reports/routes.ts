import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses } from "../../http/index.ts";
import { csvLine } from "../../kernel/index.ts";
import { readPeriod } from "./period.ts";
import type { Proposal } from "./propose.ts";
import {
  daySchema,
  maxTerms,
  metricsSchema,
  periodSchema,
  productSchema,
  proposalSchema,
  queryRowSchema,
  uniqueMetricsSchema,
} from "./schemas.ts";
import { type Period, type QueryRow, queryLists, type SearchReportStore } from "./store.clickhouse.ts";

export type SearchReportRouteDeps = {
  readonly store: SearchReportStore;
  readonly proposals: (period: Period) => Promise<readonly Proposal[]>;
  readonly now: () => number;
};

const tags = ["Reports"];
const responses = errorResponses(400, 401, 403);
const limitSchema = Type.Integer({ minimum: 1, maximum: maxTerms, default: 100 });
const answered = ({ fromMs, toMs, storeView }: Period) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
  storeView: storeView === "" ? null : storeView,
});

/** What shoppers searched for, found and clicked. */
export function createSearchReportRoutes({ store, proposals, now }: SearchReportRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/reports/search",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Figures of search over a period",
          description:
            "`search` counts every search. `unique` are the figures of Adobe's performance report: there a shopper who repeats a query within 60 minutes counts once.",
          querystring: periodSchema,
          response: {
            200: Type.Object({
              from: Type.String(),
              to: Type.String(),
              storeView: Type.Union([Type.String(), Type.Null()]),
              search: metricsSchema,
              unique: uniqueMetricsSchema,
              days: Type.Array(daySchema),
            }),
            ...responses,
          },
        },
      },
      async ({ query }) => {
        const period = readPeriod(query, now());
        // One after the other: the embedded engine answers one parameterised query at a time anyway.
        const search = await store.metrics(period);
        const unique = await store.uniqueMetrics(period);
        const days = await store.days(period);
        return { ...answered(period), search: { ...search, revenue: [...search.revenue] }, unique, days: [...days] };
      },
    );

    app.get(
      "/v1/reports/search/queries",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Queries: the most searched, without results, without clicks, or searched more than before",
          querystring: Type.Object({
            ...periodSchema.properties,
            list: Type.Union(
              queryLists.map((list) => Type.Literal(list)),
              { default: "top" },
            ),
            limit: limitSchema,
          }),
          response: { 200: Type.Object({ items: Type.Array(queryRowSchema) }), ...responses },
        },
      },
      async ({ query }) => {
        const rows = await store.queries(query.list, readPeriod(query, now()), query.limit);
        return { items: rows.map((row) => ({ ...row, revenue: [...row.revenue] })) };
      },
    );

    app.get(
      "/v1/reports/search/queries.csv",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The same queries as a file",
          querystring: Type.Object({
            ...periodSchema.properties,
            list: Type.Union(
              queryLists.map((list) => Type.Literal(list)),
              { default: "top" },
            ),
            limit: limitSchema,
          }),
          response: { 200: { content: { "text/csv": { schema: Type.String() } } }, ...responses },
        },
      },
      async ({ query }, reply) => {
        const rows = await store.queries(query.list, readPeriod(query, now()), query.limit);
        return reply
          .header("content-type", "text/csv; charset=utf-8; header=present")
          .header("content-disposition", `attachment; filename="searches-${query.list}.csv"`)
          .send([csvLine(csvHeads), ...rows.map(toCsv)].join(""));
      },
    );

    app.get(
      "/v1/reports/search/products",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Products that searches showed most",
          querystring: Type.Object({ ...periodSchema.properties, limit: limitSchema }),
          response: { 200: Type.Object({ items: Type.Array(productSchema) }), ...responses },
        },
      },
      async ({ query }) => ({ items: [...(await store.products(readPeriod(query, now()), query.limit))] }),
    );

    app.get(
      "/v1/reports/search/proposals",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Synonyms and redirects that would have helped who found nothing",
          description: "Nothing is made of them by itself: create a definition of `kind` with `body` to accept one.",
          querystring: periodSchema,
          response: { 200: Type.Object({ items: Type.Array(proposalSchema) }), ...responses },
        },
      },
      async ({ query }) => ({ items: [...(await proposals(readPeriod(query, now())))] }),
    );
  };
}

const csvHeads = ["query", "searches", "zeroResults", "clickThroughRate", "averageClickPosition", "orders", "visitors"];

function toCsv(row: QueryRow): string {
  return csvLine([
    row.query,
    ...[
      row.searches,
      row.zeroResults,
      row.clickThroughRate,
      row.averageClickPosition ?? "",
      row.orders,
      row.visitors,
    ].map(String),
  ]);
}
