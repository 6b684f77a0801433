// The whole product where one process is not enough: a PostgreSQL server, ClickHouse over HTTP, several processes on both.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "./access/index.ts";
import { type ClickHouseServer, startClickHouseServer } from "./testing/clickhouse-http-server.ts";
import { type PostgresServer, startPostgresServer } from "./testing/postgres-server.ts";
import { runCli, type ServerProcess, startServerProcess } from "./testing/server-process.ts";
import { startTestApp } from "./testing/start-test-app.ts";

let postgres: PostgresServer;
let clickhouse: ClickHouseServer;
let folder: string;
const running: ServerProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "clientele-test-servers-"));
  [postgres, clickhouse] = await Promise.all([startPostgresServer(), startClickHouseServer()]);
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.kill();
});
afterAll(async () => {
  await Promise.all([postgres.stop(), clickhouse.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const inCart = { event: { name: "addToCart", window: { last: "7d" }, count: { op: "gte", value: 1 } } };
const heroFor = (audiences: readonly string[], html: string) => ({
  placement: "home.hero",
  priority: audiences.length > 0 ? 10 : 100,
  audiences,
  html,
});

/** A database of its own on each server. */
async function createDatabases(name: string) {
  const admin = new pg.Client(postgres.url);
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const client = createClient({ url: clickhouse.url });
  await client.command({ query: `create database ${name}` });
  await client.close();
  return {
    postgresUrl: postgres.url.replace(/\/postgres$/, `/${name}`),
    clickhouseUrl: `${clickhouse.url}/${name}`,
  };
}

describe("one process on two servers", () => {
  it("brings an event to the profile, the audience, the decision and the timeline", async () => {
    const app = await startTestApp({ config: await createDatabases("one") });
    try {
      expect([app.engines.postgres.kind, app.engines.clickhouse.kind]).toEqual(["server", "server"]);
      await app.publish("audience", "in-cart", { rule: inCart });
      await app.publish("block", "for-carts", heroFor(["in-cart"], "<p>your cart</p>"));
      await app.publish("block", "for-all", heroFor([], "<p>welcome</p>"));
      await app.audiences.settled();
      await app.send([
        { type: "addToCart", anonymousId: "a", properties: { items: [{ sku: "X", qty: 1 }] } },
        { type: "pageView", anonymousId: "b" },
      ]);
      await app.settle();

      const hero = async (anonymousId: string) => {
        const { body } = await app.call(
          "POST",
          "/v1/decide",
          { identity: { anonymousId }, placements: ["home.hero"] },
          { authorization: `Bearer ${demoCredentials.writeKey}` },
        );
        return (body as { decisions: { value: { html: string } }[] }).decisions[0]?.value.html;
      };
      expect([await hero("a"), await hero("b")]).toEqual(["<p>your cart</p>", "<p>welcome</p>"]);
      const { body: profile } = await app.call("GET", "/v1/profiles/by/anonymous_id/a");
      expect(profile).toMatchObject({ counters: { addToCart: 1 }, audiences: ["in-cart"] });
      const { body: timeline } = await app.call("GET", `/v1/profiles/${profile["profileId"]}/events`);
      const types = (timeline as { items: { type: string }[] }).items.map(({ type }) => type);
      expect(types).toContain("addToCart");
    } finally {
      await app.close();
    }
  });
});

type Sent = {
  readonly messageId: string;
  readonly type: string;
  readonly anonymousId: string;
  readonly customerId?: string;
};

const visitors = 30;
const customersOfBlock = 6;
const batchSize = 10;

/** Five devices each: more of them within a week do not join a person. */
const customerOf = (visitor: number) => `c-${Math.floor(visitor / visitors)}-${visitor % customersOfBlock}`;

/** What was sent, and what of it must be there once everything is processed. */
function createShoppers(writeKey: string) {
  const all = new Map<string, Sent>();
  let sequence = 0;
  const next = (): Sent => {
    sequence += 1;
    // New visitors come in all the time, and each signs in sooner or later: profiles are made and merged under load.
    const visitor = Math.floor(sequence / 600) * visitors + (sequence % visitors);
    const customer = sequence % 7 === 0 ? { customerId: customerOf(visitor) } : {};
    return { messageId: `m-${sequence}`, type: "pageView", anonymousId: `v-${visitor}`, ...customer };
  };
  const post = async (server: ServerProcess, events: readonly Sent[]): Promise<boolean> => {
    for (const event of events) all.set(event.messageId, event);
    const answer = await fetch(`${server.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${writeKey}`, "content-type": "application/json" },
      body: JSON.stringify({ events }),
    }).catch(() => undefined);
    const body: unknown = await answer?.json().catch(() => undefined);
    if (answer?.ok && body) expect(body).toMatchObject({ rejected: [] });
    return answer?.ok === true && body !== undefined;
  };
  return {
    all,
    post,
    nextBatch: (): readonly Sent[] => Array.from({ length: batchSize }, next),
    /** One event of every visitor so far, each signed in: afterwards the customers are all the profiles there are. */
    signInEverybody: (): readonly Sent[] =>
      [...new Set([...all.values()].map(({ anonymousId }) => anonymousId))].map((anonymousId) => {
        sequence += 1;
        const customerId = customerOf(Number(anonymousId.slice(2)));
        return { messageId: `m-${sequence}`, type: "pageView", anonymousId, customerId };
      }),
    expectedByCustomer: (): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { anonymousId } of all.values()) {
        const key = customerOf(Number(anonymousId.slice(2)));
        counts[key] = (counts[key] ?? 0) + 1;
      }
      return counts;
    },
  };
}

