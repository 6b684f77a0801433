// The one way to a foreign database: who signs in, what is encrypted, and that a connection which breaks on its own ends nothing else.
import mysql, { type ConnectionOptions, type Connection as MysqlConnection } from "mysql2";
import pg from "pg";
import type { SecretMap } from "../secrets/secret-box.ts";

export type SqlServer = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: "off" | "require" | "verify";
};

function encryptionOf({ tls }: SqlServer, { ca }: SecretMap) {
  return tls === "off" ? undefined : { rejectUnauthorized: tls === "verify", ...(ca ? { ca } : {}) };
}

/** Not connected yet. Times in UTC are up to `options`. */
export function createPostgresClient(server: SqlServer, secrets: SecretMap, options: pg.ClientConfig): pg.Client {
  const { host, port, database, user } = server;
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password: secrets["password"],
    ssl: encryptionOf(server, secrets) ?? false,
    application_name: "clientele",
    ...options,
  });
  // A connection that breaks between two statements reports it here; the next statement fails by itself.
  client.on("error", () => undefined);
  return client;
}

/** Connects by itself; the first statement tells when that fails. Times are read and written in UTC. */
export function openMysqlConnection(
  server: SqlServer,
  secrets: SecretMap,
  options: ConnectionOptions,
): MysqlConnection {
  const { host, port, database, user } = server;
  const { password } = secrets;
  const ssl = encryptionOf(server, secrets);
  const connection = mysql.createConnection({
    host,
    port,
    database,
    user,
    ...(password === undefined ? {} : { password }),
    ...(ssl ? { ssl } : {}),
    multipleStatements: false,
    timezone: "Z",
    charset: "utf8mb4",
    ...options,
  });
  // A connection that breaks between two statements reports it here; the next statement fails by itself.
  connection.on("error", () => undefined);
  return connection;
}
