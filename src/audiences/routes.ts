import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, type Clock, decodeCursor, isUuid, toPage } from "../kernel/index.ts";
import { type CompiledRule, operatorsByType, type RuleSubject, ruleSchema } from "../kernel/rules/index.ts";
import type { Profile } from "../profiles/index.ts";
import type { AudienceRules } from "./audience-rules.ts";
import type { LiveAudience } from "./audience-set.ts";
import type { ProfileSource, Progress } from "./backfill.ts";
import { labelOf } from "./preview.ts";
import { unreleasedAttribute } from "./released-attributes.ts";
import type { AudienceStore } from "./store.ts";

export type AudienceRouteDeps = {
  readonly store: AudienceStore;
  readonly rules: AudienceRules;
  readonly clock: Clock;
  readonly profiles: Pick<ProfileSource, "linksOf"> & { readonly get: (profileId: string) => Promise<Profile> };
  /** A live audience by id or key. @throws {ClienteleError} `audiences.notFound` */
  readonly find: (reference: string) => LiveAudience;
  /** With the past events of leaves that profiles do not keep yet. */
  readonly subjectOf: (profile: Profile, rule: CompiledRule) => Promise<RuleSubject>;
  readonly progressOf: (audience: LiveAudience) => Progress | undefined;
  readonly restart: (audience: LiveAudience) => Promise<void>;
};

const tags = ["Audiences"];
const params = Type.Object({ id: Type.String({ maxLength: 200, description: "Id or key" }) });
const progress = Type.Object({
  status: Type.Union([Type.Literal("computing"), Type.Literal("live"), Type.Literal("failed")]),
  done: Type.Integer(),
  total: Type.Integer(),
  reason: Type.Union([Type.String(), Type.Null()], { description: "Why it failed" }),
  servedVersion: Type.Union([Type.Integer(), Type.Null()], {
    description: "By which version everybody was judged last; it serves until the newer one is complete",
  }),
});
const member = Type.Object({ profileId: Type.String(), label: Type.String(), since: Type.String() });
const attribute = Type.Object({
  path: Type.String(),
  label: Type.String(),
  type: Type.String(),
  operators: listOf(Type.String()),
  values: Type.Optional(listOf(Type.String())),
  closed: Type.Optional(Type.Boolean()),
  isForPriceRules: Type.Optional(Type.Boolean({ description: "false: the shop has not released it for price rules" })),
});

/** Members and explanations of audiences, and the attributes that rules may name. */
export function createAudienceRoutes(deps: AudienceRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/audiences/:id/members",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Present members of an audience, in order of profile id",
          params,
          querystring: Type.Object(pageQuerySchema),
          response: {
            200: Type.Interface([pageSchema(member)], { total: Type.Integer(), progress: Type.Optional(progress) }),
            ...errorResponses(400, 401, 403, 404),
          },
        },
      },
      async ({ params: { id }, query: { limit, cursor } }) => {
        const audience = deps.find(id);
        const rows = await deps.store.members(audience.id, cursor === undefined ? null : afterOf(cursor), limit);
        const page = toPage(rows, limit, ({ profileId }) => [profileId]);
        const labels = await labelsOf(
          page.items.map(({ profileId }) => profileId),
          deps.profiles,
        );
        const state = deps.progressOf(audience);
        return {
          ...page,
          items: page.items.map(({ profileId, since }) => ({
            profileId,
            label: labels.get(profileId) ?? profileId,
            since: new Date(since).toISOString(),
          })),
          total: await deps.store.countMembers(audience.id),
          ...(state ? { progress: state } : {}),
        };
      },
    );

    app.get(
      "/v1/audiences/:id/explain",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Why a profile is or is not in an audience, leaf by leaf with the values seen",
          params,
          querystring: Type.Object({ profile: Type.String({ maxLength: 100, description: "Profile id" }) }),
          response: {
            200: Type.Object({
              audienceId: Type.String(),
              version: Type.Integer(),
              profileId: Type.String(),
              member: Type.Boolean({ description: "Stored membership" }),
              since: Type.Union([Type.String(), Type.Null()]),
              explanation: Type.Unknown({
                description: "{node, truth, sentence, path?, op?, value?, observed?, broken?, children?}",
              }),
            }),
            ...errorResponses(401, 403, 404),
          },
        },
      },
      async ({ params: { id }, query }) => {
        const audience = deps.find(id);
        const profile = await deps.profiles.get(query.profile);
        const { memberships } = profile.state;
        const membership = Object.hasOwn(memberships, audience.id) ? memberships[audience.id] : undefined;
        return {
          audienceId: audience.id,
          version: audience.version,
          profileId: profile.profileId,
          member: membership !== undefined,
          since: membership ? new Date(membership.since).toISOString() : null,
          explanation: audience.rule.explain(await deps.subjectOf(profile, audience.rule), deps.clock.now()),
        };
      },
    );

    app.post(
      "/v1/audiences/:id/restart",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Starts the computation of an audience that failed again",
          params,
          response: { 202: Type.Object({ audienceId: Type.String() }), ...errorResponses(401, 403, 404) },
        },
      },
      async ({ params: { id } }, reply) => {
        const audience = deps.find(id);
        await deps.restart(audience);
        return reply.status(202).send({ audienceId: audience.id });
      },
    );

    app.get(
      "/v1/rules/schema",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "JSON Schema of the rule language; attributes and their operators are in /v1/attributes",
          response: { 200: Type.Unknown(), ...errorResponses(401, 403) },
        },
      },
      async () => ruleSchema,
    );

    app.get(
      "/v1/attributes",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Attributes that rules may name, with type, operators and known values",
          response: { 200: Type.Object({ items: listOf(attribute) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({
        items: deps.rules
          .attributes()
          .list()
          .map(({ path, label, type, values, closed }) => ({
            path,
            label,
            type,
            operators: [...operatorsByType[type], "exists", "not_exists"],
            ...(values ? { values } : {}),
            ...(closed === undefined ? {} : { closed }),
            ...(unreleasedAttribute(path, deps.rules.catalog().attributes) ? { isForPriceRules: false } : {}),
          })),
      }),
    );
  };
}

function afterOf(cursor: string): string {
  const [after] = decodeCursor(cursor, 1) ?? [];
  if (typeof after !== "string" || !isUuid(after)) {
    throw new ClienteleError("http.badRequest", "the cursor is not one that this list gave");
  }
  return after;
}

async function labelsOf(
  profileIds: readonly string[],
  profiles: Pick<ProfileSource, "linksOf">,
): Promise<ReadonlyMap<string, string>> {
  const links = await profiles.linksOf(profileIds);
  return new Map(profileIds.map((id) => [id, labelOf(links.filter(({ profileId }) => profileId === id))]));
}
