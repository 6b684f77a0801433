// A deployment to measure: a data directory of its own with the Luma catalog, and the built server as its own process.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApp } from "../../src/app.ts";
import { importCatalog } from "../../src/catalog/index.ts";
import { readConfig } from "../../src/config.ts";
import type { DefinitionFile } from "../../src/definitions/index.ts";
import { createLogger } from "../../src/kernel/index.ts";
import { createDataDir } from "../../src/testing/engines.ts";
import { type ServerProcess, startServerProcess } from "../../src/testing/server-process.ts";
import type { ShopData } from "./shoppers.ts";

const demoData = fileURLToPath(new URL("../../demo/data/", import.meta.url));

export type Deployment = {
  readonly dataDir: string;
  readonly writeKey: string;
  readonly token: string;
  readonly shop: ShopData;
  readonly remove: () => void;
};

/** The audiences, blocks and units of the demo shop. */
export function demoDefinitions(): readonly DefinitionFile[] {
  const folder = join(demoData, "definitions");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as DefinitionFile);
}

/** Makes a data directory with the Luma catalog, the given definitions live, a write key and a token. */
export async function prepareDeployment(definitions: readonly DefinitionFile[]): Promise<Deployment> {
  const dataDir = await createDataDir();
  const manager = { actor: "bench", via: "cli" } as const;
  const app = await createApp({
    config: readConfig({}, { dataDir, roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  try {
    const files = ["categories.json", "attributes.json", "products.jsonl.gz", "reviews.jsonl.gz"].map((file) =>
      join(demoData, "luma", file),
    );
    await importCatalog(
      { files, imageUrl: "/media/{file}.webp", productUrl: "/product/{sku}", currency: "USD" },
      { catalog: app.catalog },
    );
    await app.definitions.importDefinitions(definitions, {
      caller: { ...manager, storeViews: null },
      publish: true,
    });
    const writeKey = await app.access.createKey({ kind: "write", name: "load", sourceId: "shop" }, manager);
    const token = await app.access.createKey({ kind: "token", name: "check", scopes: ["read"] }, manager);
    const snapshot = app.catalog.current();
    return {
      dataDir,
      writeKey: writeKey.key,
      token: token.key,
      shop: { skus: snapshot.listed().map(({ sku }) => sku), categories: [...snapshot.categories.keys()] },
      remove: () => rmSync(dataDir, { recursive: true, force: true }),
    };
  } finally {
    await app.close();
  }
}

export type Server = {
  readonly port: number;
  readonly pid: number;
  /** Reads JSON of the API with the token. @returns undefined for an answer other than 200 */
  readonly read: (path: string) => Promise<Record<string, unknown> | undefined>;
  readonly post: (path: string, body: unknown) => Promise<Record<string, unknown>>;
  /** Largest resident memory so far, bytes. */
  readonly peakMemory: () => number;
  readonly stop: () => Promise<void>;
};

/** Starts the built server on a deployment and waits until it is ready. */
export async function startDeployment(deployment: Deployment): Promise<Server> {
  // For trying flags of V8 out.
  const nodeOptions = process.env["CLIENTELE_BENCH_NODE_OPTIONS"] ?? "";
  const server: ServerProcess = await startServerProcess(deployment.dataDir, { NODE_OPTIONS: nodeOptions });
  const { pid } = server.process;
  if (pid === undefined) throw new Error("the server has no process");
  return {
    port: Number(new URL(server.url).port),
    pid,
    read: async (path) => {
      const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${deployment.token}` } });
      const body = (await answer.json()) as Record<string, unknown>;
      return answer.status === 200 ? body : undefined;
    },
    post: async (path, body) => {
      const answer = await fetch(server.url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${deployment.writeKey}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const read = (await answer.json()) as Record<string, unknown>;
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(read)}`);
      return read;
    },
    peakMemory: () => peakMemoryOf(pid),
    stop: async () => {
      const code = await server.stop();
      const output = server.output().trim();
      if (code !== 0 || output !== "")
        process.stderr.write(`the server ended with code ${code}: ${output.slice(-2000)}\n`);
    },
  };
}

/** Linux only; NaN elsewhere. */
export function peakMemoryOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1024;
  } catch {
    return Number.NaN;
  }
}

const pollMs = 100;
const catchUpLimitMs = 300_000;

type SystemStatus = {
  readonly inbox: { readonly pending: number };
  readonly export: { readonly pending: number };
  readonly events: { readonly total: number };
};

// The route's answer is a loose record in its schema; these fields are always there.
const statusOf = async (server: Server) => (await server.read("/v1/system")) as SystemStatus | undefined;

export async function storedEvents(server: Server): Promise<number> {
  return (await statusOf(server))?.events.total ?? 0;
}

/**
 * Waits until profiles and analytics have everything.
 *
 * @param total events that the event store must then hold, those of audiences that were entered or left not counted
 * @returns seconds
 */
export async function untilCaughtUp(server: Server, total: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const status = await statusOf(server);
    const seconds = (performance.now() - startedAt) / 1000;
    if (status && status.inbox.pending === 0 && status.export.pending === 0) {
      if (status.events.total < total) throw new Error(`${total - status.events.total} of ${total} events were lost`);
      return seconds;
    }
    if (seconds * 1000 > catchUpLimitMs) throw new Error(`not caught up: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
