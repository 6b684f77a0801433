import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { type Auth, errorResponses, listOf } from "../http/index.ts";
import { ClienteleError, type Clock, isUuid } from "../kernel/index.ts";
import type { CompiledRule, RuleSubject } from "../kernel/rules/index.ts";
import type { Profile } from "../profiles/index.ts";
import type { AppliesTo } from "./audience-kind.ts";
import type { AudienceRules } from "./audience-rules.ts";
import type { LiveAudience } from "./audience-set.ts";
import type { ExactCounts } from "./exact-counts.ts";
import { maskedLabel, type Preview, type SamplePerson, type Selection } from "./preview.ts";
import { intersectionsOf, maxPoints, periodsBetween, sizeHistory } from "./size-history.ts";
import type { AudienceStore } from "./store.ts";

export type EstimateRouteDeps = {
  readonly store: Pick<AudienceStore, "estimates" | "countMembers">;
  readonly rules: AudienceRules;
  readonly clock: Clock;
  readonly getProfile: (profileId: string) => Promise<Profile>;
  /** A live audience by id or key. @throws {ClienteleError} `audiences.notFound` */
  readonly find: (reference: string) => LiveAudience;
  /** With the past events of leaves that profiles do not keep. */
  readonly subjectOf: (profile: Profile, rule: CompiledRule) => Promise<RuleSubject>;
  /** Whom a rule without faults selects. */
  readonly selectionOf: (draft: Draft) => Selection;
  readonly preview: (selection: Selection) => Promise<Preview>;
  readonly exact: Pick<ExactCounts, "begin" | "find">;
};

export type Draft = {
  readonly rule?: unknown;
  readonly timezone?: string | undefined;
  readonly appliesTo?: AppliesTo | undefined;
  readonly storeViews?: readonly string[] | null | undefined;
};

const tags = ["Audiences"];
const params = Type.Object({ id: Type.String({ maxLength: 200, description: "Id or key" }) });
const instant = Type.String({ format: "date-time" });
const appliesTo = Type.Optional(
  Type.Union([Type.Literal("registered"), Type.Literal("visitors"), Type.Literal("both")]),
);
const draft = {
  rule: Type.Unknown({ description: "A tree of the rule language" }),
  timezone: Type.Optional(Type.String({ maxLength: 60 })),
  storeViews: Type.Optional(
    Type.Union([Type.Null(), Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 200 })], {
      description: "Scope of the audience: only what happened in these store views counts; null = all",
    }),
  ),
};
const preview = Type.Object({
  count: Type.Integer({ description: "Profiles that the rule selects" }),
  share: Type.Number({ description: "0 to 1 of all profiles" }),
  total: Type.Integer({ description: "All profiles" }),
  exact: Type.Boolean(),
  exactness: Type.Union([Type.Literal("exact"), Type.Literal("sampled"), Type.Literal("in_call")]),
  margin: Type.Integer({ description: "Largest distance of the true number, in profiles; 0 = exact" }),
  low: Type.Integer(),
  high: Type.Integer(),
  confidence: Type.Number({ description: "Probability that the true number is from low to high" }),
  seen: Type.Integer({ description: "Profiles looked at" }),
  sample: listOf(Type.Object({ profileId: Type.String(), label: Type.String() })),
  warnings: listOf(Type.String()),
  estimateId: Type.Optional(Type.String({ description: "Ask GET /v1/audience-estimates/{id} for the exact count" })),
  tookMs: Type.Integer(),
});
const point = Type.Object({
  at: Type.String({ description: "Start of the period" }),
  size: Type.Integer({ description: "Members at its end" }),
  entered: Type.Integer(),
  exited: Type.Integer(),
});
const dayMs = 86_400_000;

