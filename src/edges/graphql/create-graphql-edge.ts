import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { toClienteleError } from "../../http/index.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import { registerPrecsRoutes } from "./precs/routes-precs.ts";
import { readCall, scopeHeaders, writeKeyOf } from "./read-call.ts";
import { type QueryRequest, readQuery } from "./read-query.ts";
import { createQueryRunner } from "./run-query.ts";

const tags = ["Adobe storefront"];
const bodyLimit = 256_000;
const paths = ["/graphql", "/graphql/:key"];

const querySchema = Type.Object({
  query: Type.Optional(Type.String({ description: "GraphQL document" })),
  variables: Type.Optional(Type.String({ description: "JSON object" })),
  operationName: Type.Optional(Type.String()),
});

/**
 * Adobe's GraphQL of catalog service and store, for its storefront drop-ins: search, recommendations, products, personalization.
 *
 * The older REST recommendations answer under `/recs/v1/precs`. GET and POST on `/graphql`; the write key comes in `x-api-key`, `magento-environment-id` or as `/graphql/{key}`.
 */
export function createGraphqlEdge(deps: GraphqlDeps): FastifyPluginAsync {
  const run = createQueryRunner(deps);

  const answer = async (request: FastifyRequest, reply: FastifyReply, query: QueryRequest): Promise<FastifyReply> => {
    const { status, body } = await run(query, readCall(request, deps, deps.catalog.current()));
    return reply.code(status).header("content-type", "application/json; charset=utf-8").send(JSON.stringify(body));
  };

  const register = async (app: FastifyInstance): Promise<void> => {
    app.setErrorHandler(sendErrors);
    app.addHook("onSend", (_request, reply, _payload, done) => {
      reply.header("vary", ["Origin", ...scopeHeaders].join(", "));
      // An answer is of one shopper, and it counts as shown.
      reply.header("cache-control", "private, max-age=0, must-revalidate");
      done();
    });
    for (const path of paths) {
      const config = { access: "discovery", quiet: true, writeKeyFrom: writeKeyOf } as const;
      const hide = path.includes(":key");
      app.get(
        path,
        { config, schema: { tags, summary: "GraphQL of Adobe's storefront drop-ins", querystring: querySchema, hide } },
        async (request, reply) => answer(request, reply, readQuery(request.query, true)),
      );
      app.post(
        path,
        { bodyLimit, config, schema: { tags, summary: "GraphQL of Adobe's storefront drop-ins", hide } },
        async (request, reply) => answer(request, reply, readQuery(request.body, false)),
      );
    }
  };
  return async (app) => {
    await app.register(register);
    await app.register(async (inner) => registerPrecsRoutes(inner, deps));
  };
}

/** Failures before a query runs, in the form that GraphQL clients read. */
function sendErrors(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toClienteleError(thrown);
  if (error.status >= 500) request.log.error({ err: error, code: error.code }, "request failed");
  const message = error.status >= 500 ? "The server failed. Look up the request-id in its log." : error.message;
  if (error.retryAfterSeconds !== undefined)
    reply.header("retry-after", String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  reply
    .code(error.status)
    .header("content-type", "application/json; charset=utf-8")
    .send(
      JSON.stringify({
        errors: [{ message, extensions: { code: error.code } }],
        extensions: { "request-id": request.id },
      }),
    );
}
