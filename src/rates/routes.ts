import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { maxPageSize } from "../kernel/index.ts";
import type { Rate } from "./rate-table.ts";
import { maxRates } from "./read-rates.ts";

export type RateRouteDeps = {
  readonly importRates: (rows: readonly unknown[]) => Promise<number>;
  readonly list: (
    limit: number,
    filter: { from?: string | undefined; to?: string | undefined },
  ) => Promise<readonly Rate[]>;
};

const tags = ["Currency rates"];
const day = Type.String({ format: "date", description: "YYYY-MM-DD" });
const rate = Type.Object({
  day: Type.String(),
  base: Type.String(),
  currency: Type.String(),
  rate: Type.String({ description: "Units of `currency` for one unit of `base`, decimal text" }),
});
const rateInput = Type.Object({
  day,
  base: Type.String({ pattern: "^[A-Z]{3}$" }),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  rate: Type.Union([Type.String({ maxLength: 40 }), Type.Number({ exclusiveMinimum: 0 })]),
});
const bodyLimit = 8 * 1024 * 1024;

/** The table of currency rates: import and read. */
export function createRateRoutes({ importRates, list }: RateRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.put(
      "/v1/rates",
      {
        bodyLimit,
        config: { access: "admin" },
        schema: {
          tags,
          summary: "Store currency rates; a rate that is there already is replaced",
          body: Type.Object({ rates: Type.Array(rateInput, { minItems: 1, maxItems: maxRates }) }),
          response: { 200: Type.Object({ stored: Type.Integer() }), ...errorResponses(400, 401, 403, 413, 422) },
        },
      },
      async ({ body }) => ({ stored: await importRates(body.rates) }),
    );

    app.get(
      "/v1/rates",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Currency rates, newest day first",
          querystring: Type.Object({
            from: Type.Optional(day),
            to: Type.Optional(day),
            limit: Type.Integer({ minimum: 1, maximum: maxPageSize, default: maxPageSize }),
          }),
          response: { 200: Type.Object({ items: listOf(rate) }), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query: { from, to, limit } }) => ({ items: [...(await list(limit, { from, to }))] }),
    );
  };
}
