import type { FastifyReply, FastifyRequest } from "fastify";
import { toClienteleError } from "../../http/index.ts";
import type { ErrorCode } from "../../kernel/index.ts";

/** Our status → the one this protocol uses: its clients try another host at 5xx and at nothing else. */
const statusByCode: Partial<Record<ErrorCode, number>> = { "access.unauthorized": 403 };

/** Logs a failure and answers it in the shape of this protocol. */
export function sendAlgoliaError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toClienteleError(thrown);
  const status = statusByCode[error.code] ?? error.status;
  if (status >= 500) request.log.error({ err: error, code: error.code }, "request failed");
  else request.log.debug({ code: error.code, detail: error.message }, "request refused");
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", String(Math.ceil(error.retryAfterSeconds)));
  const message = status < 500 ? error.message : "the server cannot answer now";
  reply
    .code(status)
    .header("content-type", "application/json; charset=utf-8")
    .header("cache-control", "no-store")
    // Serialised here: the response schema of the route may not know this status.
    .send(JSON.stringify({ message, status, code: error.code, id: request.id }));
}
