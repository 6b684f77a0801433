import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import {
  errorResponses,
  longestReportDays,
  pageQuerySchema,
  pageSchema,
  readReportPeriod,
  reportPeriodFields,
} from "../../http/index.ts";
import { ClienteleError, decodeCursor, decodeTimeCursor, encodeCursor, isUuid, toPage } from "../../kernel/index.ts";
import type { Reminders } from "./create-reminders.ts";
import type { ReminderExplanation } from "./explain-reminder.ts";
import { reminderBodySchema } from "./reminder-body.ts";
import { cartSchema, duePageSchema, estimateSchema, profileSchema, reportSchema, runSchema } from "./schemas.ts";
import { settingsSchema } from "./settings.ts";
import type { Run } from "./store-runs.ts";

const reportDays = 30;
const tags = ["E-mail reminders"];
const params = Type.Object({ key: Type.String({ minLength: 1, maxLength: 100 }) });
const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
const settingsAnswer = Type.Object({
  settings: settingsSchema,
  etag: Type.String({ description: "For If-Match" }),
  lastRunAt: Type.Union([Type.String(), Type.Null()]),
  nextRunAt: Type.Union([Type.String(), Type.Null()], { description: "Null while runs are switched off" }),
  timezone: Type.String({ description: "Zone of the shop, by whose clock runs are made" }),
});

function runJson({ startedAt, finishedAt, ...run }: Run) {
  return { ...run, startedAt: iso(startedAt), finishedAt: isoOrNull(finishedAt) };
}

function explanationJson({ dates, products, ...rest }: ReminderExplanation) {
  return { ...rest, products: [...products], dates: dates.map(iso) };
}

function etagOf(header: string | undefined): number {
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(header?.trim() ?? "");
  if (!match) throw new ClienteleError("http.badRequest", 'send If-Match with the etag of the settings, such as "3"');
  return Number(match[1]);
}

/** Position in a list by profile id. */
function readPosition(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor, 1) ?? [];
  if (typeof id !== "string" || !isUuid(id))
    throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
  return id;
}

