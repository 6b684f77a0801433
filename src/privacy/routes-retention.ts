import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, decodeCursor, toPage } from "../kernel/index.ts";
import { actorOf } from "./actor-of.ts";
import type { Retention } from "./retention.ts";
import { maxRetentionDays, type RetentionDays, retentionClasses, retentionClassIds } from "./retention-classes.data.ts";
import { type RetentionSettings, readRetentionDays } from "./retention-settings.ts";
import type { RetentionRecord, RetentionStore, RetentionVersion } from "./store-retention.ts";

const tags = ["Privacy"];
const Instant = Type.Union([Type.String(), Type.Null()]);
const Days = Type.Record(Type.String(), Type.Unknown(), {
  description: `Whole days by class, 0 = for ever; classes: ${retentionClassIds.join(", ")}`,
});
const record = {
  lastRunAt: Instant,
  lastDeleted: Type.Integer({ description: "What the last run deleted" }),
  lastDeletedAt: Instant,
  deletedInAll: Type.Integer(),
};
const ClassSchema = Type.Object({
  class: Type.String(),
  days: Type.Integer({ description: "In force from the next run on; 0 = for ever" }),
  defaultDays: Type.Integer(),
  minDays: Type.Integer({ description: "Fewer are refused, but for 0" }),
  maxDays: Type.Integer(),
  ...record,
});
const FieldsSchema = Type.Object({ class: Type.String(), ...record });
const RetentionSchema = Type.Object({
  version: Type.Integer({ description: "0 = nothing was set" }),
  changedAt: Instant,
  changedBy: Instant,
  lastRunAt: Instant,
  nextRunAt: Type.Union([Type.String(), Type.Null()], { description: "Not before it; null = soon after the start" }),
  items: listOf(ClassSchema),
  fields: Type.Immutable(
    Type.Array(FieldsSchema, { description: "Traits and properties whose data class has a period" }),
  ),
});
const VersionSchema = Type.Object({
  version: Type.Integer(),
  days: Type.Record(Type.String(), Type.Integer()),
  note: Type.String(),
  changedAt: Instant,
  changedBy: Instant,
});

const iso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());
const recordJson = (given: RetentionRecord | undefined) => ({
  lastRunAt: iso(given?.ranAt),
  lastDeleted: given?.deleted ?? 0,
  lastDeletedAt: iso(given?.lastDeletedAt),
  deletedInAll: given?.deletedInAll ?? 0,
});
const versionJson = ({ version, days, note, createdAt, createdBy }: RetentionVersion) => ({
  version,
  days: { ...days },
  note,
  changedAt: iso(createdAt),
  changedBy: createdBy,
});

export type RetentionRouteDeps = {
  readonly settings: RetentionSettings;
  readonly store: Pick<RetentionStore, "records" | "state">;
  readonly retention: Pick<Retention, "preview">;
};

/** How long everything is kept, and changing it. */
export function createRetentionRoutes({ settings, store, retention }: RetentionRouteDeps): FastifyPluginAsyncTypebox {
  const overview = async () => {
    const [latest, records, state] = await Promise.all([settings.latest(), store.records(), store.state()]);
    const days: RetentionDays = { ...settings.defaults, ...latest.days };
    return {
      version: latest.version,
      changedAt: iso(latest.createdAt),
      changedBy: latest.createdBy,
      lastRunAt: iso(state.lastRunAt),
      nextRunAt: iso(state.nextRunAt),
      items: retentionClasses.map(({ id, minDays }) => ({
        class: id,
        days: days[id],
        defaultDays: settings.defaults[id],
        minDays,
        maxDays: maxRetentionDays,
        ...recordJson(records.get(id)),
      })),
      fields: ["traits", "properties"].map((name) => ({ class: name, ...recordJson(records.get(name)) })),
    };
  };

  return async (app) => {
    app.get(
      "/v1/privacy/retention",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How long everything is kept, and what went last",
          response: { 200: RetentionSchema, ...errorResponses() },
        },
      },
      overview,
    );

    app.put(
      "/v1/privacy/retention",
      {
        config: { access: "admin" },
        schema: {
          tags,
          summary: "Set the periods, from the next run on; what is absent gets its default",
          body: Type.Object({
            version: Type.Integer({ minimum: 0, description: "The version that was read" }),
            days: Days,
            note: Type.Optional(Type.String({ maxLength: 500 })),
          }),
          response: { 200: RetentionSchema, ...errorResponses() },
        },
      },
      async (request) => {
        const { version, days, note = "" } = request.body;
        await settings.put(version, readRetentionDays(days), note, actorOf(request));
        return overview();
      },
    );

    app.post(
      "/v1/privacy/retention/preview",
      {
        config: { access: "admin" },
        schema: {
          tags,
          summary: "How much a run would delete by now with these periods",
          body: Type.Object({ days: Days }),
          response: {
            200: Type.Object({
              items: listOf(
                Type.Object({
                  class: Type.String(),
                  days: Type.Integer(),
                  rows: Type.Integer({ description: "Profiles, events, decisions, requests …; of user agents events" }),
                }),
              ),
            }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const days: RetentionDays = { ...settings.defaults, ...readRetentionDays(request.body.days) };
        const rows = await retention.preview(days);
        return { items: retentionClassIds.map((id) => ({ class: id, days: days[id], rows: rows[id] })) };
      },
    );

    app.get(
      "/v1/privacy/retention/versions",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Every version of the periods, newest first",
          querystring: Type.Object({ ...pageQuerySchema }),
          response: { 200: pageSchema(VersionSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const [before] = cursor === undefined ? [] : (decodeCursor(cursor, 1) ?? []);
        if (cursor !== undefined && !(typeof before === "number" && Number.isInteger(before) && before < 2 ** 31))
          throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const rows = await settings.versions(limit + 1, typeof before === "number" ? before : null);
        const page = toPage(rows, limit, ({ version }) => [version]);
        return { ...page, items: page.items.map(versionJson) };
      },
    );
  };
}
