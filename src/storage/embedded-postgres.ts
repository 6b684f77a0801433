import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ClienteleError, type Logger } from "../kernel/index.ts";

export type EmbeddedPostgres = { readonly host: string; readonly port: number; readonly close: () => Promise<void> };

export type EmbeddedPostgresOptions = {
  /** Absolute folder; made when missing. */
  readonly dataDir: string;
  /** Flush the log before a commit is acknowledged. */
  readonly syncToDisk: boolean;
  readonly logger: Logger;
};

/** A unix socket's address holds 107 bytes on Linux, 103 on macOS. */
const maxSocketPathBytes = 100;
const port = 5432;
const closeLimitMs = 15_000;
const restartDelayMs = 1_000;

/** `pg` finds a unix socket by folder and port. A folder that is too deep for a socket address is replaced by a temporary one. */
function makeSocketFolder(dataDir: string): { readonly folder: string; readonly remove: () => void } {
  const own = join(dataDir, "run");
  if (Buffer.byteLength(socketPathIn(own)) > maxSocketPathBytes) {
    const folder = mkdtempSync(join(tmpdir(), "clientele-"));
    return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
  }
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return { folder: own, remove: () => rmSync(socketPathIn(own), { force: true }) };
}

function socketPathIn(folder: string): string {
  return join(folder, `.s.PGSQL.${port}`);
}

async function startWorker(database: string, socketPath: string, syncToDisk: boolean): Promise<Worker> {
  // A socket file of a killed process would refuse the new one.
  rmSync(socketPath, { force: true });
  const worker = new Worker(new URL("./pglite-worker.mjs", import.meta.url), {
    workerData: { dataDir: database, socketPath, syncToDisk },
    execArgv: [],
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) =>
      reject(new ClienteleError("storage.unavailable", `the embedded PostgreSQL did not start: ${reason}`, { cause }));
    worker.once("message", () => resolve());
    worker.once("error", (error) => fail(error.message, error));
    worker.once("exit", (code) => fail(`its thread ended with code ${code}`));
  });
  worker.removeAllListeners();
  return worker;
}

/**
 * Starts PGlite in a worker thread behind a unix socket that only this user can reach. When the engine dies (a full disk, out
 * of memory), it is started again on the same socket; until then statements fail with `storage.unavailable`.
 */
export async function startEmbeddedPostgres({
  dataDir,
  syncToDisk,
  logger,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, remove } = makeSocketFolder(dataDir);
  const start = () => startWorker(join(dataDir, "postgres"), socketPathIn(folder), syncToDisk);
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let worker: Worker | undefined;

  const restart = () => {
    worker = undefined;
    if (closing) return;
    timer = setTimeout(() => {
      start().then(watch, (error: unknown) => {
        logger.error({ err: error }, "embedded PostgreSQL did not start again");
        restart();
      });
    }, restartDelayMs);
  };
  const watch = (started: Worker) => {
    worker = started;
    started.on("error", (error) => logger.error({ err: error }, "embedded PostgreSQL died"));
    started.once("exit", restart);
    if (closing) void started.terminate();
  };

  watch(
    await start().catch((error: unknown) => {
      remove();
      throw error;
    }),
  );

  return {
    host: folder,
    port,
    close: async () => {
      closing = true;
      clearTimeout(timer);
      const running = worker;
      if (running) {
        const ended = new Promise<void>((resolve) => running.once("exit", () => resolve()));
        running.postMessage("close");
        const limit = setTimeout(() => void running.terminate(), closeLimitMs);
        await ended;
        clearTimeout(limit);
      }
      remove();
    },
  };
}
