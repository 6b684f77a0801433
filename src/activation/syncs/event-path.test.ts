// Audience syncs behind the whole program: events, time, merges, consent, suppression and erasure reach every copy.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type S3Server, s3Bucket, s3Credentials, startS3Server } from "../../testing/connectors/s3-server.ts";
import { startTargetServer, type TargetServer } from "../../testing/connectors/target-server.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { type PostgresServer, startPostgresServer } from "../../testing/postgres-server.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

type Line = { op: string; identifier: string };

let app: TestApp;
let webhook: TargetServer;
let s3: S3Server;
let server: PostgresServer;
let table: pg.Client;

const syncs = ["to-webhook", "to-bucket", "to-folder", "to-table"] as const;

beforeAll(async () => {
  [app, webhook, s3, server] = await Promise.all([
    startTestApp(),
    startTargetServer(),
    startS3Server(),
    startPostgresServer(),
  ]);
  table = new pg.Client(server.url);
  await table.connect();
  await app.publish("audience", "carts", {
    rule: { attribute: { path: "profile.open_cart.items", op: "gte", value: 1 } },
  });
  const url = new URL(server.url);
  const targets = {
    "to-webhook": [{ type: "webhook", url: `${webhook.url}/in` }, { signingSecret: "s3cret" }],
    "to-bucket": [{ type: "s3", endpoint: s3.url, bucket: s3Bucket, prefix: "carts/" }, s3Credentials],
    "to-folder": [{ type: "folder", path: "carts" }, {}],
    "to-table": [
      {
        type: "sql",
        engine: "postgres",
        host: url.hostname,
        port: Number(url.port),
        database: url.pathname.slice(1),
        user: url.username,
        tls: "off",
        table: "carts",
      },
      url.password ? { password: decodeURIComponent(url.password) } : {},
    ],
  } as const;
  for (const key of syncs) {
    const [config, secrets] = targets[key];
    const made = await app.call("POST", "/v1/audience-syncs", {
      key,
      name: key,
      config: {
        ...config,
        audience: "carts",
        identifiers: [{ namespace: "email" }],
        consent: { categories: ["marketing:email"], unset: "allow" },
      },
      secrets,
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  }
}, 120_000);
afterAll(async () => {
  await app.close();
  await table.end();
  await server.stop();
  await s3.close();
  await webhook.close();
});

const item = { sku: "24-MB01", qty: 1, unitPrice: { minor: 100, currency: "USD" } };
const add = (name: string, extra: object = {}) => ({
  type: "addToCart",
  anonymousId: `device-${name}`,
  customerId: name,
  email: `${name}@example.com`,
  timestamp: new Date().toISOString(),
  properties: { items: [item] },
  ...extra,
});

function apply(lines: readonly Line[]): string[] {
  const held = new Set<string>();
  for (const { op, identifier } of lines) {
    if (op === "exited") held.delete(identifier);
    else held.add(identifier);
  }
  return [...held].sort();
}
const linesOf = (texts: readonly string[]): Line[] =>
  texts.flatMap((text) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
/** What each receiver holds now. */
const copies: Readonly<Record<(typeof syncs)[number], () => Promise<string[]>>> = {
  "to-webhook": async () =>
    apply(
      webhook.seen.flatMap(({ body }) => {
        const { entered = [], exited = [] } = JSON.parse(body.toString());
        return [
          ...exited.map((one: Line) => ({ ...one, op: "exited" })),
          ...entered.map((one: Line) => ({ ...one, op: "entered" })),
        ];
      }),
    ),
  "to-bucket": async () =>
    apply(
      linesOf(
        [...s3.objects]
          .filter(([key]) => key.startsWith("carts/changes/"))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, { body }]) => body.toString()),
      ),
    ),
  "to-folder": async () => {
    const folder = join(app.dataDir, "drop", "carts", "changes");
    mkdirSync(folder, { recursive: true });
    return apply(
      linesOf(
        readdirSync(folder)
          .filter((name) => name.endsWith(".ndjson"))
          .sort()
          .map((name) => readFileSync(join(folder, name), "utf8")),
      ),
    );
  },
  "to-table": async () =>
    (await table.query("select c.identifier from carts c order by 1")).rows.map((row) => row.identifier),
};
async function everyCopyIs(...names: string[]): Promise<void> {
  const expected = names.map((name) => `${name}@example.com`).sort();
  for (const key of syncs)
    await waitFor(
      `${key} holds ${expected.join(", ") || "nobody"}`,
      async () => {
        const held = await copies[key]().catch(() => []);
        return held.join() === expected.join();
      },
      20_000,
    );
}
const isIdle = async (key: string) => {
  const { state } = (await app.call("GET", `/v1/audience-syncs/${key}`)).body as { state: { sweep: unknown } };
  return state.sweep === null;
};

