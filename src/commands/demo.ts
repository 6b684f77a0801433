// `clientele demo`: the whole product on embedded engines with the Luma shop and, unless told otherwise, simulated shoppers.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { FastifyPluginAsync } from "fastify";
import { demoCredentials } from "../access/index.ts";
import type { App } from "../app.ts";
import { importCatalog } from "../catalog/index.ts";
import type { AcceptRequest } from "../collect/index.ts";
import { readConfig } from "../config.ts";
import type { DefinitionFile } from "../definitions/index.ts";
import type { Logger } from "../kernel/index.ts";
import { start } from "../main.ts";
import { createProgress } from "./progress.ts";
import { UsageError } from "./usage.ts";

// Beside src/ and dist/ alike.
const root = fileURLToPath(new URL("../../", import.meta.url));
const luma = join(root, "demo", "data", "luma");
const definitionsDir = join(root, "demo", "data", "definitions");
const built = join(root, "demo", "dist");

type DemoShopModule = { readonly createDemoShop: (options: Readonly<Record<string, string>>) => FastifyPluginAsync };

/** The price rules of the sample shop, as definitions. */
type PriceRulesModule = { readonly readPriceRules: (folder: string) => Promise<readonly DefinitionFile[]> };

type Simulator = {
  readonly history: (onProgress: (done: number, total: number) => void) => Promise<number>;
  readonly live: () => () => void;
};
type SimulatorModule = {
  readonly createSimulator: (options: {
    readonly shoppers: number;
    readonly seed: number;
    readonly now: () => number;
    readonly products: readonly {
      readonly sku: string;
      readonly categories: readonly string[];
      readonly price: number;
      readonly currency: string;
      readonly name: string;
      readonly variants: readonly string[];
    }[];
    readonly shopUrl: string;
    readonly onError: (error: unknown) => void;
    readonly send: (events: readonly object[], isBackOffice: boolean) => Promise<void>;
  }) => Simulator;
};

async function loadBuilt<T>(file: string): Promise<T> {
  // The demo workspace is built apart from the server; its exports are fixed by the types above.
  return (await import(pathToFileURL(join(built, "server", file)).href)) as T;
}

/** Catalog and definitions of the demo, once; what was edited since is left alone. */
async function fill(app: App, logger: Logger): Promise<void> {
  if (app.catalog.current().products.size === 0) {
    const files = ["categories.json", "attributes.json", "products.jsonl.gz", "reviews.jsonl.gz"].map((file) =>
      join(luma, file),
    );
    const report = await importCatalog(
      {
        files,
        imageUrl: "/shop/media/products/{file}.webp",
        productUrl: "/shop/product/{sku}",
        currency: "USD",
        categoriesByFlag: { new: "what-is-new", sale: "sale" },
      },
      { catalog: app.catalog },
    );
    logger.info({ report }, "demo catalog imported");
  }
  if ((await app.definitions.list("audience", { limit: 1 })).items.length > 0) return;
  const files = readdirSync(definitionsDir)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(definitionsDir, file), "utf8")) as DefinitionFile);
  const { readPriceRules } = await loadBuilt<PriceRulesModule>("luma-price-rules.js");
  const priceRules = await readPriceRules(luma);
  await app.definitions.importDefinitions([...files, ...priceRules], {
    caller: { actor: "demo", via: "import", storeViews: null },
    publish: true,
    note: "Demo content",
  });
}

async function simulate(app: App, logger: Logger, publicUrl: string, shoppers: number, seed: number): Promise<void> {
  const { createSimulator } = await loadBuilt<SimulatorModule>("simulator/index.js");
  const products = app.catalog
    .current()
    .listed()
    .flatMap((product) =>
      product.finalPrice
        ? [
            {
              sku: product.sku,
              name: product.name,
              categories: product.categories,
              price: product.finalPrice.minor,
              currency: product.finalPrice.currency,
              variants: product.variants,
            },
          ]
        : [],
    );
  const send = async (events: readonly object[], isBackOffice: boolean): Promise<void> => {
    const request: AcceptRequest = {
      events,
      sentAt: undefined,
      sourceId: "simulated",
      sourceKind: isBackOffice ? "server" : "native",
      trusted: true,
      provenCustomerId: null,
    };
    const { rejected } = await app.collect.accept(request);
    if (rejected.length > 0) throw new Error(`the simulation made an invalid event: ${rejected[0]?.message}`);
  };
  const simulator = createSimulator({
    shoppers,
    seed,
    now: Date.now,
    products,
    send,
    shopUrl: `${publicUrl}/shop`,
    onError: (error) => logger.warn({ err: error }, "simulated events not taken"),
  });
  if ((await app.profiles.count()) === 0) {
    const progress = createProgress("simulated shoppers, 90 days");
    const events = await simulator.history((done, total) => progress.update(done, total));
    await app.settle();
    await app.recommendations.refresh({ isForced: true });
    progress.end(`${events} simulated events of ${shoppers} shoppers over 90 days`);
  }
  simulator.live();
}

export async function demoCommand(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      shoppers: { type: "string", default: "300" },
      seed: { type: "string", default: "7" },
      port: { type: "string" },
    },
  });
  const shoppers = Number(values.shoppers);
  if (!Number.isInteger(shoppers) || shoppers < 0 || shoppers > 100_000)
    throw new UsageError("clientele demo [--shoppers 0…100000] [--seed 7] [--port 4000]");
  const base = readConfig(undefined, { demo: true });
  const port = values.port === undefined ? base.port : Number(values.port);
  const config = readConfig(undefined, {
    demo: true,
    port,
    publicUrl: values.port === undefined ? base.publicUrl : `http://localhost:${port}`,
    logLevel: base.logLevel === "info" ? "warn" : base.logLevel,
  });
  const { createDemoShop } = await loadBuilt<DemoShopModule>("index.js");
  const shop = createDemoShop({
    dataDir: luma,
    stateDir: join(resolve(config.dataDir), "shop"),
    clienteleUrl: `http://127.0.0.1:${port}`,
    publicClienteleUrl: "",
    writeKey: demoCredentials.writeKey,
    serverToken: demoCredentials.token,
    identitySecret: demoCredentials.identitySecret,
    dist: join(built, "client"),
  });
  const { app, logger } = await start({ config, plugins: [shop], prepare: fill });
  process.stdout.write(`Clientele ready at ${config.publicUrl}\n`);
  process.stdout.write(
    `  shop  ${config.publicUrl}/shop\n  admin ${config.publicUrl}/admin  (${demoCredentials.email} / ${demoCredentials.password})\n  API   ${config.publicUrl}/docs\n`,
  );
  if (shoppers > 0)
    await simulate(app, logger, config.publicUrl, shoppers, Number(values.seed)).catch((error: unknown) =>
      logger.error({ err: error }, "simulated shoppers stopped"),
    );
}
