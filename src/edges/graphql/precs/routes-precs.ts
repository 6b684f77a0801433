import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { readCall } from "../read-call.ts";
import { answerClientUnits, answerPreconfigured } from "./answer-precs.ts";
import { type PrecsCall, readPrecsCall } from "./precs-call.ts";

const base = "/recs/v1/precs";
const bodyLimit = 256_000;
const tags = ["Adobe storefront"];

/** The client sends one fixed key for everybody; what is its own is the environment. */
const environmentOf = (request: FastifyRequest) => readPrecsCall(request.body).environmentId;

/** The REST service that Adobe's older recommendations client talks to. */
export function registerPrecsRoutes(app: FastifyInstance, deps: GraphqlDeps): void {
  const config = { access: "discovery", quiet: true, keyInBody: true, writeKeyFrom: environmentOf } as const;
  const read = (request: FastifyRequest): readonly [ReturnType<typeof readCall>, PrecsCall] => {
    const body = readPrecsCall(request.body);
    return [readCall(request, deps, deps.catalog.current(), body.storeView), body];
  };
  app.addHook("onSend", (_request, reply, _payload, done) => {
    reply.header("cache-control", "private, no-store");
    done();
  });
  app.get(
    `${base}/ping`,
    {
      config: { access: "public", cors: true, quiet: true },
      schema: { tags, summary: "Whether recommendations answer" },
    },
    async () => ({ status: "OK" }),
  );
  app.post(
    `${base}/recommendations`,
    { bodyLimit, config, schema: { tags, summary: "Units that Adobe's REST client makes from signals" } },
    async (request) => {
      const [call, body] = read(request);
      return answerClientUnits(deps, call, body);
    },
  );
  app.post(
    `${base}/preconfigured`,
    { bodyLimit, config, schema: { tags, summary: "The units of a kind of page, for Adobe's REST client" } },
    async (request) => {
      const [call, body] = read(request);
      return answerPreconfigured(deps, call, body);
    },
  );
  app.post<{ Params: { unitId: string } }>(
    `${base}/preconfigured/units/:unitId`,
    {
      bodyLimit,
      config,
      schema: {
        tags,
        summary: "One unit, for Adobe's REST client",
        params: Type.Object({ unitId: Type.String({ maxLength: 200 }) }),
      },
    },
    async (request) => {
      const [call, body] = read(request);
      return answerPreconfigured(deps, call, body, request.params.unitId);
    },
  );
}