it("follows entries, exits and consent, whatever the target", async () => {
  // The first copies are empty: what follows comes as changes.
  for (const key of syncs) await waitFor(`${key} has begun`, () => isIdle(key));
  await app.sendFromServer([add("ada"), add("bob"), add("cid")]);
  await app.settle();
  await everyCopyIs("ada", "bob", "cid");
  await app.sendFromServer([
    { type: "removeFromCart", customerId: "ada", properties: { items: [item] } },
    {
      type: "consentUpdated",
      customerId: "bob",
      context: { consent: { channels: { marketing: { email: false } } } },
    },
  ]);
  await app.settle();
  await everyCopyIs("cid");
  await app.sendFromServer([
    { type: "consentUpdated", customerId: "bob", context: { consent: { channels: { marketing: { email: true } } } } },
  ]);
  await app.settle();
  await everyCopyIs("bob", "cid");
}, 60_000);

it("keeps one row when two profiles become one", async () => {
  await app.send([{ ...add("x"), customerId: undefined, email: undefined, anonymousId: "phone-of-cid" }]);
  await app.settle();
  await app.sendFromServer([{ type: "signIn", anonymousId: "phone-of-cid", customerId: "cid" }]);
  await app.settle();
  await everyCopyIs("bob", "cid");
}, 60_000);

it("is left by suppressed and erased persons everywhere, and nothing of them stays here", async () => {
  await app.sendFromServer([add("dan"), add("eve")]);
  await app.settle();
  await everyCopyIs("bob", "cid", "dan", "eve");
  const idOf = async (name: string) =>
    String((await app.call("GET", `/v1/profiles/by/user_id/${name}`)).body["profileId"]);
  const erase = (id: string, mode: string) => app.call("DELETE", `/v1/profiles/${id}`, { mode });
  expect((await erase(await idOf("dan"), "suppress")).status).toBeLessThan(300);
  expect((await erase(await idOf("eve"), "delete")).status).toBeLessThan(300);
  await app.privacy.runRequests();
  await everyCopyIs("bob", "cid");
  const { rows } = await app.engines.postgres.query(
    "select m.value from audience_sync_members m where m.value like 'eve%' or m.profile_id is null",
  );
  expect(rows).toEqual([]);
}, 60_000);

it("keeps an audience that is copied from being archived, and names the sync", async () => {
  const { items } = (await app.call("GET", "/v1/definitions/audience/carts/used-by")).body;
  expect(items).toMatchObject(syncs.toSorted().map((key) => ({ kind: "audience-sync", key, isLive: true })));
  const refused = await app.call("POST", "/v1/definitions/audience/carts/archive", {});
  expect([refused.status, refused.body["error"]]).toMatchObject([409, { code: "definitions.inUse" }]);
});

it("tells the difference of a new version of the audience, not everybody", async () => {
  await app.sendFromServer([add("fay", { properties: { items: [{ ...item, qty: 5 }] } })]);
  await app.settle();
  await everyCopyIs("bob", "cid", "fay");
  const before = webhook.seen.length;
  const token = { authorization: "Bearer demo-admin-token" };
  const { headers } = await app.call("GET", "/v1/definitions/audience/carts");
  const rule = { attribute: { path: "profile.open_cart.value", op: "gte", value: { minor: 300, currency: "USD" } } };
  const saved = await app.call(
    "PUT",
    "/v1/definitions/audience/carts",
    { name: "carts", body: { rule } },
    { ...token, "if-match": String(headers["etag"]) },
  );
  expect(saved.status).toBe(200);
  const published = await app.call(
    "POST",
    "/v1/definitions/audience/carts/publish",
    {},
    { ...token, "if-match": String(saved.headers["etag"]) },
  );
  expect(published.status).toBe(200);
  await everyCopyIs("fay");
  const told = webhook.seen.slice(before).map(({ body }) => JSON.parse(body.toString()));
  expect(told.flatMap(({ entered }) => entered)).toEqual([]);
  expect(told.flatMap(({ exited }) => exited.map((one: Line) => one.identifier)).sort()).toEqual([
    "bob@example.com",
    "cid@example.com",
  ]);
}, 60_000);

it("shows a person what was told of them", async () => {
  const id = String((await app.call("GET", "/v1/profiles/by/user_id/fay")).body["profileId"]);
  const answer = await app.server.inject({
    method: "GET",
    url: `/v1/profiles/${id}/export`,
    headers: { authorization: "Bearer demo-admin-token" },
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.rawPayload.includes("audience-syncs.ndjson")).toBe(true);
});
