import type pg from "pg";
import type { JsonValue } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import type { SecretMap } from "../secrets/secret-box.ts";
import type { SqlSource } from "../sources/source.ts";
import { innerQuery } from "./check-query.ts";
import { createPostgresClient } from "./connect.ts";
import { translateSqlError } from "./sql-errors.ts";
import { keyColumn, placeColumn, type SqlReader, toPlaced } from "./sql-reader.ts";

const connectTimeoutMs = 15_000;
const graceMs = 5_000;
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const oids = {
  bool: 16,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  json: 114,
  jsonb: 3802,
  timestamp: 1114,
  timestamptz: 1184,
};
const asNumber = new Set([oids.int2, oids.int4]);

/** `2026-01-01 10:00:00.5+00` as ISO 8601; the session speaks UTC. Digits that a Date would lose stay. */
function toIso(text: string, hasZone: boolean): string {
  const iso = text.replace(" ", "T");
  return hasZone ? iso.replace(/\+00(:00)?$/, "Z") : iso;
}

// Everything as text but what JSON has itself: money and large numbers keep their digits.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) => (text: string) => {
    if (asNumber.has(oid)) return Number(text);
    if (oid === oids.bool) return text === "t";
    if (oid === oids.json || oid === oids.jsonb) return JSON.parse(text);
    if (oid === oids.timestamp || oid === oids.timestamptz) return toIso(text, oid === oids.timestamptz);
    return text;
  },
};

export async function createPostgresReader(config: SqlSource, secrets: SecretMap): Promise<SqlReader> {
  const { host, query, cursorColumn, keyColumns, statementTimeoutMs } = config;
  const client = createPostgresClient(config, secrets, {
    types,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + graceMs,
    options: "-c default_transaction_read_only=on -c timezone=UTC -c datestyle=ISO",
  });
  const run = async (text: string, params: readonly JsonValue[] = []): Promise<readonly Row[]> => {
    try {
      return (await client.query<Row & pg.QueryResultRow>(text, [...params])).rows;
    } catch (error) {
      throw translateSqlError(error, host);
    }
  };
  try {
    await client.connect();
  } catch (error) {
    throw translateSqlError(error, host);
  }

  const names = [cursorColumn, ...keyColumns].map((name) => `s.${quote(name)}`);
  const own = [
    `${names[0]}::text as ${placeColumn}`,
    ...keyColumns.map((name, index) => `s.${quote(name)}::text as ${keyColumn(index)}`),
  ];
  const order = names.join(", ");
  return {
    page: async (after, limit) => {
      const params = after ? [after.at, ...after.keys] : [];
      const marks = params.map((_, index) => `$${index + 1}`).join(", ");
      const where = after ? `(${order}) > (${marks})` : `${names[0]} is not null`;
      const text = `select s.*, ${own.join(", ")} from (\n${innerQuery(query)}\n) s where ${where} order by ${order} limit ${limit}`;
      return (await run(text, params)).map((row) => toPlaced(row, keyColumns.length));
    },
    scan: async function* (portion) {
      await run("begin isolation level repeatable read read only");
      await run(`declare clientele_rows no scroll cursor for select s.* from (\n${innerQuery(query)}\n) s`);
      for (;;) {
        const rows = await run(`fetch forward ${portion} from clientele_rows`);
        if (rows.length === 0) break;
        yield rows;
      }
      await run("rollback");
    },
    close: () => client.end(),
  };
}
