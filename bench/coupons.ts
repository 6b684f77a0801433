// Coupons as a shop's checkout uses them: a million codes made, as many imported from a file, one looked up among them, and 64
// checkouts at once that reserve and redeem, all over HTTP. On the embedded PostgreSQL, then on a server where one is installed.
import { rmSync } from "node:fs";
import { Readable } from "node:stream";
import { createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import type { DefinitionFile } from "../src/definitions/index.ts";
import { createLogger } from "../src/kernel/index.ts";
import { createDataDir } from "../src/testing/engines.ts";
import { type PostgresServer, startPostgresServer } from "../src/testing/postgres-server.ts";
import { type ServerProcess, startServerProcess } from "../src/testing/server-process.ts";
import { type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { type Answer, openConnection, postText } from "./lib/connection.ts";
import { ascending, quantile } from "./lib/quantile.ts";

const allCodes = 1_000_000;
const quickCodes = 50_000;
const checkouts = 64;
const linesAtOnce = 10_000;
const limitMs = 600_000;
const pollMs = 250;

const rule: DefinitionFile = {
  ...{ kind: "cart-price-rule", key: "welcome", name: "Welcome", status: "live", schedule: null },
  scope: { storeViews: null },
  body: {
    priority: 1,
    coupon: { type: "pool", usesPerCoupon: 1 },
    usesPerCustomer: 1_000_000,
    budget: { uses: 100_000_000 },
    action: { type: "percent", percent: "10" },
  },
} as DefinitionFile;

type Shop = {
  readonly server: ServerProcess;
  readonly port: number;
  readonly token: string;
  readonly stop: () => Promise<void>;
};

/** A shop with one live rule that takes codes of a pool. */
async function startShop(postgresUrl: string): Promise<Shop> {
  const dataDir = await createDataDir();
  const app = await createApp({
    config: readConfig({}, { dataDir, postgresUrl, roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  const by = { actor: "bench", via: "cli" } as const;
  let token: string;
  try {
    await app.definitions.importDefinitions([rule], { caller: { ...by, storeViews: null }, publish: true });
    token = (await app.access.createKey({ kind: "token", name: "load", scopes: ["read", "edit"] }, by)).key;
  } finally {
    await app.close();
  }
  const server = await startServerProcess(dataDir, postgresUrl === "" ? {} : { CLIENTELE_POSTGRES_URL: postgresUrl });
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { server, port: Number(new URL(server.url).port), token, stop };
}

async function call(
  { server, token }: Shop,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(limitMs),
  });
  const read = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(read)}`);
  return read;
}

const newPool = async (shop: Shop): Promise<string> =>
  `/v1/coupon-pools/${(await call(shop, "POST", "/v1/coupon-pools", { ruleKey: "welcome", name: "Bench" }))["id"]}`;

/** @returns seconds until all are made */
async function generate(shop: Shop, pool: string, quantity: number): Promise<number> {
  const startedAt = performance.now();
  await call(shop, "POST", `${pool}/generations`, { quantity });
  for (;;) {
    const { generations } = (await call(shop, "GET", pool)) as { generations: { status: string; done: number }[] };
    const seconds = (performance.now() - startedAt) / 1_000;
    if (generations[0]?.status === "done") return seconds;
    if (generations[0]?.status === "failed" || seconds * 1_000 > limitMs) throw new Error(JSON.stringify(generations));
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function* codeFile(quantity: number): Generator<string> {
  yield "code,limit,expires\n";
  for (let from = 0; from < quantity; from += linesAtOnce)
    yield Array.from(
      { length: Math.min(linesAtOnce, quantity - from) },
      (_, at) => `FILE-${codeNumber(from + at)},,\n`,
    ).join("");
}

/** As codes of another system come: in no order. */
const codeNumber = (at: number): string =>
  (Math.imul(at, 2_654_435_761) >>> 0).toString(36).toUpperCase().padStart(7, "0");

/** @returns seconds */
async function importFile({ server, token }: Shop, pool: string, quantity: number): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(`${server.url}${pool}/codes/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
    body: Readable.toWeb(Readable.from(codeFile(quantity))) as ReadableStream,
    // A body that is a stream needs it; the types of Node 20 do not know it.
    ...{ duplex: "half" },
    signal: AbortSignal.timeout(limitMs),
  });
  const { imported } = (await answer.json()) as { imported?: number };
  if (imported !== quantity) throw new Error(`${imported} of ${quantity} codes were imported (${answer.status})`);
  return (performance.now() - startedAt) / 1_000;
}

function assertOk({ status, body }: Answer): void {
  if (status !== 200) throw new Error(`the server answered ${status}: ${body.toString("utf8").slice(0, 500)}`);
}

/** Evaluates a cart with a code, another one each time. @returns milliseconds, ascending */
async function lookUp({ port, token }: Shop, codes: number, ms: number): Promise<Float64Array> {
  const connection = await openConnection(port);
  const times: number[] = [];
  try {
    const lines = [{ sku: "A", qty: 1, unitPrice: { minor: 5_000, currency: "USD" } }];
    const warmUntil = performance.now() + ms / 4;
    for (let at = 0; performance.now() < warmUntil + ms; at += 1) {
      const couponCodes = [`FILE-${codeNumber((at * 7_919) % codes)}`];
      const text = postText(
        "/v1/offers/evaluate",
        token,
        JSON.stringify({ cart: { currency: "USD", lines, couponCodes } }),
      );
      const startedAt = performance.now();
      const answer = await connection.send(text);
      if (startedAt > warmUntil) times.push(performance.now() - startedAt);
      assertOk(answer);
      if (!answer.body.includes('"applied"')) throw new Error(answer.body.toString("utf8"));
    }
  } finally {
    connection.close();
  }
  return ascending(times);
}

/** 64 checkouts, each with a code of its own that it reserves and then redeems. */
async function checkOut({ port, token }: Shop, codes: number, ms: number) {
  const connections = await Promise.all(Array.from({ length: checkouts }, () => openConnection(port)));
  const times: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const until = startedAt + ms;
  try {
    await Promise.all(
      connections.map(async (connection, shopper) => {
        for (; performance.now() < until && next < codes; ) {
          const number = next;
          next += 1;
          const orderId = `order-${number}`;
          const uses = [{ code: `FILE-${codeNumber(number)}` }];
          const began = performance.now();
          const reserve = { orderId, customerId: `customer-${shopper}`, uses };
          assertOk(await connection.send(postText("/v1/coupons/reserve", token, JSON.stringify(reserve))));
          assertOk(await connection.send(postText("/v1/coupons/redeem", token, JSON.stringify({ orderId }))));
          times.push(performance.now() - began);
        }
      }),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
  return { perSecond: (times.length * 1_000) / (performance.now() - startedAt), times: ascending(times) };
}

async function measure(
  name: string,
  postgresUrl: string,
  codes: number,
  ms: number,
  note: string,
): Promise<readonly BenchRow[]> {
  const shop = await startShop(postgresUrl);
  try {
    const generated = await generate(shop, await newPool(shop), codes);
    const imported = await importFile(shop, await newPool(shop), codes);
    const looked = await lookUp(shop, codes, ms);
    const placed = await checkOut(shop, codes, ms * 2);
    const told = codes.toLocaleString("en-US");
    return [
      row(`${name}: ${told} codes generated`, generated, "s", "≤ 60", note),
      row(`${name}: ${told} codes imported from CSV`, imported, "s", "≤ 60", "in no order, one request"),
      row(
        `${name}: a cart with one of ${(2 * codes).toLocaleString("en-US")} codes, p99`,
        quantile(looked, 0.99),
        "ms",
        "≤ 20",
        `median ${quantile(looked, 0.5).toFixed(1)} ms; over HTTP, one connection`,
      ),
      row(
        `${name}: reserved and redeemed by 64 checkouts`,
        placed.perSecond,
        "orders/s",
        "≥ 100",
        "one rule, its budget and customer limits counted for each",
      ),
      row(
        `${name}: the two calls of one order, p99`,
        quantile(placed.times, 0.99),
        "ms",
        "",
        `median ${quantile(placed.times, 0.5).toFixed(0)} ms`,
      ),
    ];
  } finally {
    await shop.stop();
  }
}

/** Undefined where none is installed. */
async function findServer(): Promise<PostgresServer | undefined> {
  try {
    return await startPostgresServer();
  } catch (error) {
    console.log(`without a PostgreSQL server: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

export async function run({ quick }: Pick<BenchOptions, "quick">): Promise<readonly BenchRow[]> {
  const codes = quick ? quickCodes : allCodes;
  const ms = quick ? 1_000 : 5_000;
  const embedded = await measure("embedded", "", codes, ms, "over HTTP, the job's wait of up to 1 s in it");
  const server = await findServer();
  if (!server) return embedded;
  try {
    return [...embedded, ...(await measure("server", server.url, codes, ms, "PostgreSQL 15, fsync off"))];
  } finally {
    await server.stop();
  }
}
