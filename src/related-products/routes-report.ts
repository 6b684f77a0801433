import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, moneySchema, readReportPeriod, reportPeriodFields } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import { attributions, type OriginCounts, type RelatedMetrics } from "./store.clickhouse.ts";

const defaultPeriodDays = 7;
const rate = Type.Union([Type.Number(), Type.Null()]);

const rowSchema = Type.Object({
  ruleId: Type.Union([Type.String(), Type.Null()], { description: "Null: links that people set" }),
  name: Type.Union([Type.String(), Type.Null()], { description: "Null for links, and for a rule that is not live" }),
  lists: Type.Integer({ description: "Lists with at least one of its products" }),
  products: Type.Integer({ description: "Its products in them" }),
  clicks: Type.Integer(),
  clickRate: rate,
  orders: Type.Integer(),
  revenue: Type.Array(moneySchema),
});

export type RelatedReportDeps = {
  readonly metrics: RelatedMetrics;
  /** Name of a live rule. */
  readonly nameOf: (ruleId: string) => string | undefined;
  readonly now: () => number;
};

function periodOf(query: Parameters<typeof readReportPeriod>[0], nowMs: number) {
  const period = readReportPeriod(query, nowMs, defaultPeriodDays);
  if (period) return period;
  throw new ClienteleError(
    "relatedProducts.period",
    "from must lie before to, by at most 366 days; both are ISO times",
  );
}

function toRow({ origin, ...counts }: OriginCounts, nameOf: RelatedReportDeps["nameOf"]) {
  const ruleId = origin.startsWith("rule:") ? origin.slice("rule:".length) : null;
  return {
    ...counts,
    revenue: [...counts.revenue],
    ruleId,
    name: ruleId === null ? null : (nameOf(ruleId) ?? null),
    clickRate: counts.products > 0 ? counts.clicks / counts.products : null,
  };
}

/** GET /v1/related-products/report: what each rule came to. */
export function createRelatedReportRoutes(deps: RelatedReportDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/related-products/report",
      {
        config: { access: "read" },
        schema: {
          tags: ["Related products"],
          summary: "Shown products, clicks, orders and revenue of each rule",
          querystring: Type.Object({
            ...reportPeriodFields,
            attribution: Type.Optional(
              Type.Union(
                attributions.map((name) => Type.Literal(name)),
                { default: "session", description: "How long after a click a purchase counts" },
              ),
            ),
          }),
          response: { 200: Type.Object({ items: Type.Array(rowSchema) }), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query }) => {
        const { fromMs, toMs } = periodOf(query, deps.now());
        const origins = await deps.metrics.origins(fromMs, toMs, query.attribution ?? "session");
        return { items: origins.map((counts) => toRow(counts, deps.nameOf)) };
      },
    );
  };
}
