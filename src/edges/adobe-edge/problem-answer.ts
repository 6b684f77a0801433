import type { FastifyReply, FastifyRequest } from "fastify";
import { ClienteleError } from "../../kernel/index.ts";
import { toProblem } from "./problems.ts";
import { datastreamOf, requestIdOf } from "./read-call.ts";

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** Any failure of an Edge route as one of the catalogue; a key that is none is named after the place it came from. */
function toError(error: unknown, isServerApi: boolean): ClienteleError {
  if (error instanceof ClienteleError) {
    if (error.code !== "access.unauthorized") return error;
    return isServerApi
      ? new ClienteleError("adobe.notAuthenticated", "the Authorization header holds no valid token")
      : new ClienteleError("adobe.datastream", "configId is no write key of this deployment");
  }
  const code = codeOf(error);
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new ClienteleError("http.tooLarge", "the body is larger than 64 KiB");
  if (typeof code === "string" && (code.startsWith("FST_ERR_CTP") || code === "ECONNRESET"))
    return new ClienteleError("http.badRequest", "the request cannot be read", { cause: error });
  return new ClienteleError("http.internal", "unexpected failure", { cause: error });
}

/** Error handler of the Edge routes: problem documents, `Retry-After` where a repeat makes sense. */
export function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toError(thrown, request.routeOptions.url?.includes("/v2/") ?? false);
  if (error.status >= 500) request.log.error({ err: error, code: error.code }, "request failed");
  else request.log.debug({ code: error.code, detail: error.message }, "request refused");
  const waitSeconds = error.retryAfterSeconds ?? (error.status === 503 || error.status === 429 ? 1 : undefined);
  if (waitSeconds !== undefined) reply.header("retry-after", String(Math.max(1, Math.ceil(waitSeconds))));
  reply
    .code(error.status)
    .header("content-type", "application/problem+json")
    .header("cache-control", "no-store")
    .send(JSON.stringify(toProblem(error, requestIdOf(request) ?? request.id, datastreamOf(request))));
}
