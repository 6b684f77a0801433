import { EventEmitter } from "node:events";
import pg from "pg";
import type { Logger } from "../kernel/index.ts";

/** Messages between the processes of one deployment; best effort: what is sent while a connection is down is lost. */
export type Notifications = {
  readonly notify: (channel: string, payload: string) => Promise<void>;
  readonly listen: (channel: string, handler: (payload: string) => void) => Promise<() => void>;
  readonly close: () => Promise<void>;
};

const reconnectMs = 1_000;

function createEmitter(): EventEmitter {
  const emitter = new EventEmitter();
  // One listener a capability; the default warning at 11 would be false.
  return emitter.setMaxListeners(0);
}

/** One process, so an emitter does what NOTIFY does on a server. Handlers run after the caller's turn, as they do there. */
export function createLocalNotifications(): Notifications {
  const emitter = createEmitter();
  return {
    notify: async (channel, payload) => {
      setImmediate(() => emitter.emit(channel, payload));
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

/** A connection of its own for LISTEN, made at the first subscription and again whenever it breaks. */
export function createServerNotifications(pool: pg.Pool, config: pg.ClientConfig, logger: Logger): Notifications {
  const emitter = createEmitter();
  const channels = new Set<string>();
  let connecting: Promise<pg.Client> | undefined;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;

  const retry = (error: unknown) => {
    connecting = undefined;
    if (closing) return;
    logger.warn({ err: error }, "PostgreSQL notifications interrupted");
    clearTimeout(timer);
    // A failure schedules the next attempt itself.
    timer = setTimeout(() => void connect().catch(() => undefined), reconnectMs);
  };
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client(config);
    let lost = false;
    const lose = (error: Error) => {
      // A broken connection reports both an error and its end.
      if (!lost) retry(error);
      lost = true;
    };
    client.on("notification", ({ channel, payload }) => emitter.emit(channel, payload ?? ""));
    client.on("error", lose);
    client.once("end", () => lose(new Error("connection ended")));
    await client.connect();
    for (const channel of channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    return client;
  };
  const connect = (): Promise<pg.Client> => {
    connecting ??= open().catch((error: unknown) => {
      retry(error);
      throw error;
    });
    return connecting;
  };

  return {
    notify: async (channel, payload) => {
      await pool.query("select pg_notify($1, $2)", [channel, payload]);
    },
    listen: async (channel, handler) => {
      emitter.on(channel, handler);
      if (!channels.has(channel)) {
        channels.add(channel);
        const client = await connect();
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      }
      return () => emitter.off(channel, handler);
    },
    close: async () => {
      closing = true;
      clearTimeout(timer);
      const client = await connecting?.catch(() => undefined);
      await client?.end();
      emitter.removeAllListeners();
    },
  };
}
