import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { type CanonicalEvent, readEvent } from "../collect/index.ts";
import { errorResponses, isTrusted, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, type Clock, decodeCursor, defaultPageSize, toPage } from "../kernel/index.ts";
import type { PlanVerdict } from "./create-tracking.ts";
import { schemaOfShape } from "./event-shape.ts";
import type { PlanBody } from "./plan.ts";
import { shippedPlan } from "./shipped-plan.data.ts";
import type { EventStat, TrackingStore } from "./store.ts";

export type TrackingRouteDeps = {
  readonly store: TrackingStore;
  readonly clock: Clock;
  /** Writes what was counted so far, so that an answer is not older than the question. */
  readonly flush: () => Promise<void>;
  readonly judge: (event: CanonicalEvent) => PlanVerdict;
  readonly suggestions: (name: string) => readonly string[];
};

const tags = ["Tracking plans"];
const dayMs = 86_400_000;
const maxSuggested = 500;

const Stat = Type.Object({
  sourceId: Type.String(),
  type: Type.String(),
  firstSeenAt: Type.String(),
  lastSeenAt: Type.String(),
  total: Type.Integer(),
  violations: Type.Integer(),
  violationRatio: Type.Number({ description: "0 to 1" }),
  shape: listOf(Type.String({ description: "`path type` of a property that was seen" })),
  near: listOf(Type.String({ description: "Planned names that may have been meant" })),
});

const Violations = Type.Object({
  items: Type.Array(
    Type.Object({
      lastHour: Type.String(),
      sourceId: Type.String(),
      type: Type.String(),
      kind: Type.String(),
      path: Type.String(),
      planKey: Type.String(),
      count: Type.Integer(),
      message: Type.String(),
    }),
  ),
});

const Verdict = Type.Object({
  planKey: Type.String(),
  action: Type.Enum(["keep", "omit", "block"]),
  violations: Type.Array(Type.Object({ kind: Type.String(), path: Type.String(), message: Type.String() })),
});

const days = Type.Optional(Type.Integer({ minimum: 1, maximum: 90, description: "Days back; default 7" }));
const sourceId = Type.Optional(Type.String({ maxLength: 60 }));

/** What was seen of each event, what broke a plan, unusual volumes; a plan from what was seen. */
export function createTrackingRoutes(deps: TrackingRouteDeps): FastifyPluginAsyncTypebox {
  const { store } = deps;
  const toJson = (stat: EventStat) => ({
    sourceId: stat.sourceId,
    type: stat.type,
    firstSeenAt: new Date(stat.firstSeenAt).toISOString(),
    lastSeenAt: new Date(stat.lastSeenAt).toISOString(),
    total: stat.total,
    violations: stat.violations,
    violationRatio: stat.total === 0 ? 0 : Math.min(1, stat.violations / stat.total),
    shape: [...stat.shape],
    near: stat.type in shippedPlan.events ? [] : [...deps.suggestions(stat.type)],
  });

  return async (app) => {
    app.get(
      "/v1/tracking/events",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Events that came in, by source and name",
          querystring: Type.Object({ ...pageQuerySchema, sourceId }),
          response: { 200: pageSchema(Stat), ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const { limit = defaultPageSize, cursor } = request.query;
        await deps.flush();
        const after = cursor === undefined ? null : readCursor(cursor);
        const rows = await store.listStats(request.query.sourceId ?? null, after, limit + 1);
        return toPage(rows.map(toJson), limit, (stat) => [stat.sourceId, stat.type]);
      },
    );

    app.get(
      "/v1/tracking/violations",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What broke a tracking plan, most frequent first",
          querystring: Type.Object({
            days,
            sourceId,
            type: Type.Optional(Type.String({ maxLength: 200 })),
            limit: pageQuerySchema.limit,
          }),
          response: { 200: Violations, ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const { query } = request;
        await deps.flush();
        const since = deps.clock.now() - (query.days ?? 7) * dayMs;
        const rows = await store.violationsSince(
          since,
          query.sourceId ?? null,
          query.type ?? null,
          query.limit ?? defaultPageSize,
        );
        return { items: rows.map(({ hour, ...row }) => ({ ...row, lastHour: new Date(hour).toISOString() })) };
      },
    );

    app.get(
      "/v1/tracking/anomalies",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Hours with unusually many or few events",
          querystring: Type.Object({ days, limit: pageQuerySchema.limit }),
          response: {
            200: Type.Object({
              items: Type.Array(
                Type.Object({
                  hour: Type.String(),
                  sourceId: Type.String(),
                  type: Type.String(),
                  count: Type.Integer(),
                  expected: Type.Number(),
                  deviation: Type.Number({ description: "Standard deviations; negative = too few" }),
                  foundAt: Type.String(),
                }),
              ),
            }),
            ...errorResponses(400, 401, 403),
          },
        },
      },
      async (request) => {
        const since = deps.clock.now() - (request.query.days ?? 7) * dayMs;
        const rows = await store.listAnomalies(since, request.query.limit ?? defaultPageSize);
        return {
          items: rows.map((row) => ({
            ...row,
            hour: new Date(row.hour).toISOString(),
            foundAt: new Date(row.foundAt).toISOString(),
          })),
        };
      },
    );

    app.get(
      "/v1/tracking/shipped-plan",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The plan that watches sources without one of their own",
          response: { 200: Type.Unknown(), ...errorResponses(401, 403) },
        },
      },
      async () => shippedPlan,
    );

    app.get(
      "/v1/tracking/suggested-plan",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "A plan that fits what a source has sent so far",
          querystring: Type.Object({ sourceId: Type.String({ minLength: 1, maxLength: 60 }) }),
          response: { 200: Type.Unknown(), ...errorResponses(400, 401, 403) },
        },
      },
      async (request): Promise<PlanBody> => {
        await deps.flush();
        const stats = await store.listStats(request.query.sourceId, null, maxSuggested);
        return {
          sources: [request.query.sourceId],
          mode: "observe",
          events: Object.fromEntries(stats.map((stat) => [stat.type, { schema: schemaOfShape(stat.shape) }])),
        };
      },
    );

    app.post(
      "/v1/tracking/check",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What the plan of a source says of an event, without sending it",
          body: Type.Object({
            sourceId: Type.String({ minLength: 1, maxLength: 60 }),
            event: Type.Unknown({ description: "As for POST /v1/events" }),
          }),
          response: { 200: Verdict, ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const now = deps.clock.now();
        const result = readEvent(request.body.event, {
          sourceId: request.body.sourceId,
          sourceKind: "native",
          trusted: isTrusted(request.auth),
          provenCustomerId: null,
          receivedAt: now,
          sentAt: undefined,
          bounds: { maxAgeMs: 0, correctByDelay: false },
          defaultStoreView: "",
        });
        if (!result.ok) throw new ClienteleError(result.code, result.message);
        const { planKey, action, violations } = deps.judge(result.event);
        return { planKey, action, violations: violations.map((violation) => ({ ...violation })) };
      },
    );
  };
}

function readCursor(cursor: string): readonly [string, string] {
  const [first, second] = decodeCursor(cursor, 2) ?? [];
  if (typeof first !== "string" || typeof second !== "string")
    throw new ClienteleError("http.badRequest", "the cursor is not one of this list");
  return [first, second];
}
