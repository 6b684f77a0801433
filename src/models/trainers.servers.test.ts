// Trainers as processes of their own on servers: who trains, who serves, and what is left when a trainer is killed.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type ClickHouseServer, startClickHouseServer } from "../testing/clickhouse-http-server.ts";
import { createKeys } from "../testing/create-keys.ts";
import { drawShoppers, orderEvents } from "../testing/models/shoppers.ts";
import { type PostgresServer, startPostgresServer } from "../testing/postgres-server.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";

const dayMs = 86_400_000;
/** More than a page of scores. */
const shopperCount = 700;
const shoppers = drawShoppers(shopperCount, Date.now() - 100 * dayMs, Date.now() - dayMs);
const patient = { timeout: 90_000, interval: 20 };

let postgres: PostgresServer;
let clickhouse: ClickHouseServer;
let db: pg.Client;
let folder: string;
let settings: Record<string, string>;
let token: string;
let api: ServerProcess;
/** The one that trains; tests kill it and start another. */
let trainer: ServerProcess;
const running = new Set<ServerProcess>();
const blockers: pg.Client[] = [];

/** Holds a lock until `unblock`. */
async function block(statement: string): Promise<void> {
  const blocker = new pg.Client(settings["CLIENTELE_POSTGRES_URL"]);
  blockers.push(blocker);
  await blocker.connect();
  await blocker.query("begin");
  await blocker.query(statement);
}

async function unblock(): Promise<void> {
  for (const blocker of blockers.splice(0)) await blocker.end();
}

async function startProcess(name: string, roles: string): Promise<ServerProcess> {
  const server = await startServerProcess(join(folder, name), { ...settings, CLIENTELE_ROLES: roles });
  running.add(server);
  return server;
}

async function kill(server: ServerProcess): Promise<void> {
  running.delete(server);
  await server.kill();
}

async function call(method: "GET" | "POST", path: string, body?: object) {
  const answer = await fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json().catch(() => null)) as Record<string, unknown> };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patient.timeout;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it did not come true in time");
    await new Promise((resolve) => setTimeout(resolve, patient.interval));
  }
}

type Run = { readonly id: string; readonly status: string; readonly stage: string; readonly error: string | null };

const modelOf = async (key: string) =>
  (await call("GET", `/v1/models/${key}`)).body as unknown as {
    readonly liveVersion: number | null;
    readonly newestVersion: number | null;
    readonly runs: readonly Run[];
  };
const newestRun = async (key: string) => (await modelOf(key)).runs[0];
/** As if five minutes had gone since the owner's last sign of life. */
const forgetHeartbeats = () =>
  db.query(
    "update model_runs set heartbeat_at = heartbeat_at - interval '6 minutes' where model_runs.status = 'running'",
  );
const versionsInProfiles = async (trait: string): Promise<Record<string, number>> => {
  const { rows } = await db.query<{ version: string; n: string }>(
    `select coalesce(p.state->'predictions'->$1->>'version', 'none') as version, count(*) as n from profiles p group by 1`,
    [trait],
  );
  return Object.fromEntries(rows.map(({ version, n }) => [version, Number(n)]));
};
const filesOf = (name: string) =>
  readdirSync(join(folder, name), { recursive: true })
    .map(String)
    .filter((path) => !path.endsWith(".lock"))
    .sort();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "clientele-test-trainers-"));
  [postgres, clickhouse] = await Promise.all([startPostgresServer(), startClickHouseServer()]);
  const admin = new pg.Client(postgres.url);
  await admin.connect();
  await admin.query("create database trainers");
  await admin.end();
  const client = createClient({ url: clickhouse.url });
  await client.command({ query: "create database trainers" });
  await client.close();
  settings = {
    CLIENTELE_POSTGRES_URL: postgres.url.replace(/\/postgres$/, "/trainers"),
    CLIENTELE_CLICKHOUSE_URL: `${clickhouse.url}/trainers`,
  };
  db = new pg.Client(settings["CLIENTELE_POSTGRES_URL"]);
  await db.connect();
  const [postgresUrl, clickhouseUrl] = [settings["CLIENTELE_POSTGRES_URL"], settings["CLIENTELE_CLICKHOUSE_URL"]];
  const databases = {
    dataDir: join(folder, "keys"),
    postgresUrl: postgresUrl ?? "",
    clickhouseUrl: clickhouseUrl ?? "",
  };
  const keys = await createKeys(databases, ["read", "edit", "publish", "personal-data"]);
  ({ token } = keys);
  api = await startProcess("api", "http,processor");
  const events = orderEvents(shoppers);
  for (let start = 0; start < events.length; start += 1_000) {
    const answer = await fetch(`${api.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.writeKey}`, "content-type": "application/json" },
      body: JSON.stringify({ events: events.slice(start, start + 1_000) }),
    });
    expect(await answer.json()).toMatchObject({ rejected: [] });
  }
  await until(async () => {
    const { inbox, export: exporting } = (await call("GET", "/v1/system")).body as {
      inbox: { pending: number };
      export: { pending: number };
    };
    return inbox.pending + exporting.pending === 0;
  });
}, 180_000);