/** Estimates of drafts, overlaps, sizes over time, and what a draft says of one person. */
export function createEstimateRoutes(deps: EstimateRouteDeps): FastifyPluginAsyncTypebox {
  const { store, clock } = deps;
  const selectionOf = (given: Draft): Selection => {
    const faults = deps.rules.faultsOf(given.rule, "audience", "/rule", given.timezone);
    if (faults.length > 0) {
      throw new ClienteleError("rules.invalid", `the rule has ${faults.length} faults; see details`, {
        details: faults,
      });
    }
    return deps.selectionOf(given);
  };
  return async (app) => {
    app.post(
      "/v1/audiences/preview",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How many profiles a rule selects, exact or estimated within two seconds, with sample people",
          body: Type.Object({
            ...draft,
            appliesTo,
            exact: Type.Optional(Type.Boolean({ description: "Also begin an exact count in the background" })),
            limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 10, description: "Sample people; default 10" })),
          }),
          response: { 200: preview, ...errorResponses(400, 401, 403, 422, 503) },
        },
      },
      async ({ body, auth }) => {
        const selection = selectionOf(body);
        const found = await deps.preview(selection);
        const wantsExact = body.exact === true && found.exactness === "sampled";
        const estimateId = wantsExact ? await deps.exact.begin(selection) : undefined;
        const sample = shown(found.sample, auth).slice(0, body.limit ?? found.sample.length);
        const warnings = [
          ...(found.exactness === "in_call"
            ? ["The rule looks at the request: it is decided in each call and has no stored members."]
            : []),
        ];
        return { ...found, sample, warnings, ...(estimateId ? { estimateId } : {}) };
      },
    );

    app.get(
      "/v1/audience-estimates/:id",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "An exact count that a preview began, with its progress in profiles",
          params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
          response: {
            200: Type.Object({
              estimateId: Type.String(),
              status: Type.Union([Type.Literal("computing"), Type.Literal("live"), Type.Literal("failed")]),
              done: Type.Integer(),
              total: Type.Integer(),
              count: Type.Union([Type.Integer(), Type.Null()]),
              reason: Type.Union([Type.String(), Type.Null()]),
            }),
            ...errorResponses(401, 403, 404),
          },
        },
      },
      async ({ params: { id } }) => {
        const found = isUuid(id) ? await deps.exact.find(id) : undefined;
        if (!found) throw new ClienteleError("audiences.estimateNotFound", `there is no estimate ${id}`);
        const { status, done, total, count, reason } = found;
        return { estimateId: id, status, done, total, count, reason };
      },
    );

    app.post(
      "/v1/audiences/overlap",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Sizes of two to five audiences and of all their intersections",
          body: Type.Object({
            audiences: Type.Array(Type.String({ maxLength: 200 }), { minItems: 2, maxItems: 5, uniqueItems: true }),
          }),
          response: {
            200: Type.Object({
              sizes: Type.Record(Type.String(), Type.Integer()),
              intersections: listOf(Type.Object({ audiences: listOf(Type.String()), count: Type.Integer() })),
            }),
            ...errorResponses(400, 401, 403, 404),
          },
        },
      },
      async ({ body: { audiences } }) => {
        const ids = audiences.map((reference) => deps.find(reference).id);
        if (new Set(ids).size < ids.length)
          throw new ClienteleError("http.badRequest", "the same audience is named twice, by key and by id");
        return intersectionsOf(audiences, await store.estimates.membersBySet(ids));
      },
    );

    app.get(
      "/v1/audiences/:id/history",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Size of an audience by hour or day in UTC, with entries and exits",
          params,
          querystring: Type.Object({
            from: Type.Optional(instant),
            to: Type.Optional(instant),
            step: Type.Optional(Type.Union([Type.Literal("hour"), Type.Literal("day")])),
          }),
          response: { 200: Type.Object({ items: listOf(point) }), ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params: { id }, query }) => {
        const audience = deps.find(id);
        const step = query.step ?? "day";
        const nowMs = clock.now();
        const to = Math.min(query.to === undefined ? nowMs : Date.parse(query.to), nowMs);
        const from = query.from === undefined ? to - (step === "day" ? 30 : 2) * dayMs : Date.parse(query.from);
        if (!(from < to) || periodsBetween(from, to, step) > maxPoints)
          throw new ClienteleError("http.badRequest", `from must be before to, with at most ${maxPoints} periods`);
        const movements = await store.estimates.movements(audience.id, from, to, step);
        const sizeNow = await store.countMembers(audience.id);
        const atEnd = to >= nowMs ? sizeNow : sizeNow - (await store.estimates.netSince(audience.id, to));
        return {
          items: sizeHistory(movements, { from, to, step }, atEnd).map((each) => ({
            ...each,
            at: new Date(each.at).toISOString(),
          })),
        };
      },
    );

    app.post(
      "/v1/audiences/explain",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Whether a draft selects a profile, leaf by leaf with the values seen",
          body: Type.Object({ ...draft, appliesTo, profileId: Type.String({ maxLength: 100 }) }),
          response: {
            200: Type.Object({ profileId: Type.String(), selected: Type.Boolean(), explanation: Type.Unknown() }),
            ...errorResponses(400, 401, 403, 404, 422),
          },
        },
      },
      async ({ body }) => {
        const { rule, isEligible = () => true } = selectionOf(body);
        const profile = await deps.getProfile(body.profileId);
        const explanation = rule.explain(await deps.subjectOf(profile, rule), clock.now());
        return { profileId: profile.profileId, selected: isEligible(profile) && explanation.truth, explanation };
      },
    );
  };
}

/** Names and addresses only for those who may see personal data. */
function shown(samples: readonly SamplePerson[], { scopes }: Pick<Auth, "scopes">): SamplePerson[] {
  if (scopes.includes("personal-data")) return [...samples];
  return samples.map(({ profileId, label }) => ({ profileId, label: maskedLabel(label) }));
}
