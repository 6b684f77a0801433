// Starts the program: configuration, engines, capabilities, HTTP, and a stop that loses nothing.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FastifyPluginAsync } from "fastify";
import { createAdminPages } from "./admin-pages.ts";
import { type App, createApp } from "./app.ts";
import { type Config, maskConfig } from "./config.ts";
import { ClienteleError, createLogger, type Logger } from "./kernel/index.ts";

export type StartOptions = {
  readonly config: Config;
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Runs after the capabilities are up and before the port opens. */
  readonly prepare?: (app: App, logger: Logger) => Promise<void>;
};

const adminDist = fileURLToPath(new URL("../admin/dist", import.meta.url));
const stopLimitMs = 30_000;

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses this port; stop it, or set CLIENTELE_PORT to a free one",
  EACCES: "this user may not use this port; set CLIENTELE_PORT to one above 1023",
  EADDRNOTAVAIL: "this machine does not have that address; correct CLIENTELE_HOST",
  ENOTFOUND: "there is no such host name; correct CLIENTELE_HOST",
};

async function listen({ server }: App, { host, port }: Config): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? listenReasons[String(error.code)] : undefined;
    if (reason === undefined) throw error;
    throw new ClienteleError("http.cannotListen", `cannot listen on ${host}:${port}: ${reason}`, { cause: error });
  }
}

/** @returns the running program; SIGINT and SIGTERM stop it gracefully, a second one at once */
export async function start({
  config,
  plugins = [],
  prepare,
}: StartOptions): Promise<{ readonly app: App; readonly logger: Logger }> {
  const logger = createLogger(config.logLevel);
  logger.info({ config: maskConfig(config) }, "starting");
  const pages = existsSync(adminDist) ? [createAdminPages(adminDist)] : [];
  const app = await createApp({ config, logger, plugins: [...pages, ...plugins] });
  try {
    await prepare?.(app, logger);
    if (config.roles.includes("http")) await listen(app, config);
  } catch (error) {
    await app.close();
    throw error;
  }
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    app.close().then(
      () => {
        logger.info("stopped");
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, "stop failed");
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop(signal));
  return { app, logger };
}
