import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, moneySchema, readReportPeriod, reportPeriodFields } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { maxCodeLength, normaliseCode } from "./coupon-rule.ts";

import { type ReportGroup, reportGroups, reportPeriods, type UseStore } from "./store.clickhouse.ts";

const defaultPeriodDays = 30;
const sales = Type.Object({
  orders: Type.Integer(),
  subtotal: moneySchema,
  discount: moneySchema,
  total: moneySchema,
});
const name = Type.Union([Type.String(), Type.Null()]);
const rowSchema = Type.Object({
  period: name,
  ruleKey: name,
  code: name,
  storeView: name,
  uses: Type.Integer(),
  orders: Type.Integer(),
  granted: moneySchema,
  sales,
  invoiced: sales,
});

export type CouponReportDeps = {
  readonly report: UseStore["report"];
  readonly timezone: string;
  readonly now: () => number;
};

function readGroups(text: string | undefined): readonly ReportGroup[] {
  const names = new Set((text ?? "rule").split(",").map((each) => each.trim()));
  return reportGroups.filter((group) => names.has(group));
}

/** GET /v1/coupons/report: what coupons came to. */
export function createCouponReportRoutes({ report, timezone, now }: CouponReportDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/coupons/report",
      {
        config: { access: "read" },
        schema: {
          tags: ["Coupons"],
          summary: "Uses and sales of coupons and rules by period, rule, code and store view; one row a currency",
          querystring: Type.Object({
            ...reportPeriodFields,
            period: Type.Optional(
              Type.Union(
                reportPeriods.map((each) => Type.Literal(each)),
                { default: "day" },
              ),
            ),
            groupBy: Type.Optional(
              Type.String({
                pattern: "^(rule|code|store)(,(rule|code|store)){0,2}$",
                description: "rule, code and store, separated by commas; default rule",
              }),
            ),
            ruleKey: Type.Optional(Type.String({ maxLength: 200 })),
            code: Type.Optional(Type.String({ maxLength: maxCodeLength })),
          }),
          response: { 200: Type.Object({ items: listOf(rowSchema) }), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query }) => {
        const period = readReportPeriod(query, now(), defaultPeriodDays);
        if (!period)
          throw new ClienteleError(
            "http.badRequest",
            "from must lie before to, by at most 366 days; both are ISO times",
          );
        const items = await report({
          ...period,
          period: query.period ?? "day",
          groups: readGroups(query.groupBy),
          ruleKey: query.ruleKey,
          code: query.code === undefined ? undefined : normaliseCode(query.code),
          timezone,
        });
        return { items };
      },
    );
  };
}