describe("several processes on two servers", () => {
  it("share the work, count each event once, see each other's definitions and take over from a killed one", async () => {
    const urls = await createDatabases("several");
    const settings = {
      CLIENTELE_POSTGRES_URL: urls.postgresUrl,
      CLIENTELE_CLICKHOUSE_URL: urls.clickhouseUrl,
      CLIENTELE_INBOX_LEASE: "2s",
    };
    const dirOf = (name: string) => join(folder, name);
    const cli = (...args: string[]) => JSON.parse(runCli(dirOf("cli"), args, settings)) as { key: string };
    const { key: writeKey } = cli("keys", "create", "write", "load");
    const { key: token } = cli("keys", "create", "token", "check", "--scopes", "read,edit,publish");
    const startProcess = async (name: string, roles: string) => {
      const server = await startServerProcess(dirOf(name), { ...settings, CLIENTELE_ROLES: roles });
      running.push(server);
      return server;
    };
    const call = async (server: ServerProcess, method: "GET" | "POST", path: string, body?: object, etag?: string) => {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { "content-type": "application/json" } : {}),
          ...(etag ? { "if-match": etag } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const json = (await answer.json()) as Record<string, unknown>;
      expect({ path, ok: answer.ok, json }).toMatchObject({ path, ok: true });
      return { json, etag: answer.headers.get("etag") ?? "" };
    };

    // Both at once on an empty database: migrations run once.
    const [front, worker] = await Promise.all([
      startProcess("front", "http"),
      startProcess("worker", "processor,scheduler,trainer,http"),
    ]);
    const { all, post, nextBatch, signInEverybody, expectedByCustomer } = createShoppers(writeKey);

    type System = { inbox: { pending: number }; export: { pending: number }; events: { total: number } };
    const waiting = async () => {
      const { inbox, export: exporting } = (await call(front, "GET", "/v1/system")).json as System;
      return inbox.pending + exporting.pending;
    };
    const expectExactlyOnce = async () => {
      expect(await post(front, signInEverybody())).toBe(true);
      await expect.poll(waiting, { timeout: 20_000, interval: 100 }).toBe(0);
      const db = new pg.Client(urls.postgresUrl);
      await db.connect();
      const { rows } = await db.query<{ profiles: string; views: string }>(
        "select count(*) as profiles, sum((state->'counters'->>'pageView')::int) as views from profiles",
      );
      await db.end();
      const customers = Object.keys(expectedByCustomer()).length;
      expect(rows).toEqual([{ profiles: String(customers), views: String(all.size) }]);
      for (const [customer, count] of Object.entries(expectedByCustomer())) {
        const { json } = await call(front, "GET", `/v1/profiles/by/user_id/${customer}`);
        expect({ customer, counters: json["counters"] }).toEqual({ customer, counters: { pageView: count } });
      }
      const client = createClient({ url: urls.clickhouseUrl });
      const stored = await client.query({
        query:
          "select toUInt32(count()) as n, toUInt32(uniqExact(event_id)) as ids from events where event_type = 'pageView'",
        format: "JSONEachRow",
      });
      expect(await stored.json()).toEqual([{ n: all.size, ids: all.size }]);
      await client.close();
    };

    // One process answers, another processes.
    for (let round = 0; round < 25; round += 1) {
      const [a, b] = [nextBatch(), nextBatch()];
      expect(await Promise.all([post(front, a), post(worker, b)])).toEqual([true, true]);
    }
    await expectExactlyOnce();

    // A definition published in one is live in the other.
    const created = await call(front, "POST", "/v1/definitions/block", {
      key: "hero",
      name: "Hero",
      body: heroFor([], "<p>from the front</p>"),
    });
    await call(front, "POST", "/v1/definitions/block/hero/publish", {}, created.etag);
    const heroOf = async (server: ServerProcess) => {
      const { json } = await call(server, "POST", "/v1/decide", { placements: ["home.hero"] });
      return (json as { decisions: { value: { html: string } | null }[] }).decisions[0]?.value?.html;
    };
    expect(await heroOf(front)).toBe("<p>from the front</p>");
    await expect.poll(() => heroOf(worker), { interval: 50 }).toBe("<p>from the front</p>");

    // Two processors under load for the same visitors, some messages through two doors; one is killed.
    const second = await startProcess("second", "processor,http");
    let killed = false;
    const refused: (readonly Sent[])[] = [];
    const send = async (server: ServerProcess, rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        const batch = nextBatch();
        if (server === worker && killed) return;
        const answers = await Promise.all([post(server, batch), ...(round % 5 === 0 ? [post(front, batch)] : [])]);
        if (answers.includes(false)) refused.push(batch);
      }
    };
    const load = [front, worker, second].flatMap((server) => [send(server, 60), send(server, 60)]);
    await expect.poll(() => all.size, { interval: 5 }).toBeGreaterThan(1_500);
    await worker.kill();
    killed = true;
    await Promise.all(load);
    for (const batch of refused) expect(await post(front, batch)).toBe(true);
    await expectExactlyOnce();

    expect(await Promise.all([front.stop(), second.stop()])).toEqual([0, 0]);
    running.splice(0);
  }, 120_000);
});
