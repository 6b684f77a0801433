import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export type ClickHouseServer = { readonly url: string; readonly stop: () => Promise<void> };

/**
 * ClickHouse's HTTP interface, answered by the ClickHouse engine in a process of its own (clickhouse-http-process.ts), so
 * that the client's HTTP half is tested where no ClickHouse server is installed. `stop` removes its data.
 */
export async function startClickHouseServer(): Promise<ClickHouseServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "clientele-clickhouse-"));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const child = fork(fileURLToPath(new URL("./clickhouse-http-process.ts", import.meta.url)), [dataDir], {
    execArgv: ["--import", tsx],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", (code) => reject(new Error(`the ClickHouse test server ended with code ${code}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      // The child closes its engine and ends.
      if (child.connected) child.disconnect();
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
