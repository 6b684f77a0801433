// The identity graph as people see and change it (profiles-and-journeys A.6, A.7).
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { type Identifier, normaliseIdentifier } from "../collect/index.ts";
import { errorResponses, moneySchema, pageQuerySchema } from "../http/index.ts";
import { ClienteleError, type Clock, decodeCursor, decodeTimeCursor, toPage } from "../kernel/index.ts";
import { identifierKey, identifierOfKey } from "./identity-message.ts";
import { keptMessages } from "./identity-messages.ts";
import type { IdentityOperations, Share } from "./identity-operations.ts";
import type { IdentityReport } from "./identity-report.ts";
import type { RulesSource } from "./identity-rules-source.ts";
import { readIdentitySettings } from "./identity-settings.ts";
import type { createProfileReader } from "./read-profile.ts";
import { simulateIdentity } from "./simulate-identity.ts";
import type { IdentityStore } from "./store-identity.ts";

const tags = ["Identity"];
const maxSplit = 200;
const maxSimulated = 1_000;
const maxKept = 200;
/** Rows read at most; the oldest ones of a person who has more. */
const maxEvidence = 2_000;
const simulationBytes = 4 * 1024 ** 2;

export type IdentityRouteDeps = {
  readonly operations: IdentityOperations;
  readonly reader: ReturnType<typeof createProfileReader>;
  readonly identity: IdentityStore;
  readonly rules: RulesSource;
  readonly report: IdentityReport;
  readonly clock: Clock;
  /** Key and name of an audience, for people; undefined when it has gone. */
  readonly audienceName?: (audienceId: string) => { readonly key: string; readonly name: string } | undefined;
};

const IdentifierSchema = Type.Object({
  namespace: Type.String({ minLength: 1, maxLength: 100 }),
  value: Type.String({ minLength: 1, maxLength: 600 }),
});
const ShareSchema = Type.Object({
  profileId: Type.String(),
  identifiers: Type.Array(IdentifierSchema),
  events: Type.Integer(),
  orders: Type.Integer(),
  revenue: Type.Array(moneySchema),
  audiences: Type.Array(Type.String()),
});
const Params = Type.Object({ id: Type.String({ format: "uuid" }) });
const Loose = Type.Record(Type.String(), Type.Unknown());
const DryRun = Type.Optional(Type.Boolean({ description: "Only answers what would change" }));
const SettingsSchema = Type.Object({
  aliasMayMergeIdentified: Type.Boolean(),
  emailIsUnique: Type.Boolean(),
  blockedValues: Type.Array(Type.String()),
  blockedPatterns: Type.Array(Type.String()),
  traitIdentifiers: Type.Array(
    Type.Object({
      trait: Type.String({ description: "Key of the trait; camelCase and snake_case name the same one" }),
      namespace: Type.String({ description: "Its identifiers are of the namespace trait:<namespace>" }),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100, description: "Most values of one profile; default 5" }),
      ),
      unique: Type.Optional(Type.Boolean({ description: "Two values are two persons; default false" })),
      normalise: Type.Optional(
        Type.Enum(["none", "trim", "lower", "upper", "digits"], { description: "Default trim" }),
      ),
    }),
  ),
});

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

function normalised({ namespace, value }: Identifier): Identifier {
  return normaliseIdentifier(namespace, value) ?? { namespace, value: value.trim() };
}

