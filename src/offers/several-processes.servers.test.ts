// What is scarce, in two processes of the product on one PostgreSQL server: pieces of an offer, codes, and texts asked of a model.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { createLogger } from "../kernel/index.ts";
import { type ClickHouseServer, startClickHouseServer } from "../testing/clickhouse-http-server.ts";
import { type ModelServer, startModelServer } from "../testing/content/model-server.ts";
import { type PostgresServer, startPostgresServer } from "../testing/postgres-server.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";

const limit = 10;
const callers = 64;
let postgres: PostgresServer;
let clickhouse: ClickHouseServer;
let model: ModelServer;
let folder: string;
let token: string;
let writeKey: string;
let servers: ServerProcess[] = [];
let settings: Readonly<Record<string, string>>;

const start = (name: string) => startServerProcess(join(folder, name), settings);
const call = async (method: string, path: string, body?: unknown, { at = 0, key = token } = {}) => {
  const answer = await fetch(`${servers[at % servers.length]?.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "if-match": "*" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  return { status: answer.status, body: (await answer.json()) as any };
};
const publish = async (kind: string, key: string, body: object) => {
  const created = await call("POST", `/v1/definitions/${kind}`, { key, name: key, body });
  const published = await call("POST", `/v1/definitions/${kind}/${key}/publish`, {});
  expect([created.status, published.status], JSON.stringify([created.body, published.body])).toEqual([201, 200]);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "clientele-test-scarce-"));
  [postgres, clickhouse, model] = await Promise.all([
    startPostgresServer(),
    startClickHouseServer(),
    startModelServer(),
  ]);
  settings = {
    ...{ CLIENTELE_POSTGRES_URL: postgres.url, CLIENTELE_CLICKHOUSE_URL: clickhouse.url },
    ...{ CLIENTELE_MODEL_URL: model.url, CLIENTELE_MODEL_NAME: "small", CLIENTELE_MODEL_KEY: "test" },
  };
  const app = await createApp({
    config: readConfig(settings, { dataDir: join(folder, "keys"), roles: [] }),
    logger: createLogger("silent"),
    withoutJobs: true,
  });
  const by = { actor: "test", via: "cli" } as const;
  token = (await app.access.createKey({ kind: "token", name: "Server", scopes: ["read", "edit", "publish"] }, by)).key;
  writeKey = (await app.access.createKey({ kind: "write", name: "Shop", sourceId: "shop" }, by)).key;
  await app.close();
  servers = await Promise.all([start("one"), start("two")]);
}, 240_000);
afterAll(async () => {
  for (const each of servers) await each.kill();
  await Promise.all([postgres?.stop(), clickhouse?.stop(), model?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const shownAt = async (visitor: string, at: number): Promise<string> => {
  const { body } = await call(
    "POST",
    "/v1/decide",
    { identity: { anonymousId: visitor }, placements: ["hero"] },
    { at, key: writeKey },
  );
  return String(body.decisions?.[0]?.value?.items?.[0]?.id ?? "");
};
/** Both processes know the definition. */
const known = (at: number) => expect.poll(() => shownAt(`looker-${at}`, at), { timeout: 20_000 }).not.toBe("");

describe("two processes on a PostgreSQL server", () => {
  it("give out no more pieces of an offer than there are, also after one of them was killed", async () => {
    await publish("offer-placement", "hero", { placement: "hero", channel: "web", contentType: "html" });
    const representations = [{ placement: "hero", html: "<p>x</p>" }];
    const caps = [{ per: "total", counted: "decision", limit, hard: true }];
    await publish("offer", "plain", { priority: 1, audiences: [], representations });
    await publish("offer", "scarce", { priority: 50, audiences: [], representations, caps });
    await publish("offer-collection", "both", { offers: ["plain", "scarce"] });
    const entry = { type: "strategy", name: "all", collection: "both", ranking: { method: "priority" } };
    const policy = {
      placements: ["hero"],
      priority: 10,
      audiences: [],
      wanted: 1,
      emptyAllowed: true,
      entries: [entry],
    };
    await publish("offer-policy", "policy", policy);
    for (const at of [0, 1]) await known(at);
    // The two that looked have a piece each.
    const before = (await Promise.all([shownAt("looker-0", 0), shownAt("looker-1", 1)])).filter(
      (key) => key === "scarce",
    );
    expect(before).toHaveLength(2);
    const ask = (from: number, count: number, at: (n: number) => number) =>
      Promise.all(Array.from({ length: count }, (_, n) => shownAt(`visitor-${from + n}`, at(n)).catch(() => "")));
    const first = await ask(0, 6, (n) => n);
    await servers[1]?.kill();
    servers = [servers[0], await start("two")].filter((server) => server !== undefined);
    const rest = await ask(100, callers, (n) => n);
    const given = [...first, ...rest].filter((key) => key === "scarce").length;
    // A decision that counts takes a piece each time it is made, those of the two that looked twice among them.
    expect(given).toBeLessThanOrEqual(limit - before.length);
    expect(rest.filter((key) => key === "plain").length).toBeGreaterThanOrEqual(callers - limit);
    const { rows } = await query<{ taken: number }>(
      "select coalesce(sum(s.taken), 0)::int as taken from offer_stock s",
    );
    expect(rows[0]?.taken).toBe(limit);
  }, 120_000);

  it("reserve a code, a customer's uses and a budget exactly up", async () => {
    const action = { type: "percent", percent: "10" };
    const body = { coupon: { type: "specific", code: "TEN", usesPerCoupon: limit }, priority: 1, action };
    await publish("cart-price-rule", "ten", body);
    await publish("cart-price-rule", "own", { ...body, coupon: { type: "specific", code: "OWN" }, usesPerCustomer: 3 });
    await publish("cart-price-rule", "spend", {
      ...{ priority: 1, action },
      budget: { spend: { minor: 1_000, currency: "USD" } },
    });
    const reserve = (orderId: string, use: object, at: number, customerId?: string) =>
      call("POST", "/v1/coupons/reserve", { orderId, customerId: customerId ?? null, uses: [use] }, { at });
    for (const at of [0, 1])
      await expect
        .poll(async () => (await reserve(`probe-${at}`, { code: "OWN" }, at)).status, { timeout: 20_000 })
        .toBe(200);
    const statuses = async (use: object, customerId?: string) => {
      const name = JSON.stringify(use);
      const all = await Promise.all(
        Array.from({ length: callers }, async (_, n) => (await reserve(`${name}-${n}`, use, n, customerId)).status),
      );
      return [all.filter((status) => status === 200).length, all.filter((status) => status === 409).length];
    };
    expect(await statuses({ code: "TEN" })).toEqual([limit, callers - limit]);
    expect(await statuses({ code: "OWN" }, "c-1")).toEqual([3, callers - 3]);
    const amount = { minor: 300, currency: "USD" };
    expect(await statuses({ ruleKey: "spend", amount })).toEqual([3, callers - 3]);
  }, 120_000);

  it("ask a model once for each text, whichever process takes it, and put the text into a draft once", async () => {
    const html = '<p>Summer sale: <a href="/sale">20% off</a></p>';
    await publish("block", "sale", { placement: "top", priority: 1, audiences: [], html });
    const text = '<p>Members first: <a href="/sale">20% off</a></p>';
    model.answerWith(() => ({ text: JSON.stringify({ variants: [{ text }] }) }));
    const asked = await Promise.all(
      [0, 1, 0, 1].map((at) =>
        call(
          "POST",
          "/v1/content-variations",
          { block: "sale", field: "/html", locale: "en", audiences: [null], count: 1 },
          { at },
        ),
      ),
    );
    expect(asked.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const ids = asked.map(({ body }) => String(body.runs[0].id));
    const path = (id: string) => `/v1/content-variations/${id}`;
    for (const [at, id] of ids.entries())
      await expect
        .poll(async () => (await call("GET", path(id), undefined, { at: at + 1 })).body.run.status, { timeout: 30_000 })
        .toBe("done");
    expect(model.seen).toHaveLength(4);
    const [id = ""] = ids;
    const { body } = await call("GET", path(id));
    const step = `${path(id)}/variants/${body.variants[0].id}`;
    // Both at once: one of them changes it.
    const accepted = await Promise.all([0, 1].map((at) => call("POST", `${step}/accept`, {}, { at })));
    expect(accepted.map(({ status }) => status)).toContain(200);
    const applied = await Promise.all([0, 1].map((at) => call("POST", `${step}/apply`, {}, { at })));
    // It may be repeated: whoever comes second finds it done.
    expect(applied.map(({ status }) => status)).toContain(200);
    const block = await call("GET", "/v1/definitions/block/sale", undefined, { at: 1 });
    expect(JSON.stringify(block.body).split("Members first").length - 1).toBe(1);
  }, 120_000);
});

async function query<T extends object>(sql: string): Promise<{ readonly rows: readonly T[] }> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    return await client.query<T>(sql);
  } finally {
    await client.end();
  }
}
