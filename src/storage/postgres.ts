// PostgreSQL through `pg`, whichever engine answers. The embedded engine is one session: its pool has one connection, so a
// statement outside a transaction must never be awaited inside it.
import pg from "pg";
import type { Logger } from "../kernel/index.ts";
import { createLocalNotifications, createServerNotifications, type Notifications } from "./notifications.ts";
import { breaksConnection, translatePostgresError } from "./postgres-errors.ts";
import { scrubEmbedded, scrubServer } from "./scrub-postgres.ts";

/** Anything that takes a statement: the pool, or one transaction of it. */
export type Sql = {
  /**
   * Runs one statement with `$1` placeholders. int8 comes as a number (as text above 2^53), numeric and date as text, timestamptz
   * as Date, jsonb parsed. An array parameter becomes a PostgreSQL array: pass jsonb arrays as JSON text.
   *
   * @throws {ClienteleError} `storage.timeout` after 60 s, `storage.unavailable`, `storage.diskFull`; faults of the statement
   *   (a constraint, a syntax error) keep the error of `pg` with its SQLSTATE in `code`
   */
  readonly query: <Row extends object>(
    text: string,
    params?: readonly unknown[],
  ) => Promise<{ readonly rows: Row[]; readonly rowCount: number }>;
};

export type Postgres = Sql & {
  readonly kind: "embedded" | "server";
  /**
   * Commits when `work` resolves, rolls back when it throws. Keep it short and await nothing but `tx` in it: the embedded engine
   * runs one transaction at a time.
   *
   * @param options.timeoutMs limit of each statement; default 60,000
   */
  readonly transaction: <T>(work: (tx: Sql) => Promise<T>, options?: { readonly timeoutMs?: number }) => Promise<T>;
  readonly ping: () => Promise<void>;
  /** Tells every process that listens on the channel, this one included; at once, not at a commit. At most 8,000 bytes. */
  readonly notify: (channel: string, payload: string) => Promise<void>;
  /**
   * Best effort: messages sent while the connection is down are lost, so poll as well where each one counts.
   *
   * @returns the function that ends the subscription
   */
  readonly listen: (channel: string, handler: (payload: string) => void) => Promise<() => void>;
  /**
   * After it no file of the embedded engine holds bytes of rows deleted from these tables before: tables are written anew, the
   * statistics and the log too. It holds the engine meanwhile, about a second for 100 MB. On a server: a plain vacuum.
   */
  readonly scrub: (tables: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type PostgresOptions = {
  readonly kind: "embedded" | "server";
  /** Connection string, or the folder and port of a unix socket. */
  readonly connection: string | { readonly host: string; readonly port: number };
  readonly logger: Logger;
  /** Folder of the embedded engine's log files. */
  readonly walFolder?: string;
  /** Ends the engine behind the connection; called after the pool has closed. */
  readonly closeEngine?: () => Promise<void>;
};

const statementTimeoutMs = 60_000;
/** The server should report its own limit before the client gives the connection up. */
const clientGraceMs = 5_000;
const connectTimeoutMs = 30_000;
// The embedded engine is one session: a second connection would only wait for the first.
const embeddedPoolSize = 1;
const serverPoolSize = 16;

const parseInt8 = (text: string): number | string => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
};
const int8Oid = 20;
const dateOid = 1082;
const int8ArrayOid = 1016;
const dateArrayOid = 1182;
// Typed as a number: the enum of `pg` does not list array types.
const textArrayOid: number = 1009;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") => {
    if (format === "binary") return pg.types.getTypeParser(oid, "binary");
    if (oid === int8Oid) return parseInt8;
    // A date is no instant: a Date would move it by the time zone of this machine.
    if (oid === dateOid) return (text: string) => text;
    if (oid === dateArrayOid) return pg.types.getTypeParser(textArrayOid, "text");
    if (oid === int8ArrayOid) {
      const parseTexts: (text: string) => readonly (string | null)[] = pg.types.getTypeParser(textArrayOid, "text");
      return (text: string) => parseTexts(text).map((item) => (item === null ? null : parseInt8(item)));
    }
    return pg.types.getTypeParser(oid, "text");
  },
};