/** Routes of splits, merges, simulation, report, quarantine, separations and settings. */
export function createIdentityRoutes(deps: IdentityRouteDeps): FastifyPluginAsyncTypebox {
  const { operations, identity, clock } = deps;
  const keyOf = (audienceId: string) => deps.audienceName?.(audienceId)?.key ?? audienceId;
  const shareJson = ({ memberships, identifiers, revenue, ...share }: Share) => ({
    ...share,
    identifiers: identifiers.map(({ namespace, value }) => ({ namespace, value })),
    revenue: revenue.map(({ minor, currency }) => ({ minor, currency })),
    audiences: memberships.map(keyOf),
  });

  return async (app) => {
    app.post(
      "/v1/profiles/:id/split",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Moves identifiers, with the events they file, to a new profile and keeps both apart",
          params: Params,
          body: Type.Object({
            identifiers: Type.Array(IdentifierSchema, { minItems: 1, maxItems: maxSplit }),
            since: Type.Optional(Type.String({ format: "date-time", description: "From when on; default: always" })),
            dryRun: DryRun,
          }),
          response: {
            200: Type.Object({
              dryRun: Type.Boolean(),
              before: ShareSchema,
              remaining: ShareSchema,
              moved: ShareSchema,
              audiencesThatChange: Type.Array(Type.String()),
            }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { identifiers, since, dryRun = false } = request.body;
        const { profileId } = await deps.reader.get(request.params.id);
        const order = {
          identifiers: identifiers.map(normalised),
          since: since === undefined ? null : Date.parse(since),
          by: request.auth.actor,
        };
        const { before, left, moved } = await operations.split(profileId, order, dryRun);
        const changed = before.memberships.filter((id) => !left.memberships.includes(id));
        const gained = left.memberships.filter((id) => !before.memberships.includes(id));
        return {
          dryRun,
          before: shareJson(before),
          remaining: shareJson(left),
          moved: shareJson(moved),
          audiencesThatChange: [...new Set([...changed, ...gained, ...moved.memberships])].map(keyOf).sort(),
        };
      },
    );

    app.post(
      "/v1/profiles/:id/merge",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Makes two profiles one and ends a separation between them",
          params: Params,
          body: Type.Object({ with: Type.String({ format: "uuid" }), dryRun: DryRun }),
          response: {
            200: Type.Object({ dryRun: Type.Boolean(), merged: ShareSchema, redirectedId: Type.String() }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { with: otherId, dryRun = false } = request.body;
        const { merged, redirected } = await operations.merge(request.params.id, otherId, dryRun);
        return { dryRun, merged: shareJson(merged), redirectedId: redirected };
      },
    );

    app.get(
      "/v1/profiles/:id/audiences",
      {
        config: { access: "read" },
        schema: {
          tags: ["Profiles"],
          summary: "Audiences that a profile is in, with the time it entered",
          params: Params,
          response: { 200: Type.Object({ items: Type.Array(Loose) }), ...errorResponses() },
        },
      },
      async (request) => {
        const { state } = await deps.reader.get(request.params.id);
        return {
          items: Object.entries(state.memberships).map(([audienceId, { since, version }]) => ({
            audienceId,
            key: keyOf(audienceId),
            name: deps.audienceName?.(audienceId)?.name ?? audienceId,
            since: iso(since),
            version,
          })),
        };
      },
    );

    app.get(
      "/v1/profiles/:id/identity-messages",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary:
            "Messages that made a profile what it is, oldest first and as the simulation takes them; who named what first",
          params: Params,
          response: { 200: Loose, ...errorResponses() },
        },
      },
      async (request) => {
        const { identifiers } = await deps.reader.get(request.params.id);
        const keys = [...new Set(identifiers.map(identifierKey))];
        return { ...keptMessages(await identity.evidenceOf(keys, maxEvidence), identifiers, maxKept) };
      },
    );

    app.post(
      "/v1/identity/simulate",
      {
        config: { access: "read" },
        bodyLimit: simulationBytes,
        schema: {
          tags,
          summary: "The graph that messages would lead to; writes nothing",
          body: Type.Object({
            rules: Type.Optional(Type.Partial(SettingsSchema)),
            messages: Type.Array(Loose, { minItems: 1, maxItems: maxSimulated }),
          }),
          response: { 200: Loose, ...errorResponses() },
        },
      },
      async (request) => {
        const { rules, messages } = request.body;
        const settings = readIdentitySettings({ ...(await deps.rules.settings()), ...rules });
        return { ...simulateIdentity({ rules: settings, messages, now: clock.now() }) };
      },
    );

    app.get(
      "/v1/identity/report",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What identity resolution refused, demoted, blocked and put into quarantine",
          querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 365, default: 30 }) }),
          response: { 200: Loose, ...errorResponses() },
        },
      },
      async (request) => ({ ...(await deps.report(request.query.days)) }),
    );

    app.get(
      "/v1/identity/quarantine",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Values that linked too many persons, newest first",
          querystring: Type.Object(pageQuerySchema),
          response: {
            200: Type.Object({ items: Type.Array(Loose), nextCursor: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const [before] = cursor === undefined ? [] : (decodeCursor(cursor, 1) ?? []);
        if (cursor !== undefined && typeof before !== "number")
          throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const rows = await identity.quarantine(limit + 1, typeof before === "number" ? before : null);
        const page = toPage(rows, limit, ({ since }) => [since]);
        return { ...page, items: page.items.map(({ until: _until, ...row }) => ({ ...row, since: iso(row.since) })) };
      },
    );

    app.post(
      "/v1/identity/quarantine/release",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Lets a value link again, from now on",
          body: IdentifierSchema,
          response: { 204: Type.Null(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        await operations.release(normalised(request.body));
        return reply.code(204).send(null);
      },
    );

    app.get(
      "/v1/identity/separations",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Identifiers that were split from each other, newest first",
          querystring: Type.Object(pageQuerySchema),
          response: {
            200: Type.Object({ items: Type.Array(Loose), nextCursor: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const before = cursor === undefined ? null : decodeTimeCursor(cursor);
        const rows = await identity.separations(limit + 1, before);
        const page = toPage(rows, limit, ({ createdAt, separationId }) => [createdAt, separationId]);
        return {
          ...page,
          items: page.items.map((row) => ({
            separationId: row.separationId,
            createdAt: iso(row.createdAt),
            since: isoOrNull(row.since),
            createdBy: row.createdBy,
            profileIds: [row.leftProfileId, row.rightProfileId],
            left: row.left.map(identifierOfKey),
            right: row.right.map(identifierOfKey),
          })),
        };
      },
    );

    app.delete(
      "/v1/identity/separations/:id",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Lets identifiers that were split from each other join again",
          params: Params,
          response: { 204: Type.Null(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        if (!(await identity.removeSeparation(request.params.id)))
          throw new ClienteleError("profiles.noSeparation", `no separation ${request.params.id}`);
        deps.rules.forget();
        return reply.code(204).send(null);
      },
    );

    app.get(
      "/v1/identity/settings",
      {
        config: { access: "read" },
        schema: { tags, summary: "Identity settings", response: { 200: SettingsSchema, ...errorResponses() } },
      },
      async () => settingsJson(await deps.rules.settings()),
    );

    app.put(
      "/v1/identity/settings",
      {
        config: { access: "admin" },
        schema: {
          tags,
          summary: "Replaces the identity settings; what is absent gets its default. Counts for events from now on",
          body: Loose,
          response: { 200: SettingsSchema, ...errorResponses() },
        },
      },
      async (request) => {
        const settings = readIdentitySettings(request.body);
        await identity.writeSettings(settings, clock.now());
        deps.rules.forget();
        return settingsJson(settings);
      },
    );
  };
}

function settingsJson(settings: Awaited<ReturnType<RulesSource["settings"]>>) {
  return {
    ...settings,
    blockedValues: [...settings.blockedValues],
    blockedPatterns: [...settings.blockedPatterns],
    traitIdentifiers: [...settings.traitIdentifiers],
  };
}
