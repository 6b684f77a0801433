// PostgreSQL through `pg`, whichever engine answers. The embedded engine is one session: its pool has one connection, so a
// statement outside a transaction must never be awaited inside it.
import { EventEmitter } from "node:events";
import pg from "pg";
import { ClienteleError, type Logger } from "../kernel/index.ts";

/** Anything that takes a statement: the pool, or one transaction of it. Placeholders are `$1`. */
export type Sql = {
  readonly query: <Row extends object>(text: string, params?: readonly unknown[]) => Promise<{ readonly rows: Row[]; readonly rowCount: number }>;
};

export type Postgres = Sql & {
  readonly kind: "embedded" | "server";
  /** Commits when `work` resolves, rolls back when it throws. Keep it short: the embedded engine runs one at a time. */
  readonly transaction: <T>(work: (tx: Sql) => Promise<T>, options?: { readonly timeoutMs?: number }) => Promise<T>;
  readonly ping: () => Promise<void>;
  /** Tells every process that listens on the channel, this one included. */
  readonly notify: (channel: string, payload: string) => Promise<void>;
  /** @returns the function that ends the subscription */
  readonly listen: (channel: string, handler: (payload: string) => void) => Promise<() => void>;
  readonly close: () => Promise<void>;
};

export type PostgresOptions = {
  readonly kind: "embedded" | "server";
  /** Connection string, or the folder and port of a unix socket. */
  readonly connection: string | { readonly host: string; readonly port: number };
  readonly logger: Logger;
  /** Ends the engine behind the connection; called after the pool has closed. */
  readonly closeEngine?: () => Promise<void>;
};

const statementTimeoutMs = 60_000;
const connectTimeoutMs = 30_000;
// One connection: the embedded engine is one session, its socket interleaves the protocol messages of several clients, and
// one client's unnamed statement would replace another's between parse and bind.
const embeddedPoolSize = 1;
const serverPoolSize = 16;
const reconnectMs = 1_000;

const int8Oid = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") => {
    // Ids and counts stay far below 2^53.
    if (oid === int8Oid && format !== "binary") return Number;
    return pg.types.getTypeParser(oid, format ?? "text");
  },
};

const unavailableCodes = new Set(["57P01", "57P02", "57P03", "08000", "08003", "08006", "08001", "53300", "ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE"]);
const timeoutCodes = new Set(["57014", "55P03", "25P03"]);
const diskFullCodes = new Set(["53100", "ENOSPC"]);

/** Engine faults become errors of ours; faults of a statement (a constraint, a syntax error) keep their code. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (diskFullCodes.has(code)) return new ClienteleError("storage.diskFull", "PostgreSQL has no disk space left", { cause: error, retryAfterSeconds: 10 });
  if (timeoutCodes.has(code) || /timeout/i.test(error.message)) {
    return new ClienteleError("storage.timeout", "PostgreSQL took longer than the limit of the statement", { cause: error, retryAfterSeconds: 1 });
  }
  if (unavailableCodes.has(code) || /Connection terminated|not queryable/.test(error.message)) {
    return new ClienteleError("storage.unavailable", "PostgreSQL does not answer", { cause: error, retryAfterSeconds: 1 });
  }
  return error;
}

export function createPostgres(options: PostgresOptions): Postgres {
  const { kind, logger } = options;
  const config: pg.PoolConfig = {
    ...(typeof options.connection === "string" ? { connectionString: options.connection } : { ...options.connection, user: "postgres", database: "postgres" }),
    max: kind === "embedded" ? embeddedPoolSize : serverPoolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
    // The embedded engine never needs a fresh connection; a server may close idle ones.
    idleTimeoutMillis: kind === "embedded" ? 0 : 30_000,
    types,
  };
  const pool = new pg.Pool(config);
  pool.on("error", (error) => logger.warn({ err: error }, "idle PostgreSQL connection failed"));

  const run = async <Row extends object>(client: pg.Pool | pg.PoolClient, text: string, params: readonly unknown[]) => {
    try {
      const result = await client.query<Row & pg.QueryResultRow>(text, [...params]);
      return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
    } catch (error) {
      throw translate(error);
    }
  };

  const transaction = async <T>(work: (tx: Sql) => Promise<T>, { timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw translate(error);
    });
    let broken: Error | undefined;
    try {
      await run(client, "begin", []);
      if (timeoutMs !== undefined) await run(client, `set local statement_timeout = ${Math.ceil(timeoutMs)}`, []);
      const result = await work({ query: (text, params = []) => run(client, text, params) });
      await run(client, "commit", []);
      return result;
    } catch (error) {
      await client.query("rollback").catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const channels = kind === "embedded" ? createLocalChannels() : createServerChannels(pool, config, logger);

  return {
    kind,
    query: (text, params = []) => run(pool, text, params),
    transaction,
    ping: async () => {
      await run(pool, "select 1", []);
    },
    notify: channels.notify,
    listen: channels.listen,
    close: async () => {
      await channels.close();
      await pool.end();
      await options.closeEngine?.();
    },
  };
}

type Channels = Pick<Postgres, "notify" | "listen" | "close">;

/** One process, so an emitter does what NOTIFY does on a server. */
function createLocalChannels(): Channels {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    notify: async (channel, payload) => {
      emitter.emit(channel, payload);
    },
    listen: async (channel, handler) => {
      emitter.on(channel, handler);
      return () => emitter.off(channel, handler);
    },
    close: async () => {
      emitter.removeAllListeners();
    },
  };
}

/** A connection of its own for LISTEN, made again when it breaks. */
function createServerChannels(pool: pg.Pool, config: pg.PoolConfig, logger: Logger): Channels {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const names = new Set<string>();
  let client: pg.Client | undefined;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<pg.Client> => {
    const next = new pg.Client(config);
    next.on("notification", ({ channel, payload }) => emitter.emit(channel, payload ?? ""));
    next.on("error", (error) => {
      logger.warn({ err: error }, "PostgreSQL notifications interrupted");
      client = undefined;
      if (!closing) timer = setTimeout(() => void connect().catch(() => undefined), reconnectMs);
    });
    await next.connect();
    for (const name of names) await next.query(`listen ${pg.escapeIdentifier(name)}`);
    client = next;
    return next;
  };

  return {
    notify: async (channel, payload) => {
      await pool.query("select pg_notify($1, $2)", [channel, payload]);
    },
    listen: async (channel, handler) => {
      emitter.on(channel, handler);
      if (!names.has(channel)) {
        names.add(channel);
        const current = client ?? (await connect());
        await current.query(`listen ${pg.escapeIdentifier(channel)}`);
      }
      return () => emitter.off(channel, handler);
    },
    close: async () => {
      closing = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
