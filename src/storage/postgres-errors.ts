import { ClienteleError } from "../kernel/index.ts";

const unavailableCodes = new Set([
  ...["57P01", "57P02", "57P03", "08000", "08001", "08003", "08006", "53300"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH"],
]);
const timeoutCodes = new Set(["57014", "55P03", "25P03"]);
const diskFullCodes = new Set(["53100", "ENOSPC"]);
// Errors of `pg` itself carry no code, only these texts.
const readTimeout = "Query read timeout";
const lostConnection = /Connection terminated|not queryable|Client was closed/;
const waitedTooLong = /timeout exceeded when trying to connect/;

/** SQLSTATE of a PostgreSQL error or errno of a socket error; empty for anything else. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The connection may still be busy with the statement, or be gone: nothing may be sent on it any more. */
export function breaksConnection(error: unknown): boolean {
  const cause = error instanceof ClienteleError ? error.cause : error;
  if (!(cause instanceof Error)) return false;
  return cause.message === readTimeout || lostConnection.test(cause.message) || unavailableCodes.has(codeOf(cause));
}

/** Engine faults become errors of ours; faults of a statement (a constraint, a syntax error) keep their code. */
export function translatePostgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ClienteleError) return error;
  const code = codeOf(error);
  if (diskFullCodes.has(code))
    return new ClienteleError("storage.diskFull", "PostgreSQL has no disk space left", {
      cause: error,
      retryAfterSeconds: 10,
    });
  if (timeoutCodes.has(code) || error.message === readTimeout) {
    return new ClienteleError("storage.timeout", "PostgreSQL took longer than the limit of the statement", {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  if (waitedTooLong.test(error.message)) {
    const message =
      "no PostgreSQL connection became free in time: transactions are too long, or one waits for a statement outside itself";
    return new ClienteleError("storage.timeout", message, { cause: error, retryAfterSeconds: 1 });
  }
  if (unavailableCodes.has(code) || lostConnection.test(error.message)) {
    return new ClienteleError("storage.unavailable", "PostgreSQL does not answer", {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  return error;
}
