import { ClienteleError } from "../kernel/index.ts";

const diskFullCodes = new Set(["243", "ENOSPC"]);
const timeoutCodes = new Set(["159", "160", "ETIMEDOUT"]);
const unavailableCodes = new Set([
  "209",
  "210",
  "236",
  "279",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);

/** Faults of the engine become errors of ours; faults of a statement (an unknown table, a type) keep theirs. */
export function translateClickHouseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  if (diskFullCodes.has(code) || /No space left on device|NOT_ENOUGH_SPACE/.test(error.message)) {
    return new ClienteleError("storage.diskFull", "ClickHouse has no disk space left", {
      cause: error,
      retryAfterSeconds: 10,
    });
  }
  if (timeoutCodes.has(code) || /^Timeout error/.test(error.message)) {
    return new ClienteleError("storage.timeout", "ClickHouse took longer than the limit of the statement", {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  if (unavailableCodes.has(code) || /socket hang up|connection is closed/i.test(error.message)) {
    return new ClienteleError("storage.unavailable", "ClickHouse does not answer", {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  return error;
}
