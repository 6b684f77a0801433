import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createAccess, createAccessRoutes, createAccessStore } from "../../access/index.ts";
import { type CanonicalEvent, createCollect } from "../../collect/index.ts";
import { createHttpClient, createSecretBox, createSourceRoutes, createSources } from "../../connectors/index.ts";
import { createHttpServer } from "../../http/index.ts";
import { type Clock, createLogger } from "../../kernel/index.ts";
import { testManager } from "../access-app.ts";
import type { TestEngines } from "../engines.ts";

export const sourceCapabilities = ["access", "collect", "connectors"];

/** Sources with their API, before a door without a processor behind it. Everything that was stored is in `events`, once. */
export async function startSourcesApp(engines: TestEngines, clock: Clock) {
  const logger = createLogger(process.env["CLIENTELE_TEST_LOG"] ?? "silent");
  const { postgres } = engines;
  const access = createAccess({ store: createAccessStore(postgres), clock, logger });
  await access.start();
  const events: CanonicalEvent[] = [];
  const products = new Map<string, Record<string, unknown>>();
  const collect = createCollect({
    postgres,
    clock,
    logger,
    maxEventAgeMs: 0,
    defaultStoreView: "default",
    maxBacklogBytes: 1e9,
    prepare: async () => {
      throw new Error("nothing is processed here");
    },
    sink: { encode: () => Buffer.alloc(0), append: async () => undefined },
  });
  collect.live.subscribe((entry) => {
    if (entry.status === "accepted") events.push(entry.event);
  });
  const http = createHttpClient({ allowPrivateTargets: true });
  const dropDir = join(engines.dataDir, "drop");
  mkdirSync(dropDir, { recursive: true });
  let isBroken: () => boolean = () => false;
  const sources = createSources({
    postgres,
    clock,
    logger,
    audit: access.audit,
    http,
    secrets: createSecretBox({ dataDir: engines.dataDir }),
    accept: async (request) => {
      if (isBroken()) throw new Error("killed");
      return collect.accept(request);
    },
    catalog: {
      upsertProducts: async (rows) => {
        for (const row of rows as Record<string, unknown>[]) products.set(String(row["sku"]), row);
        return { rejected: [] };
      },
      deleteProduct: async (sku) => products.delete(sku),
    },
    allowPrivateTargets: true,
    dropDir,
    workDir: join(engines.dataDir, "work"),
    defaultCurrency: "USD",
    defaultStoreView: "default",
  });
  const app = createHttpServer({
    config: { publicUrl: "https://shop.example", openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
  });
  app.register(createAccessRoutes({ access, publicUrl: "https://shop.example" }));
  app.register(createSourceRoutes(sources));
  const token = await access.createKey(
    { kind: "token", name: `admin ${Math.random()}`, scopes: ["admin"] },
    testManager,
  );

  const call = async (method: "GET" | "POST" | "PATCH" | "DELETE", url: string, body?: unknown) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token.key}` },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: answer.statusCode, body: answer.body === "" ? null : answer.json(), headers: answer.headers };
  };
  return {
    sources,
    collect,
    events,
    products,
    dropDir,
    call,
    /** Lets everything fail that would store events, as a crash between reading and storing does. */
    breakDoor: (when: boolean | (() => boolean)) => {
      isBroken = typeof when === "function" ? when : () => when;
    },
    make: async (key: string, config: object, secrets: object = {}) => {
      const made = await call("POST", "/v1/sources", { key, name: key, config, secrets });
      if (made.status !== 201) throw new Error(JSON.stringify(made.body));
      return made.body;
    },
    /** Reads a source once. @returns its run */
    run: async (key: string) => {
      const id = await sources.runOnce(key);
      return (await call("GET", `/v1/sources/${key}/runs/${id}`)).body;
    },
    /** Sends a webhook as a foreign system does. */
    hook: async (key: string, payload: string | Buffer, headers: Record<string, string>) => {
      const answer = await app.inject({
        method: "POST",
        url: `/v1/webhooks/${key}`,
        headers: { "content-type": "application/json", ...headers },
        payload,
      });
      return { status: answer.statusCode, body: answer.json() };
    },
    get: async (url: string) => {
      const answer = await app.inject({ method: "GET", url });
      return { status: answer.statusCode, body: answer.json() };
    },
    close: async () => {
      await sources.stop();
      await collect.stop();
      http.close();
      await app.close();
      await access.stop();
    },
  };
}

export type SourcesApp = Awaited<ReturnType<typeof startSourcesApp>>;
