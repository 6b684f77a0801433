import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, moneySchema, readReportPeriod, reportPeriodFields } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { Readiness } from "./model.ts";
import type { UnitReadiness } from "./readiness-percent.ts";
import { attributions, type MetricStore } from "./store-metrics.clickhouse.ts";
import { type Strategy, strategies, toStrategy, typeIdOf } from "./strategy.ts";
import type { UnitBody } from "./unit.ts";
import { ratesOf } from "./unit-metrics.ts";

const tags = ["Recommendations"];
const rate = Type.Union([Type.Number(), Type.Null()]);
const amounts = Type.Array(moneySchema);
const defaultPeriodDays = 7;

const unitSchema = Type.Object({
  unitId: Type.String(),
  name: Type.Union([Type.String(), Type.Null()], { description: "Null for a unit that is not live here" }),
  typeId: Type.Union([Type.String(), Type.Null()]),
  impressions: Type.Integer(),
  views: Type.Integer(),
  clicks: Type.Integer(),
  orders: Type.Integer(),
  revenue: amounts,
  netRevenue: amounts,
  lifetimeRevenue: amounts,
  ctr: rate,
  viewableCtr: rate,
  orderRate: rate,
  revenuePerThousandImpressions: Type.Union([Type.Number(), Type.Null()], {
    description: "Minor units of the first currency of revenue",
  }),
  adobe: Type.Object({
    impressions: Type.Integer(),
    views: Type.Integer(),
    vImpressions: Type.Integer(),
    clicks: Type.Integer(),
    viewability: rate,
    ctr: rate,
    vCtr: rate,
  }),
});

const readinessSchema = Type.Object({
  strategy: Type.String(),
  typeId: Type.String(),
  trained: Type.Boolean(),
  reasons: Type.Array(Type.String()),
});

export type ReportRouteDeps = {
  readonly metrics: MetricStore;
  readonly readiness: (strategy: Strategy) => Readiness;
  readonly measure: (unit: Pick<UnitBody, "strategy"> & Partial<UnitBody>) => Promise<UnitReadiness>;
  readonly findUnit: (
    idOrKey: string,
  ) => { readonly id: string; readonly name?: string; readonly body: UnitBody } | undefined;
  readonly now: () => number;
};

function periodOf(query: Parameters<typeof readReportPeriod>[0], nowMs: number) {
  const period = readReportPeriod(query, nowMs, defaultPeriodDays);
  if (period) return period;
  throw new ClienteleError(
    "recommendations.period",
    "from must lie before to, by at most 366 days; both are ISO times",
  );
}

/** What units achieve, and how ready they are. */
export function createReportRoutes(deps: ReportRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/recommendations/metrics",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Impressions, clicks, orders and revenue of recommendation units",
          querystring: Type.Object({
            ...reportPeriodFields,
            attribution: Type.Optional(
              Type.Union(
                attributions.map((name) => Type.Literal(name)),
                { default: "session", description: "How long after a click a purchase counts" },
              ),
            ),
          }),
          response: { 200: Type.Object({ items: Type.Array(unitSchema) }), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query }) => {
        const { fromMs, toMs } = periodOf(query, deps.now());
        const units = await deps.metrics.units(fromMs, toMs, query.attribution ?? "session");
        return {
          items: units.map((counts) => {
            const unit = deps.findUnit(counts.unitId);
            const strategy = unit && toStrategy(unit.body.strategy);
            const { viewedImpressions: _seen, clickedImpressions: _clicked, ...shown } = counts;
            return {
              ...shown,
              revenue: [...counts.revenue],
              netRevenue: [...counts.netRevenue],
              lifetimeRevenue: [...counts.lifetimeRevenue],
              name: unit?.name ?? null,
              typeId: strategy ? typeIdOf(strategy) : null,
              ...ratesOf({ ...counts, revenue: counts.revenue[0]?.minor ?? 0 }),
            };
          }),
        };
      },
    );

    app.get(
      "/v1/recommendations/readiness",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Whether each strategy has seen enough events",
          response: { 200: Type.Object({ items: Type.Array(readinessSchema) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({
        items: strategies.map((strategy) => {
          const { trained, reasons } = deps.readiness(strategy);
          return { strategy, typeId: typeIdOf(strategy), trained, reasons: [...reasons] };
        }),
      }),
    );

    app.get(
      "/v1/recommendations/readiness/:name",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How ready a unit or a strategy is, in per cent, and what is missing",
          params: Type.Object({
            name: Type.String({ maxLength: 120, description: "Id or key of a unit, or a strategy" }),
          }),
          response: {
            200: Type.Object({
              percent: Type.Union([Type.Integer(), Type.Null()]),
              coverage: Type.Number(),
              variety: Type.Number(),
              asked: Type.Integer(),
              missing: Type.Array(Type.String()),
            }),
            ...errorResponses(401, 403, 404),
          },
        },
      },
      async ({ params: { name } }) => {
        const unit = deps.findUnit(name)?.body ?? (toStrategy(name) ? { strategy: name } : undefined);
        if (!unit)
          throw new ClienteleError("recommendations.unitNotFound", `no live unit or strategy has the name ${name}`);
        const measured = await deps.measure(unit);
        return { ...measured, missing: [...measured.missing] };
      },
    );
  };
}