afterEach(unblock);
afterAll(async () => {
  for (const server of running) await server.kill();
  await db?.end();
  await Promise.all([postgres?.stop(), clickhouse?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

it("trains in the process of the trainer what the process that answers is asked for, and serves it without a restart", async () => {
  trainer = await startProcess("first", "trainer,http");
  expect(await call("POST", "/v1/models/propensity_30d/train")).toEqual({ status: 202, body: { runId: null } });
  await expect.poll(async () => (await modelOf("propensity_30d")).liveVersion, patient).toBe(1);
  await expect.poll(async () => (await versionsInProfiles("propensity_30d"))["1"], patient).toBe(shopperCount);
  const { body } = await call("GET", "/v1/profiles/by/user_id/shopper-1");
  expect(JSON.stringify(body)).toContain("propensity_30d");
}, 200_000);

it("never trains a model twice at the same time, and once for each time it is asked, however many trainers there are", async () => {
  const before = filesOf("first");
  const second = await startProcess("second", "trainer,http");
  for (const key of ["clusters", "customer_value"]) await call("POST", `/v1/models/${key}/train`);
  for (const key of ["clusters", "customer_value"])
    await expect.poll(async () => (await newestRun(key))?.status, patient).toBe("done");
  const { rows } = await db.query<{ n: string; together: string }>(
    `select count(*) as n, count(other.id) as together from model_runs r
     left join model_runs other on other.model_key = r.model_key and other.purpose = r.purpose and other.id <> r.id
       and other.started_at < r.finished_at and other.finished_at > r.started_at
     where r.model_key in ('clusters', 'customer_value')`,
  );
  expect(rows).toEqual([{ n: "2", together: "0" }]);
  // What is published is scored; none is left under way when one of them is killed.
  const waiting = `select count(*) as n from model_versions v where v.status = 'live' and not exists (
    select 1 from model_runs r where r.purpose = 'score' and r.status = 'done' and r.started_at >= v.promoted_at)`;
  await expect.poll(async () => (await db.query<{ n: string }>(waiting)).rows[0]?.n, patient).toBe("0");
  await kill(second);
  expect(filesOf("first")).toEqual(before);
}, 200_000);

it("keeps what serves when a trainer is killed while it learns; the next one marks the run as failed and trains", async () => {
  const before = filesOf("first");
  await call("POST", "/v1/models/propensity_30d/train");
  await expect.poll(async () => (await newestRun("propensity_30d"))?.stage, patient).toBe("learning");
  const dead = await newestRun("propensity_30d");
  await kill(trainer);
  expect(filesOf("first")).toEqual(before);
  expect(await modelOf("propensity_30d")).toMatchObject({ liveVersion: 1, newestVersion: 1 });
  expect((await versionsInProfiles("propensity_30d"))["1"]).toBe(shopperCount);
  await forgetHeartbeats();

  // The last page of scores cannot be written: the trainer will be killed in the middle of them.
  await block("select 1 from profiles p order by p.profile_id desc limit 1 for update");
  trainer = await startProcess("second", "trainer,http");
  await expect.poll(async () => (await modelOf("propensity_30d")).liveVersion, patient).toBe(2);
  const { runs } = await modelOf("propensity_30d");
  expect(runs.find(({ id }) => id === dead?.id)).toMatchObject({
    status: "failed",
    error: "no sign of life: the process ended",
  });
  await expect.poll(async () => (await versionsInProfiles("propensity_30d"))["2"] ?? 0, patient).toBe(500);
  await kill(trainer);
  await unblock();

  // Every profile has scores of one version or the other, none is without and none has parts of both.
  const half = await versionsInProfiles("propensity_30d");
  expect(Object.keys(half).sort()).toEqual(["1", "2"]);
  expect((half["1"] ?? 0) + (half["2"] ?? 0)).toBe(shopperCount);
  await forgetHeartbeats();
  trainer = await startProcess("third", "trainer,http");
  await expect.poll(async () => (await versionsInProfiles("propensity_30d"))["2"], patient).toBe(shopperCount);
}, 300_000);

it("publishes nothing of a version when the trainer is killed in the transaction that publishes it", async () => {
  const { liveVersion, newestVersion } = await modelOf("clusters");
  await block("select 1 from model_versions v where v.model_key = 'clusters' for update");
  await call("POST", "/v1/models/clusters/train");
  const waiting = async () => {
    const { rows } = await db.query<{ n: string }>(
      "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and query like 'update model_versions%'",
    );
    return rows[0]?.n;
  };
  await expect.poll(waiting, patient).toBe("1");
  await kill(trainer);
  await unblock();
  await expect.poll(waiting, patient).toBe("0");
  expect(await modelOf("clusters")).toMatchObject({ liveVersion, newestVersion });
  expect((await db.query("select 1 from model_versions v where v.model_key = 'clusters'")).rowCount).toBe(
    newestVersion,
  );
}, 200_000);

it("stops a training that somebody cancels in the process that answers", async () => {
  await forgetHeartbeats();
  trainer = await startProcess("first", "trainer,http");
  await call("POST", "/v1/models/propensity_30d/train");
  await expect.poll(async () => (await newestRun("propensity_30d"))?.stage, patient).toBe("learning");
  expect((await call("POST", "/v1/models/propensity_30d/cancel")).status).toBe(202);
  await expect.poll(async () => (await newestRun("propensity_30d"))?.status, patient).toBe("cancelled");
  expect(await modelOf("propensity_30d")).toMatchObject({ liveVersion: 2, newestVersion: 2 });
  expect(await call("POST", "/v1/models/propensity_30d/cancel")).toMatchObject({
    status: 409,
    body: { error: { code: "models.notRunning" } },
  });
}, 200_000);
