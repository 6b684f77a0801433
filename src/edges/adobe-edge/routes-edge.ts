import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from "fastify";
import { isTrusted } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { type Answer, locationHint } from "./answer.ts";
import { acquireIdentity, setConsent } from "./handle-consent.ts";
import { collect, type HandleDeps, interact } from "./handle-events.ts";
import { answerProblem } from "./problem-answer.ts";
import { datastreamOf, type EdgeCall, readCall, requestIdOf } from "./read-call.ts";
import { objectOf } from "./values.ts";

// The documented limit of the original.
const bodyLimit = 65_536;
const tags = ["Adobe Edge"];

function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.errors === undefined ? 200 : 207);
  return reply.header("content-type", "application/json;charset=utf-8").send(JSON.stringify(answer));
}

/** The Edge protocol of Adobe's Web SDK and of its server API. */
export function registerEdgeRoutes(app: FastifyInstance, deps: HandleDeps): void {
  const { orgIds } = deps.settings;
  app.setErrorHandler(answerProblem);
  // With the answer: the headers of other origins are set after this plugin's hooks on the request.
  app.addHook("onSend", (request, reply, _payload, done) => {
    reply.header("access-control-expose-headers", "Retry-After, X-Adobe-Edge, X-Request-ID");
    reply.header("x-adobe-edge", `${locationHint.toUpperCase()};1`);
    reply.header("x-request-id", requestIdOf(request) ?? request.id);
    done();
  });

  type Handler = (
    request: FastifyRequest<RouteGenericInterface>,
    call: EdgeCall,
    reply: FastifyReply,
  ) => Promise<FastifyReply>;

  // Every path also with the location hint that the client took from its cookie, whatever it is.
  const browser = (action: string, summary: string, handle: Handler): void => {
    for (const path of [`/ee/v1/${action}`, `/ee/:hint/v1/${action}`]) {
      app.post(
        path,
        {
          bodyLimit,
          config: { access: "write-key", corsCredentials: true, quiet: true, writeKeyFrom: datastreamOf },
          schema: { tags, summary, hide: path.includes(":hint") },
        },
        async (request, reply) => handle(request, readCall(request, 1, orgIds), reply),
      );
    }
  };
  browser(
    "interact",
    "Events of Adobe's Web SDK, answered with identity, decisions and audiences",
    async (request, call, reply) => sendAnswer(reply, await interact(request, call, deps)),
  );
  browser("collect", "Events of Adobe's Web SDK without an answer", async (request, call, reply) => {
    await collect(request, call, deps);
    return reply.code(204).send();
  });
  browser("identity/acquire", "Identity of a browser with Adobe's Web SDK", async (_request, call, reply) =>
    sendAnswer(reply, acquireIdentity(call, deps)),
  );
  browser("privacy/set-consent", "Consent of a browser with Adobe's Web SDK", async (request, call, reply) =>
    sendAnswer(reply, await setConsent(request, call, deps)),
  );

  const server = (action: string, summary: string, handle: Handler): void => {
    app.post(
      `/ee/v2/${action}`,
      {
        bodyLimit,
        config: { access: "write-key", cors: true, corsCredentials: true, quiet: true },
        schema: { tags, summary },
      },
      async (request, reply) => {
        if (!isTrusted(request.auth))
          throw new ClienteleError(
            "adobe.notAuthenticated",
            "the server API needs a token, or the key of a server source",
          );
        return handle(request, readCall(request, 2, orgIds), reply);
      },
    );
  };
  server("interact", "One event of Adobe's server API, answered", async (request, call, reply) =>
    sendAnswer(reply, await interact(request, call, deps)),
  );
  server("collect", "Events of Adobe's server API", async (request, call, reply) => {
    const errors = await collect(request, call, deps);
    if (objectOf(request.query)["silent"] === "true") return reply.code(204).send();
    const answer = { requestId: call.requestId, ...(errors.length > 0 ? { errors } : {}) };
    return reply.code(202).header("content-type", "application/json;charset=utf-8").send(JSON.stringify(answer));
  });
}
