import type { FastifyReply, FastifyRequest } from "fastify";
import { toClienteleError } from "../../http/index.ts";
import { ClienteleError, type ErrorCode } from "../../kernel/index.ts";

/** Code → status where this protocol wants another than ours: its clients split a batch at 413, and drop it at any 4xx. */
const statusByCode: Partial<Record<ErrorCode, number>> = { "collect.eventTooLarge": 413 };

function statusOf(error: ClienteleError): number {
  return statusByCode[error.code] ?? error.status;
}

/** Logs a failure and answers it in the shape of this protocol. 429 and 503 always say when to come back. */
export function sendSegmentError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toClienteleError(thrown);
  const status = statusOf(error);
  if (status >= 500) request.log.error({ err: error, code: error.code }, "request failed");
  else request.log.debug({ code: error.code, detail: error.message }, "request refused");
  const waitSeconds = error.retryAfterSeconds ?? (status === 429 || status === 503 ? 1 : undefined);
  if (waitSeconds !== undefined) reply.header("retry-after", String(Math.max(1, Math.ceil(waitSeconds))));
  const message = status < 500 ? error.message : "the server cannot answer now";
  reply
    .code(status)
    .header("content-type", "application/json; charset=utf-8")
    .header("cache-control", "no-store")
    // Serialised here: the response schema of the route may not know this status.
    .send(JSON.stringify({ success: false, message, code: error.code, id: request.id }));
}

/** The refusal of a message that came alone. Status 400, or 413 where it is too large, whatever the code means elsewhere. */
export function refusalOf(rejected: { readonly code: ErrorCode; readonly message: string }): ClienteleError {
  const error = new ClienteleError(rejected.code, rejected.message);
  if (error.status === 400) return error;
  return new ClienteleError("http.badRequest", rejected.message);
}
