import { ClienteleError } from "../../kernel/index.ts";

const connection = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EPIPE",
  "PROTOCOL_CONNECTION_LOST",
  "57P01",
  "57P03",
  "08006",
]);
const refusal = /^(28|42501$|3D000$|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|ER_BAD_DB|ER_TABLEACCESS_DENIED)/;
const timeout = new Set(["57014", "ER_QUERY_TIMEOUT", "ER_STATEMENT_TIMEOUT", "PROTOCOL_SEQUENCE_TIMEOUT"]);

/** A failure of a foreign database in our words; its own message may quote data and stays in the log. */
export function translateSqlError(error: unknown, host: string): ClienteleError {
  if (error instanceof ClienteleError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (connection.has(code))
    return new ClienteleError("connectors.unreachable", `the database at ${host} does not answer: ${code}`, {
      cause: error,
    });
  if (refusal.test(code))
    return new ClienteleError("connectors.refused", `the database at ${host} refuses the user: ${code}`, {
      cause: error,
    });
  if (timeout.has(code))
    return new ClienteleError("connectors.unreachable", `the query took longer than its limit (${code})`, {
      cause: error,
    });
  return new ClienteleError(
    "connectors.badQuery",
    `the database at ${host} cannot run the query: ${code || "no code"}`,
    {
      cause: error,
    },
  );
}