/** Settings, runs, previews and reports of e-mail reminder rules; the rules themselves are definitions. */
export function createReminderRoutes(reminders: Omit<Reminders, "routes">): FastifyPluginAsyncTypebox {
  const settingsJson = async () => {
    const { settings, etag, lastRunAt, nextRunAt } = await reminders.settings();
    const times = { lastRunAt: isoOrNull(lastRunAt), nextRunAt: isoOrNull(nextRunAt) };
    return { etag: `"${etag}"`, body: { settings, etag: `"${etag}"`, ...times, timezone: reminders.timezone } };
  };
  return async (app) => {
    app.get(
      "/v1/reminders/settings",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How and when reminders are selected",
          response: { 200: settingsAnswer, ...errorResponses(401, 403) },
        },
      },
      async (_request, reply) => {
        const { etag, body } = await settingsJson();
        reply.header("etag", etag);
        return body;
      },
    );

    app.put(
      "/v1/reminders/settings",
      {
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Change how and when reminders are selected; If-Match names the settings that you read",
          body: settingsSchema,
          response: { 200: settingsAnswer, ...errorResponses(400, 401, 403, 412) },
        },
      },
      async (request, reply) => {
        const via = request.auth.kind === "session" ? "ui" : "api";
        const editor = { actor: request.auth.actor, via, requestId: request.id } as const;
        await reminders.changeSettings(request.body, etagOf(request.headers["if-match"]), editor);
        const { etag, body } = await settingsJson();
        reply.header("etag", etag);
        return body;
      },
    );

    app.get(
      "/v1/reminders/runs",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Runs, the newest first, with what they did",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(runSchema), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const before = cursor === undefined ? null : decodeTimeCursor(cursor);
        const page = toPage(await reminders.runs(before, limit + 1), limit, (run) => [run.startedAt, run.id]);
        return { ...page, items: page.items.map(runJson) };
      },
    );

    app.post(
      "/v1/reminders/runs",
      {
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Make a run now",
          response: {
            200: Type.Object({ id: Type.String(), counts: Type.Record(Type.String(), Type.Integer()) }),
            ...errorResponses(401, 403, 409),
          },
        },
      },
      async () => {
        const { runId, counts } = await reminders.runNow();
        return { id: runId, counts: { ...counts } };
      },
    );

    app.post(
      "/v1/reminders/estimate",
      {
        config: { access: "personal-data" },
        schema: {
          tags,
          summary: "Whom a draft would remind now, with some of them and why, and when its messages would go out",
          body: Type.Object({
            key: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 100,
                description: "Of the rule, whose past counts when it is live",
              }),
            ),
            storeViews: Type.Optional(
              Type.Union([Type.Null(), Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 200 })]),
            ),
            body: reminderBodySchema,
          }),
          response: { 200: estimateSchema, ...errorResponses(400, 401, 403, 422) },
        },
      },
      async ({ body: { key, storeViews = null, body } }) => {
        const { samples, dates, hindered, texts, ...estimate } = await reminders.estimate(key, body, storeViews);
        return {
          ...estimate,
          hindered: { ...hindered },
          texts: [...texts],
          samples: samples.map(explanationJson),
          dates: dates.map(iso),
        };
      },
    );

    app.get(
      "/v1/reminders/:key/due",
      {
        config: { access: "personal-data" },
        schema: {
          tags,
          summary: "Customers for whom a run would do something now, and why. A page may be empty and not the last",
          params,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: duePageSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params: { key }, query: { limit, cursor } }) => {
        const { items, nextAfter } = await reminders.preview(key, limit, readPosition(cursor));
        const page = { items: items.map(explanationJson) };
        return nextAfter === null ? page : { ...page, nextCursor: encodeCursor([nextAfter]) };
      },
    );

    app.get(
      "/v1/reminders/:key/profiles/:profileId",
      {
        config: { access: "personal-data" },
        schema: {
          tags,
          summary: "Why, or why not, a customer is reminded, when the mails are due, and what was sent",
          params: Type.Object({ ...params.properties, profileId: Type.String({ format: "uuid" }) }),
          response: { 200: profileSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params: { key, profileId } }) => {
        const { sequences, mails, ...explanation } = await reminders.profile(key, profileId);
        return {
          ...explanationJson(explanation),
          sequences: sequences.map(({ firstMatchAt, endedAt, ...sequence }) => ({
            ...sequence,
            firstMatchAt: iso(firstMatchAt),
            endedAt: isoOrNull(endedAt),
          })),
          mails: mails.map(({ mailId, dueAt, settledAt, ...mail }) => ({
            ...mail,
            id: mailId,
            dueAt: iso(dueAt),
            settledAt: isoOrNull(settledAt),
          })),
        };
      },
    );

    app.get(
      "/v1/reminders/:key/report",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What came of a rule: mails by step and reason, sequences by end, reminded against control group",
          params,
          querystring: Type.Object(reportPeriodFields),
          response: { 200: reportSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params: { key }, query }) => {
        const period = readReportPeriod(query, reminders.now(), reportDays);
        if (!period)
          throw new ClienteleError(
            "http.badRequest",
            `write from and to as ISO times, from before to, at most ${longestReportDays} days apart`,
          );
        return reminders.report(key, period.fromMs, period.toMs);
      },
    );

    app.get(
      "/v1/reminders/carts/:token",
      {
        config: { access: "public", cors: true },
        schema: {
          tags,
          summary: "The lines of the cart behind a link of a mail, for the shop to fill a cart with",
          params: Type.Object({ token: Type.String({ minLength: 1, maxLength: 1000 }) }),
          response: { 200: cartSchema, ...errorResponses(404) },
        },
      },
      async ({ params: { token } }) => reminders.cartOf(token),
    );
  };
}
