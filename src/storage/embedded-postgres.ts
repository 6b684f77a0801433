import { mkdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { ClienteleError } from "../kernel/index.ts";
import type { Durability } from "./open-engines.ts";

export type EmbeddedPostgres = { readonly host: string; readonly port: number; readonly close: () => Promise<void> };

const maxSocketPath = 100;
const port = 5432;
const closeLimitMs = 10_000;

/** `pg` finds a unix socket by folder and port. A folder that is too deep for a socket address is replaced by a temporary one. */
async function socketFolder(dataDir: string): Promise<string> {
  const own = join(dataDir, "run");
  if (own.length <= maxSocketPath - 20) {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    return own;
  }
  return mkdtemp(join(tmpdir(), "clientele-"));
}

/**
 * Starts PGlite in a worker thread behind a unix socket that only this user can reach.
 *
 * @param dataDir absolute folder; made when missing
 */
export async function startEmbeddedPostgres(dataDir: string, durability: Durability): Promise<EmbeddedPostgres> {
  const folder = await socketFolder(dataDir);
  const socketPath = join(folder, `.s.PGSQL.${port}`);
  rmSync(socketPath, { force: true });
  const database = join(dataDir, "postgres");
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  const worker = new Worker(new URL("./pglite-worker.mjs", import.meta.url), {
    workerData: { dataDir: database, socketPath, syncToDisk: durability === "power" },
    execArgv: [],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", (error) => reject(new ClienteleError("storage.unavailable", `the embedded PostgreSQL did not start: ${error.message}`, { cause: error })));
  });
  return {
    host: folder,
    port,
    close: async () => {
      const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      worker.postMessage("close");
      const timer = setTimeout(() => void worker.terminate(), closeLimitMs);
      await ended;
      clearTimeout(timer);
      rmSync(socketPath, { force: true });
    },
  };
}
