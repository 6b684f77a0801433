import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, type Clock, decodeCursor, isUuid, toPage } from "../kernel/index.ts";
import { type CompiledRule, operatorsByType, type RuleSubject } from "../kernel/rules/index.ts";
import type { Profile } from "../profiles/index.ts";
import type { AudienceRules } from "./audience-rules.ts";
import type { LiveAudience } from "./audience-set.ts";
import type { ProfileSource } from "./backfill.ts";
import { labelOf, type Preview } from "./preview.ts";
import type { AudienceStore, Backfill } from "./store.ts";

export type AudienceRouteDeps = {
  readonly store: AudienceStore;
  readonly rules: AudienceRules;
  readonly clock: Clock;
  readonly profiles: Pick<ProfileSource, "linksOf"> & { readonly get: (profileId: string) => Promise<Profile> };
  /** A live audience by id or key. */
  readonly find: (reference: string) => LiveAudience | undefined;
  readonly subjectOf: (profile: Profile) => RuleSubject;
  readonly backfillOf: (audienceId: string) => Backfill | undefined;
  readonly preview: (rule: CompiledRule) => Promise<Preview>;
};

const tags = ["Audiences"];
const params = Type.Object({ id: Type.String({ maxLength: 200, description: "Id or key" }) });
const progress = Type.Object({
  status: Type.Union([Type.Literal("computing"), Type.Literal("live"), Type.Literal("failed")]),
  done: Type.Integer(),
  total: Type.Integer(),
});
const member = Type.Object({ profileId: Type.String(), label: Type.String(), since: Type.String() });
const attribute = Type.Object({
  path: Type.String(),
  label: Type.String(),
  type: Type.String(),
  operators: listOf(Type.String()),
  values: Type.Optional(listOf(Type.String())),
  closed: Type.Optional(Type.Boolean()),
});
const preview = Type.Object({
  count: Type.Integer({ description: "Profiles that the rule selects" }),
  share: Type.Number({ description: "0 to 1 of all profiles" }),
  total: Type.Integer(),
  exact: Type.Boolean(),
  exactness: Type.Union([Type.Literal("exact"), Type.Literal("sampled"), Type.Literal("in_call")]),
  margin: Type.Integer({ description: "Half width of the 95 % interval, in profiles" }),
  samples: listOf(Type.Object({ profileId: Type.String(), label: Type.String() })),
  tookMs: Type.Integer(),
});

/** Members, explanations and estimates of audiences, and the attributes that rules may name. */
export function createAudienceRoutes(deps: AudienceRouteDeps): FastifyPluginAsyncTypebox {
  const find = (reference: string): LiveAudience => {
    const audience = deps.find(reference);
    if (!audience) throw new ClienteleError("audiences.notFound", `there is no live audience ${reference}`);
    return audience;
  };
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
        const audience = find(id);
        const rows = await deps.store.members(audience.id, cursor === undefined ? null : afterOf(cursor), limit);
        const page = toPage(rows, limit, ({ profileId }) => [profileId]);
        const labels = await labelsOf(
          page.items.map(({ profileId }) => profileId),
          deps.profiles,
        );
        const state = deps.backfillOf(audience.id);
        return {
          ...page,
          items: page.items.map(({ profileId, since }) => ({
            profileId,
            label: labels.get(profileId) ?? profileId,
            since: new Date(since).toISOString(),
          })),
          total: await deps.store.countMembers(audience.id),
          ...(state ? { progress: { status: state.status, done: state.done, total: state.total } } : {}),
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
        const audience = find(id);
        const profile = await deps.profiles.get(query.profile);
        const { memberships } = profile.state;
        const membership = Object.hasOwn(memberships, audience.id) ? memberships[audience.id] : undefined;
        return {
          audienceId: audience.id,
          version: audience.version,
          profileId: profile.profileId,
          member: membership !== undefined,
          since: membership ? new Date(membership.since).toISOString() : null,
          explanation: audience.rule.explain(deps.subjectOf(profile), deps.clock.now()),
        };
      },
    );

    app.post(
      "/v1/audiences/preview",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How many profiles a rule selects, exact or estimated within two seconds, with samples",
          body: Type.Object({ rule: Type.Unknown(), timezone: Type.Optional(Type.String({ maxLength: 60 })) }),
          response: { 200: preview, ...errorResponses(400, 401, 403, 422) },
        },
      },
      async ({ body: { rule, timezone } }) => {
        const faults = deps.rules.faultsOf(rule, "audience", "/rule", timezone);
        if (faults.length > 0) {
          throw new ClienteleError("rules.invalid", `the rule has ${faults.length} faults; see details`, {
            details: faults,
          });
        }
        return deps.preview(deps.rules.compile(rule, { timezone, use: "audience" }));
      },
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
