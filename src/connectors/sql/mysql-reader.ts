import type { RowDataPacket } from "mysql2";
import type { Connection } from "mysql2/promise";
import type { JsonValue } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import type { SecretMap } from "../secrets/secret-box.ts";
import type { SqlSource } from "../sources/source.ts";
import { innerQuery } from "./check-query.ts";
import { openMysqlConnection } from "./connect.ts";
import { translateSqlError } from "./sql-errors.ts";
import { keyColumn, placeColumn, type SqlReader, toPlaced } from "./sql-reader.ts";

const connectTimeoutMs = 15_000;
const graceMs = 5_000;
const quote = (name: string) => `\`${name.replaceAll("`", "``")}\``;

/** Values as JSON has them; times as ISO 8601 in UTC, digits of decimals kept. */
function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  // A column of type json comes parsed.
  if (typeof value === "object") return value as JsonValue;
  return String(value);
}

const toRow = (packet: RowDataPacket): Row =>
  Object.fromEntries(Object.entries(packet).map(([name, value]) => [name, toJson(value)]));

/** MySQL and MariaDB limit statements by different variables; each knows only its own. */
async function limitStatements(connection: Connection, timeoutMs: number): Promise<void> {
  try {
    await connection.query(`set session max_execution_time = ${timeoutMs}`);
  } catch {
    await connection.query(`set session max_statement_time = ${timeoutMs / 1000}`);
  }
}

export async function createMysqlReader(config: SqlSource, secrets: SecretMap): Promise<SqlReader> {
  const { host, query, cursorColumn, keyColumns, statementTimeoutMs } = config;
  const raw = openMysqlConnection(config, secrets, {
    connectTimeout: connectTimeoutMs,
    dateStrings: true,
    decimalNumbers: false,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const connection = raw.promise();
  try {
    await connection.query("set session transaction read only");
    await connection.query("set session time_zone = '+00:00'");
    await limitStatements(connection, statementTimeoutMs);
  } catch (error) {
    raw.destroy();
    throw translateSqlError(error, host);
  }

  const names = [cursorColumn, ...keyColumns].map((name) => `s.${quote(name)}`);
  const own = [
    `cast(${names[0]} as char) as ${placeColumn}`,
    ...keyColumns.map((name, index) => `cast(s.${quote(name)} as char) as ${keyColumn(index)}`),
  ];
  const order = names.join(", ");
  /** `(a, b) > (x, y)` written out: MySQL compares such rows without an index, and texts with numbers as floats. */
  const after = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      [...names.slice(0, index).map((name) => `${name} = ?`), `${names[index]} > ?`].join(" and "),
    )
      .map((part) => `(${part})`)
      .join(" or ");
  return {
    page: async (place, limit) => {
      const values = place ? [place.at, ...place.keys] : [];
      const params = values.flatMap((_, index) => values.slice(0, index + 1));
      const where = place ? after(values.length) : `${names[0]} is not null`;
      const sql = `select s.*, ${own.join(", ")} from (\n${innerQuery(query)}\n) s where ${where} order by ${order} limit ${limit}`;
      try {
        const [rows] = await connection.query<RowDataPacket[]>({
          sql,
          values: params,
          timeout: statementTimeoutMs + graceMs,
        });
        return rows.map((row) => toPlaced(toRow(row), keyColumns.length));
      } catch (error) {
        throw translateSqlError(error, host);
      }
    },
    scan: async function* (portion) {
      try {
        await connection.query("set session transaction isolation level repeatable read");
        await connection.query("start transaction with consistent snapshot, read only").catch(async () => {
          await connection.query("start transaction read only");
        });
        const stream = raw.query(`select s.* from (\n${innerQuery(query)}\n) s`).stream({ highWaterMark: portion });
        let rows: Row[] = [];
        for await (const packet of stream) {
          rows.push(toRow(packet as RowDataPacket));
          if (rows.length < portion) continue;
          yield rows;
          rows = [];
        }
        if (rows.length > 0) yield rows;
        await connection.query("rollback");
      } catch (error) {
        throw translateSqlError(error, host);
      }
    },
    close: async () => {
      connection.destroy();
    },
  };
}
