// Drafts on live carts in two processes of the product on one PostgreSQL and one ClickHouse server: what both see counts once each, what
// one is told the other follows, and one that is killed loses no more than what was under way.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApp } from "../../app.ts";
import { readConfig } from "../../config.ts";
import { createLogger } from "../../kernel/index.ts";
import { type ClickHouseServer, startClickHouseServer } from "../../testing/clickhouse-http-server.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { type ServerProcess, startServerProcess } from "../../testing/server-process.ts";

const path = "/v1/offers/shadow-runs";
const soon = { timeout: 30_000, interval: 100 };
const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (percents: string) => ({ priority: 10, action: { type: "percent", percent: percents } });
let postgres: PostgresServer;
let clickhouse: ClickHouseServer;
let folder: string;
let token: string;
let settings: Readonly<Record<string, string>>;
let servers: ServerProcess[] = [];

const start = (name: string) => startServerProcess(join(folder, name), settings);
const call = async (at: number, method: string, to: string, body?: unknown) => {
  const answer = await fetch(`${servers[at]?.url}${to}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "if-match": "*" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  return { status: answer.status, body: (await answer.json()) as any };
};
/** The shop asks for the discounts of a cart of so many tents, 100.00 each. */
const ask = async (at: number, cartId: string, qty = 1): Promise<number> => {
  const lines = [{ sku: "tent", qty, unitPrice: usd(10_000) }];
  const { status, body } = await call(at, "POST", "/v1/offers/evaluate", { cart: { cartId, currency: "USD", lines } });
  expect(status).toBe(200);
  return body.totals.itemDiscount.minor;
};
const startRun = async (at: number, body: object): Promise<string> => {
  const answer = await call(at, "POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return String(answer.body.id);
};
const coverageOf = async (id: string) =>
  (await call(0, "GET", `${path}/${id}`)).body.coverage as Record<string, number>;
const reportOf = async (at: number, id: string) => (await call(at, "GET", `${path}/${id}/report`)).body;
/** What the draft gives a cart; undefined = the run has not judged it. */
const draftOf = async (id: string, cartId: string, at = 0): Promise<number | undefined> =>
  (await call(at, "GET", `${path}/${id}/cart?cartId=${cartId}`)).body.discount?.draft;
/** The second process hears of a run within a second or two. @returns evaluations that it took */
async function heardOf(id: string, cartId: string): Promise<number> {
  let asked = 0;
  await expect
    .poll(async () => {
      await ask(1, cartId);
      asked += 1;
      return draftOf(id, cartId);
    }, soon)
    .toBeDefined();
  return asked;
}
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "clientele-test-shadows-"));
  [postgres, clickhouse] = await Promise.all([startPostgresServer(), startClickHouseServer()]);
  settings = { CLIENTELE_POSTGRES_URL: postgres.url, CLIENTELE_CLICKHOUSE_URL: clickhouse.url };
  const app = await createApp({
    config: readConfig(settings, { dataDir: join(folder, "keys"), roles: [] }),
    logger: createLogger("silent"),
    withoutJobs: true,
  });
  const by = { actor: "test", via: "cli" } as const;
  token = (await app.access.createKey({ kind: "token", name: "Server", scopes: ["read", "edit", "publish"] }, by)).key;
  await app.close();
  servers = await Promise.all([start("one"), start("two")]);
  expect(
    (await call(0, "POST", "/v1/definitions/cart-price-rule", { key: "off", name: "Off", body: percent("10") })).status,
  ).toBe(201);
  expect((await call(0, "POST", "/v1/definitions/cart-price-rule/off/publish", {})).status).toBe(200);
}, 240_000);
afterAll(async () => {
  for (const each of servers) await each.kill();
  await Promise.all([postgres?.stop(), clickhouse?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

it("counts each cart once, wherever it comes, and tells the same report everywhere", async () => {
  for (const at of [0, 1]) await expect.poll(() => ask(at, "before"), soon).toBe(1_000);
  const id = await startRun(0, { name: "twenty", changes: [{ key: "off", body: percent("20") }] });
  let asked = await heardOf(id, "probe");
  const [mine, others, shared] = [names("a", 12), names("b", 12), names("both", 6)];
  await Promise.all([...mine.map((cartId) => ask(0, cartId)), ...others.map((cartId) => ask(1, cartId))]);
  // The same cart in both: as it stood last counts.
  for (const cartId of shared)
    for (const [at, qty] of [
      [0, 1],
      [1, 3],
    ] as const) {
      await ask(at, cartId, qty);
      // Of two answers in one millisecond nobody knows which was the last.
      await setTimeout(5);
    }
  asked += 24 + 12;
  const [carts, pieces] = [1 + 24 + 6, 1 + 24 + 3 * 6];
  await expect.poll(async () => (await reportOf(1, id)).totals[0]?.subtotal, soon).toBe(10_000 * pieces);
  const reports = await Promise.all([reportOf(0, id), reportOf(1, id)]);
  expect(reports[0]).toEqual(reports[1]);
  expect(reports[0]).toMatchObject({
    totals: [
      {
        ...{ orders: carts, better: carts, worse: 0, subtotal: 10_000 * pieces, betterBy: 1_000 * pieces },
        discount: { live: 1_000 * pieces, draft: 2_000 * pieces },
      },
    ],
  });
  const accounted = async () => {
    const { seen = 0, judged = 0, superseded = 0, dropped, failed } = await coverageOf(id);
    return { left: seen - judged - superseded, dropped, failed, isMore: seen > asked };
  };
  await expect.poll(accounted, soon).toEqual({ left: 0, dropped: 0, failed: 0, isMore: false });
}, 120_000);

it("judges by drafts and live rules as another process saved them, and stops when it was told to", async () => {
  const draft = { name: "Off", body: percent("50") };
  expect((await call(0, "PUT", "/v1/definitions/cart-price-rule/off", draft)).status).toBe(200);
  const id = await startRun(0, { name: "as drafted", changes: [{ key: "off" }] });
  await heardOf(id, "edited");
  expect(await draftOf(id, "edited")).toBe(5_000);
  // A live rule that the run does not change is published: both sides follow.
  const five = { key: "five", name: "Five", body: { priority: 20, action: { type: "fixed", amounts: [usd(500)] } } };
  expect((await call(0, "POST", "/v1/definitions/cart-price-rule", five)).status).toBe(201);
  expect((await call(0, "POST", "/v1/definitions/cart-price-rule/five/publish", {})).status).toBe(200);
  await expect.poll(() => ask(1, "later"), soon).toBe(1_500);
  await expect.poll(() => draftOf(id, "later", 1), soon).toBe(5_500);

  expect((await call(0, "POST", `${path}/${id}/stop`, {})).status).toBe(200);
  let at = 0;
  await expect
    .poll(async () => {
      const before = (await coverageOf(id))["seen"];
      at += 1;
      await ask(1, `stopped-${at}`);
      // Counts are written once a second.
      await setTimeout(1_500);
      return (await coverageOf(id))["seen"] === before;
    }, soon)
    .toBe(true);
  expect(await draftOf(id, `stopped-${at}`)).toBeUndefined();
}, 120_000);

it("loses of a killed process no more than what was not written, and counts nothing twice after it", async () => {
  const id = await startRun(1, { name: "killed", changes: [{ key: "off", body: percent("40") }] });
  await heardOf(id, "probe");
  await expect
    .poll(async () => {
      await ask(0, "first");
      return draftOf(id, "first");
    }, soon)
    .toBeDefined();
  const [kept, under] = [names("kept", 15), names("under", 15)];
  await Promise.all(kept.map((cartId) => ask(1, cartId)));
  await expect.poll(async () => (await reportOf(0, id)).orders, soon).toBe(2 + kept.length);
  await Promise.all(under.map((cartId) => ask(1, cartId)));
  await servers[1]?.kill();

  const after = await reportOf(0, id);
  expect(after.orders).toBeGreaterThanOrEqual(2 + kept.length);
  expect(after.orders).toBeLessThanOrEqual(2 + kept.length + under.length);
  for (const cartId of kept) expect(await draftOf(id, cartId), cartId).toBe(4_500);
  // The other one goes on.
  await ask(0, "meanwhile");
  await expect.poll(() => draftOf(id, "meanwhile"), soon).toBe(4_500);

  servers = [servers[0], await start("two")].filter((server) => server !== undefined);
  await Promise.all([...kept, ...under].map((cartId) => ask(1, cartId)));
  const carts = 3 + kept.length + under.length;
  await expect.poll(async () => (await reportOf(0, id)).orders, soon).toBe(carts);
  expect(await reportOf(1, id)).toMatchObject({ totals: [{ orders: carts, subtotal: 10_000 * carts }] });
  const { seen = 0, judged = 0, superseded = 0, dropped = 0, failed = 0 } = await coverageOf(id);
  expect(judged + superseded + dropped + failed).toBeLessThanOrEqual(seen);
}, 180_000);
