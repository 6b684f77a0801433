// The floor of ingest: what the engines alone take for the same batches. JSON.parse, one inbox row a group of requests, one
// insert into ClickHouse; no HTTP, no checks, no profiles.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLogger } from "../../src/kernel/index.ts";
import { openEngines } from "../../src/storage/index.ts";
import { createShoppers, type ShopData } from "../lib/shoppers.ts";

type Sent = {
  readonly messageId: string;
  readonly type: string;
  readonly anonymousId: string;
  readonly properties: object;
  readonly context: object;
};

const batchSize = 20;
const requestsPerGroup = 200;

export type IngestFloorOptions = { readonly shop: ShopData; readonly seconds: number; readonly visitors: number };

async function measure({ shop, seconds, visitors }: IngestFloorOptions): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), "clientele-floor-"));
  const engines = await openEngines(
    { dataDir, postgresUrl: "", clickhouseUrl: "", clickhouseCluster: "", durability: "process" },
    createLogger("silent"),
  );
  const { postgres, clickhouse } = engines;
  try {
    await postgres.query("create table inbox (inbox_id bigint generated always as identity primary key, payload text)");
    await clickhouse.command(
      `create table events (event_id String, event_type LowCardinality(String), identity_key String, properties String, context String)
       engine = MergeTree order by (identity_key, event_type)`,
    );
    const shoppers = createShoppers(shop, { visitors, seed: 3, prefix: "floor" });
    let events = 0;
    let elapsedMs = 0;
    while (elapsedMs < seconds * 1000) {
      const bodies = Array.from({ length: requestsPerGroup }, () => shoppers.batch(batchSize));
      const startedAt = performance.now();
      const sent = bodies.flatMap((body) => (JSON.parse(body) as { events: Sent[] }).events);
      await Promise.all([
        postgres.query("insert into inbox (payload) values ($1)", [`[${bodies.join(",")}]`]),
        clickhouse.insert(
          "events",
          sent.map((event) => ({
            event_id: event.messageId,
            event_type: event.type,
            identity_key: event.anonymousId,
            properties: JSON.stringify(event.properties),
            context: JSON.stringify(event.context),
          })),
        ),
      ]);
      elapsedMs += performance.now() - startedAt;
      events += sent.length;
    }
    return events / (elapsedMs / 1000);
  } finally {
    await engines.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Events a second in a process of its own. */
export async function runIngestFloor(options: IngestFloorOptions): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: "inherit" });
  return new Promise<number>((resolve, reject) => {
    child.once("message", (message: number) => resolve(message));
    child.once("exit", (code) => reject(new Error(`the floor ended with code ${code}`)));
    child.send(options);
  });
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once("message", async (options: IngestFloorOptions) => {
    const perSecond = await measure(options);
    process.send?.(perSecond, () => process.exit(0));
  });
}
