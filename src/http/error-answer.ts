import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { ClienteleError, type ErrorCode, type ErrorDetail } from "../kernel/index.ts";

/** The body of every failed answer. */
const errorAnswerSchema = Type.Object(
  {
    error: Type.Object({
      id: Type.String({ description: "Also in the server's log" }),
      code: Type.String(),
      message: Type.String(),
      details: Type.Optional(
        Type.Immutable(Type.Array(Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() }))),
      ),
    }),
  },
  { description: "The request failed" },
);

/** Response schemas for the failures of a route: `...errorResponses(401, 403)`; without arguments, all of the caller's. */
export function errorResponses(): { "4xx": typeof errorAnswerSchema };
export function errorResponses<const S extends number>(...statuses: readonly S[]): Record<S, typeof errorAnswerSchema>;
export function errorResponses(...statuses: readonly number[]): Record<string, typeof errorAnswerSchema> {
  const names = statuses.length === 0 ? ["4xx"] : statuses.map(String);
  return Object.fromEntries(names.map((name) => [name, errorAnswerSchema]));
}

// Fastify's own failures that are the caller's fault, in our codes.
const codeByFastifyCode: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "http.tooLarge",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "http.unsupportedMediaType",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "http.badRequest",
  FST_ERR_BAD_URL: "http.badRequest",
  FST_ERR_NOT_FOUND: "http.notFound",
};

function fastifyCode(error: Error): ErrorCode | undefined {
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  return (
    codeByFastifyCode[error.code] ?? (status < 500 && error.code.startsWith("FST_") ? "http.badRequest" : undefined)
  );
}

/** SQLSTATE of texts that no database takes: a zero byte, half of a character. Only a request can bring one. */
const unstorable = new Set(["22021", "22P05"]);

/** Any thrown thing as an error of the catalogue; unknown ones become `http.internal` with the thing as cause. */
export function toClienteleError(error: unknown): ClienteleError {
  if (error instanceof ClienteleError) return error;
  if (error instanceof Error) {
    const code = fastifyCode(error);
    if (code !== undefined) return new ClienteleError(code, error.message, { cause: error });
    if ("code" in error && typeof error.code === "string" && unstorable.has(error.code))
      return new ClienteleError("http.badRequest", "a text holds a zero byte or a broken character", { cause: error });
    // The client went away in the middle of its body.
    if ("code" in error && error.code === "ECONNRESET")
      return new ClienteleError("http.badRequest", "the request was cut off", { cause: error });
  }
  return new ClienteleError("http.internal", "unexpected failure", { cause: error });
}

type ErrorAnswer = {
  readonly error: {
    readonly id: string;
    readonly code: string;
    readonly message: string;
    readonly details?: readonly ErrorDetail[];
  };
};

const hiddenMessage = "The server failed. Look up the id in its log.";

function errorAnswer(error: ClienteleError, id: string): ErrorAnswer {
  const message =
    error.status === 503 ? "The server cannot answer now." : error.status >= 500 ? hiddenMessage : error.message;
  const details = error.status < 500 && error.details.length > 0 ? { details: error.details } : {};
  return { error: { id, code: error.code, message, ...details } };
}

/** Logs a failure and answers it in the one shape of the API. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toClienteleError(thrown);
  if (error.status >= 500) request.log.error({ err: error, code: error.code }, "request failed");
  else request.log.debug({ code: error.code, detail: error.message }, "request refused");
  reply
    .code(error.status)
    .header("content-type", "application/json; charset=utf-8")
    .header("x-content-type-options", "nosniff")
    .header("cache-control", "no-store");
  const waitSeconds = error.retryAfterSeconds ?? (error.status === 503 || error.status === 429 ? 1 : undefined);
  if (waitSeconds !== undefined) {
    reply.header("retry-after", String(Math.max(1, Math.ceil(waitSeconds))));
  }
  // Serialised here: the response schema of the route may not know this status.
  reply.send(JSON.stringify(errorAnswer(error, request.id)));
}
