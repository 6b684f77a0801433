import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../http/index.ts";
import type { Duplicates } from "./create-duplicates.ts";
import type { Proposal, Run } from "./proposal.ts";
import { detailSchema, listedSchema, proposalSchema, reportSchema, statusSchema } from "./schemas.ts";
import { sideBySide } from "./side-by-side.ts";

const tags = ["Duplicates"];
const Params = Type.Object({ id: Type.String({ format: "uuid" }) });

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

function proposalJson({ foundAt, updatedAt, closedAt, explanation, ...proposal }: Proposal) {
  return {
    ...proposal,
    reasons: explanation?.fields.map(({ text }) => text) ?? [],
    foundAt: iso(foundAt),
    updatedAt: iso(updatedAt),
    closedAt: isoOrNull(closedAt),
  };
}

function runJson(run: Run) {
  const durationMs = run.finishedAt === null ? null : run.finishedAt - run.startedAt;
  return { ...run, startedAt: iso(run.startedAt), finishedAt: isoOrNull(run.finishedAt), durationMs };
}

function decidedBy({ auth, id }: FastifyRequest) {
  return { actor: auth.actor, via: auth.kind === "session" ? ("ui" as const) : ("api" as const), requestId: id };
}

function mayReadPersons({ auth }: FastifyRequest): boolean {
  return auth.scopes.includes("personal-data");
}

type Face = Omit<Duplicates, "routes" | "refresh" | "report" | "forget" | "stop">;

/** Proposals for the admin: list, look, decide. */
export function createDuplicateRoutes(duplicates: Face): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/duplicates",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Pairs of profiles that may be one person, most probable first; names need the scope personal-data",
          querystring: Type.Object({
            ...pageQuerySchema,
            status: Type.Optional(statusSchema),
            profileId: Type.Optional(Type.String({ format: "uuid", description: "Only pairs with this profile" })),
            minProbability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
          }),
          response: { 200: pageSchema(listedSchema), ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const page = await duplicates.list(request.query);
        const ids = mayReadPersons(request) ? page.items.flatMap(({ profileA, profileB }) => [profileA, profileB]) : [];
        const names = await duplicates.names(ids);
        return {
          ...page,
          items: page.items.map((proposal) => ({
            ...proposalJson(proposal),
            nameA: names.get(proposal.profileA) ?? null,
            nameB: names.get(proposal.profileB) ?? null,
          })),
        };
      },
    );

    app.get(
      "/v1/duplicates/report",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How many proposals there are, how they were decided, and the last runs",
          response: { 200: reportSchema, ...errorResponses(401, 403) },
        },
      },
      async () => {
        const { counts, runs } = await duplicates.summary();
        const last = runs.find(({ report }) => report !== null)?.report ?? null;
        const decided = counts.merged + counts.dismissed;
        return {
          counts,
          openPerThousandProfiles: last && last.compared > 0 ? (1_000 * counts.open) / last.compared : null,
          mergedRatio: decided > 0 ? counts.merged / decided : null,
          lastRun: runs[0] ? runJson(runs[0]) : null,
          runs: runs.map(runJson),
        };
      },
    );

    app.post(
      "/v1/duplicates/run",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Compare profiles now; the report tells when it is done",
          response: { 202: Type.Object({ runId: Type.String() }), ...errorResponses(401, 403, 409) },
        },
      },
      async (request, reply) => {
        const runId = await duplicates.run(request.auth.actor);
        return reply.code(202).send({ runId });
      },
    );

    app.get(
      "/v1/duplicates/:id",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One pair side by side with the weight of each field; values need the scope personal-data",
          params: Params,
          response: { 200: detailSchema, ...errorResponses(401, 403, 404) },
        },
      },
      async (request) => {
        const { proposal, a, b } = await duplicates.detail(request.params.id);
        const mayRead = mayReadPersons(request);
        return {
          ...proposalJson(proposal),
          isMasked: !mayRead,
          currentProfileA: a?.id ?? null,
          currentProfileB: b?.id ?? null,
          prior: proposal.explanation?.prior ?? null,
          household: proposal.explanation?.household ?? null,
          fields: sideBySide(proposal, a, b, mayRead),
        };
      },
    );

    for (const [path, decide, summary] of [
      ["merge", duplicates.merge, "Make one profile of the two"],
      ["dismiss", duplicates.dismiss, "Keep the two apart for good"],
    ] as const) {
      app.post(
        `/v1/duplicates/:id/${path}`,
        {
          config: { access: "edit" },
          schema: {
            tags,
            summary,
            params: Params,
            response: { 200: proposalSchema, ...errorResponses(401, 403, 404, 409) },
          },
        },
        async (request) => proposalJson(await decide(request.params.id, decidedBy(request))),
      );
    }
  };
}