function poolConfig({ kind, connection }: PostgresOptions): pg.PoolConfig {
  const shared = {
    types,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs + clientGraceMs,
  };
  if (kind === "server") {
    const target = typeof connection === "string" ? { connectionString: connection } : connection;
    return {
      ...shared,
      ...target,
      max: serverPoolSize,
      idleTimeoutMillis: 30_000,
      statement_timeout: statementTimeoutMs,
      application_name: "clientele",
    };
  }
  const target =
    typeof connection === "string"
      ? { connectionString: connection }
      : { ...connection, user: "postgres", database: "postgres" };
  // The engine knows no statement_timeout: its only thread cannot be interrupted, so the client gives the connection up.
  return { ...shared, ...target, max: embeddedPoolSize, idleTimeoutMillis: 0, query_timeout: statementTimeoutMs };
}

type Target = pg.Pool | pg.PoolClient;

async function run<Row extends object>(target: Target, text: string, params: readonly unknown[], timeoutMs?: number) {
  try {
    // `pg` reads query_timeout of a single statement; its types do not say so.
    const statement: pg.QueryConfig & { readonly query_timeout?: number } = {
      text,
      values: [...params],
      ...(timeoutMs === undefined ? {} : { query_timeout: timeoutMs }),
    };
    const result = await target.query<Row & pg.QueryResultRow>(statement);
    const rows: Row[] = result.rows;
    return { rows, rowCount: result.rowCount ?? 0 };
  } catch (error) {
    throw translatePostgresError(error);
  }
}

async function runTransaction<T>(
  pool: pg.Pool,
  kind: Postgres["kind"],
  work: (tx: Sql) => Promise<T>,
  timeoutMs: number | undefined,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePostgresError(error);
  });
  const onServer = kind === "server";
  const clientTimeoutMs = timeoutMs === undefined ? undefined : timeoutMs + (onServer ? clientGraceMs : 0);
  let broken = false;
  const tx: Sql = {
    query: async (text, params = []) => {
      try {
        return await run(client, text, params, clientTimeoutMs);
      } catch (error) {
        broken ||= breaksConnection(error);
        throw error;
      }
    },
  };
  try {
    await tx.query("begin");
    if (onServer && timeoutMs !== undefined) await tx.query(`set local statement_timeout = ${Math.ceil(timeoutMs)}`);
    const result = await work(tx);
    await tx.query("commit");
    return result;
  } catch (error) {
    // A closed connection rolls back by itself.
    if (!broken) await tx.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Opens the pool; the engine is asked for nothing until the first statement. */
export function createPostgres(options: PostgresOptions): Postgres {
  const { kind, logger } = options;
  const config = poolConfig(options);
  const pool = new pg.Pool(config);
  const warn = (error: Error) => logger.warn({ err: error }, "PostgreSQL connection failed");
  pool.on("error", warn);
  // A connection that breaks between two statements of a transaction reports it here and nowhere else.
  pool.on("connect", (client) => client.on("error", warn));
  const notifications: Notifications =
    kind === "embedded" ? createLocalNotifications() : createServerNotifications(pool, config, logger);

  return {
    kind,
    query: (text, params = []) => run(pool, text, params),
    transaction: (work, { timeoutMs } = {}) => runTransaction(pool, kind, work, timeoutMs),
    ping: async () => {
      await run(pool, "select 1", []);
    },
    notify: notifications.notify,
    listen: notifications.listen,
    scrub: (tables) => {
      const query = <Row extends object>(text: string, params: readonly unknown[], timeoutMs?: number) =>
        run<Row>(pool, text, params, timeoutMs);
      return options.walFolder === undefined
        ? scrubServer(query, tables)
        : scrubEmbedded(pool, query, options.walFolder, tables);
    },
    close: async () => {
      await notifications.close();
      await pool.end();
      await options.closeEngine?.();
    },
  };
}
