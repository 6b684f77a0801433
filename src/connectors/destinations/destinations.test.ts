import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sha256Hex, systemClock } from "../../kernel/index.ts";
import {
  type DestinationsApp,
  destinationCapabilities,
  startDestinationsApp,
} from "../../testing/connectors/destinations-app.ts";
import { s3Bucket, s3Credentials, startS3Server } from "../../testing/connectors/s3-server.ts";
import { type SeenRequest, startTargetServer, type TargetServer } from "../../testing/connectors/target-server.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { verifySignature } from "../net/sign-body.ts";

let engines: TestEngines;
let app: DestinationsApp;
let target: TargetServer;
beforeAll(async () => {
  engines = await openTestEngines(destinationCapabilities);
});
afterAll(() => engines.close());
beforeEach(async () => {
  target = await startTargetServer();
  app = await startDestinationsApp(engines, systemClock);
  await app.destinations.start();
});
afterEach(async () => {
  const { body } = await app.call("GET", "/v1/destinations?limit=200");
  for (const { key } of body.items) await app.call("DELETE", `/v1/destinations/${key}`);
  await app.close();
  await target.close();
});

let number = 0;
const unique = (name: string) => `${name}-${++number}`;

async function make(config: object = {}, secrets: object = { signingSecret: "s3cret" }, key = unique("hook")) {
  const made = await app.call("POST", "/v1/destinations", {
    key,
    name: key,
    config: { type: "webhook", url: `${target.url}/in`, ...config },
    secrets,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return key;
}
const eventsOf = ({ body }: SeenRequest): { messageId: string; type: string }[] => JSON.parse(body.toString()).events;
const delivered = (seen: readonly SeenRequest[] = target.seen) =>
  seen.flatMap(eventsOf).map(({ messageId }) => messageId);
const read = async (key: string) => (await app.call("GET", `/v1/destinations/${key}`)).body;
const lettersOf = async (key: string) => (await app.call("GET", `/v1/destinations/${key}/dead-letters`)).body.items;
const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe("a webhook destination", () => {
  it("gets each event once, in order, signed like our own webhooks", async () => {
    const key = await make({ batchSize: 3 });
    await app.view(ids("order", 8));
    await waitFor("8 events there", () => delivered().length >= 8);
    expect(delivered()).toEqual(ids("order", 8));
    const [first] = target.seen;
    const signature = String(first?.headers["x-clientele-signature"]);
    expect(verifySignature("s3cret", first!.body, signature, Date.now())).toBe(true);
    expect(verifySignature("another", first!.body, signature, Date.now())).toBe(false);
    await waitFor("counted", async () => (await read(key)).delivery.delivered === 8);
    expect((await read(key)).delivery).toMatchObject({ health: "ok", dead: 0, filtered: 0 });
  });

  it("gets only the names and the rule it asks for", async () => {
    const key = await make({ events: { names: ["giftWrapChosen", "orderPlaced"], rule: { has: "red" } } });
    await app.send([
      { messageId: "r-1", type: "pageView", anonymousId: "v" },
      { messageId: "r-2", type: "giftWrapChosen", anonymousId: "v", properties: { colour: "blue" } },
      { messageId: "r-3", type: "giftWrapChosen", anonymousId: "v", properties: { colour: "red" } },
    ]);
    await waitFor("one event there", () => delivered().length > 0);
    await waitFor("the other counted", async () => (await read(key)).delivery.filtered === 1);
    expect(delivered()).toEqual(["r-3"]);
  });

  it("drops, hashes and chooses fields before they leave", async () => {
    await make({
      fields: { drop: ["context"], hash: ["properties.email"], identifiers: ["email"], hashIdentifiers: ["email"] },
    });
    await app.send(
      [
        {
          messageId: "f-1",
          type: "orderPlaced",
          customerId: "c-1",
          email: "Ann@Example.org ",
          properties: { email: " ANN@example.org", orderId: "7" },
          context: { page: { url: "https://shop/" } },
        },
      ],
      { trusted: true },
    );
    await waitFor("there", () => target.seen.length > 0);
    const [event] = eventsOf(target.seen[0]!) as unknown as Record<string, Record<string, unknown>>[];
    expect(event!["context"]).toEqual({});
    expect(event!["properties"]!["orderId"]).toBe("7");
    expect(event!["properties"]!["email"]).toBe(sha256Hex("ann@example.org"));
    expect(event!["identifiers"]).toEqual([{ namespace: "email_sha256", value: event!["properties"]!["email"] }]);
  });
});

describe("consent", () => {
  it("keeps back what a person denies, also what waits already, and behaviour without consent for analytics", async () => {
    target.answerWith(() => ({ status: 503 }));
    await make({ consent: { categories: ["marketing"], unset: "allow" } });
    await app.view(["con-1"], { anonymousId: "ann" });
    await app.view(["con-2"], { anonymousId: "bob" });
    await waitFor("tried", () => target.seen.length > 0);
    const deny = (category: string) => ({ consent: { categoryPreferences: { [category]: false } } });
    await app.view(["con-3"], { anonymousId: "bob", type: "consentUpdated", context: deny("marketing") });
    await app.view(["con-4"], { anonymousId: "cid", context: deny("analytics") });
    const before = target.seen.length;
    target.answerWith(() => ({ status: 200 }));
    await waitFor("delivered", () => target.seen.slice(before).length > 0, 15_000);
    await app.view(["con-5"], { anonymousId: "dan" });
    await waitFor("all delivered", () => delivered(target.seen.slice(before)).includes("con-5"));
    const arrived = delivered(target.seen.slice(before));
    expect(arrived).toContain("con-1");
    expect(arrived).not.toContain("con-2");
    expect(arrived).not.toContain("con-4");
  });

  it("asks for an explicit yes where the destination says so", async () => {
    await make({ consent: { categories: ["advertising"], unset: "deny" } });
    await app.view(["yes-1"], { anonymousId: "unasked" });
    await app.view(["yes-2"], {
      anonymousId: "asked",
      context: { consent: { categoryPreferences: { advertising: true } } },
    });
    await waitFor("there", () => delivered().length > 0);
    expect(delivered()).toEqual(["yes-2"]);
  });
});

describe("a destination that fails", () => {
  it("slows nobody and loses nothing: the others go on, and it gets everything once it answers", async () => {
    const dead = await startTargetServer();
    dead.answerWith(() => "hang");
    const deadKey = await make({ url: `${dead.url}/in`, timeoutMs: 1000 });
    await make({}, { signingSecret: "s3cret" });
    for (let round = 0; round < 5; round += 1) await app.view(ids(`slow${round}`, 10));
    await waitFor("the healthy one has all", () => delivered().length === 50);
    expect((await read(deadKey)).delivery.delivered).toBe(0);
    const lag = (await app.call("GET", `/v1/destinations/${deadKey}/lag`)).body;
    expect(lag.events).toBe(50);
    expect(lag.oldestAt).not.toBeNull();
    dead.answerWith(() => ({ status: 200 }));
    await waitFor("it caught up", async () => (await read(deadKey)).delivery.delivered === 50, 20_000);
    const arrived = dead.seen.filter(({ body }) => body.length > 0);
    expect(new Set(delivered(arrived))).toEqual(new Set(delivered()));
    await dead.close();
  });

  it("puts a record that is refused aside, delivers the others in order, and replays it after a repair", async () => {
    let isBroken = true;
    target.answerWith((request) =>
      isBroken && eventsOf(request).some(({ messageId }) => messageId === "poison-4")
        ? { status: 422 }
        : { status: 200 },
    );
    const key = await make();
    await app.view(ids("poison", 9));
    await waitFor("the others are there", async () => (await read(key)).delivery.delivered === 8, 20_000);
    const accepted = target.seen.filter((one) => !delivered([one]).includes("poison-4"));
    expect(delivered(accepted)).toEqual(ids("poison", 9).filter((id) => id !== "poison-4"));
    expect((await read(key)).delivery).toMatchObject({ dead: 1, health: "ok" });
    const [letter] = await lettersOf(key);
    expect(letter).toMatchObject({ eventCount: 1, code: "connectors.undeliverable", replayedAt: null });
    const refusedAgain = await app.call("POST", `/v1/destinations/${key}/dead-letters/replay`);
    expect(refusedAgain.body).toMatchObject({ replayed: 0, failed: [{ id: letter.id }] });
    isBroken = false;
    const replayed = await app.call("POST", `/v1/destinations/${key}/dead-letters/${letter.id}/replay`);
    expect(replayed.body).toEqual({ replayed: 1, delivered: 1, failed: [] });
    expect(delivered().at(-1)).toBe("poison-4");
    expect((await app.call("POST", `/v1/destinations/${key}/dead-letters/${letter.id}/replay`)).status).toBe(404);
  });

  it("finds the record over which the other server breaks", async () => {
    target.answerWith((request) => (delivered([request]).includes("break-1") ? { status: 500 } : { status: 200 }));
    const key = await make();
    await app.view(ids("break", 4));
    await waitFor("put aside", async () => (await read(key)).delivery.dead === 1, 20_000);
    expect((await read(key)).delivery).toMatchObject({ delivered: 3, dead: 1 });
  });

  it("waits as long as Retry-After says, and goes on where it was after a restart", async () => {
    target.answerWith(() => ({ status: 429, headers: { "retry-after": "120" } }));
    const key = await make();
    await app.view(ids("retry", 5));
    await waitFor("it is put off", async () => (await read(key)).delivery.health === "failing");
    const { delivery } = await read(key);
    expect(Date.parse(delivery.nextAttemptAt) - Date.now()).toBeGreaterThan(100_000);
    expect(target.seen).toHaveLength(1);
    await app.close();
    app = await startDestinationsApp(engines, systemClock);
    target.answerWith(() => ({ status: 200 }));
    await app.destinations.start();
    await app.call("PATCH", `/v1/destinations/${key}`, { name: "repaired" });
    await waitFor("all there", () => delivered(target.seen.slice(1)).length >= 5);
    expect(delivered(target.seen.slice(1))).toEqual(ids("retry", 5));
  });

  it("keeps a bounded backlog: the oldest events become dead letters, which can be replayed", async () => {
    await app.close();
    app = await startDestinationsApp(engines, systemClock, { maxBacklogBytes: 50_000 });
    target.answerWith(() => ({ status: 503 }));
    const key = await make({ timeoutMs: 1000 });
    for (let round = 0; round < 8; round += 1) await app.view(ids(`full${round}`, 20));
    await app.destinations.start();
    await waitFor("it lags", async () => (await read(key)).delivery.health === "lagging", 15_000);
    expect((await read(key)).delivery.dead).toBeGreaterThan(0);
    const [letter] = await lettersOf(key);
    expect(letter.code).toBe("connectors.backlogOverflow");
    target.answerWith(() => ({ status: 200 }));
    const from = target.seen.length;
    await app.call("PATCH", `/v1/destinations/${key}`, { name: "back" });
    await waitFor(
      "the rest is there",
      async () => {
        const { delivery } = await read(key);
        return delivery.delivered + delivery.dead === 160;
      },
      15_000,
    );
    const { dead } = (await read(key)).delivery;
    const { body } = await app.call("POST", `/v1/destinations/${key}/dead-letters/replay`);
    expect(body.delivered).toBe(dead);
    expect(new Set(delivered(target.seen.slice(from))).size).toBe(160);
    await waitFor("it lags no more", async () => (await read(key)).delivery.health === "ok", 15_000);
  });
});

describe("other formats", () => {
  const consent = { categories: [], unset: "allow" };

  it("writes gzipped files into a bucket, signed", async () => {
    const bucket = await startS3Server();
    const key = await make(
      { type: "s3", url: undefined, endpoint: bucket.url, bucket: s3Bucket, prefix: "events/", flushSeconds: 1 },
      s3Credentials,
    );
    await app.view(ids("file", 4));
    await waitFor("a file is there", () => bucket.objects.size > 0);
    expect(bucket.refusals).toEqual([]);
    const lines = [...bucket.objects.values()].flatMap(({ body }) =>
      gunzipSync(body)
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).messageId),
    );
    expect(lines).toEqual(ids("file", 4));
    expect([...bucket.objects.keys()][0]).toMatch(
      new RegExp(`^events/dt=\\d{4}-\\d\\d-\\d\\d/\\d\\d/${key}-\\d+-\\d+\\.ndjson\\.gz$`),
    );
    await bucket.close();
  });

  it("speaks Segment's batch call with the write key, and passes by what has no word there", async () => {
    const key = await make({ type: "segment", url: undefined, endpoint: target.url, consent }, { writeKey: "wk" });
    await app.send([
      { messageId: "s-1", type: "unknownThere", anonymousId: "v" },
      { messageId: "s-2", type: "giftWrapChosen", anonymousId: "v" },
    ]);
    await waitFor("there", () => target.seen.length > 0);
    const [request] = target.seen;
    expect(request).toMatchObject({ method: "POST", path: "/v1/batch" });
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from("wk:").toString("base64")}`);
    expect(JSON.parse(request!.body.toString()).batch).toEqual([
      { type: "track", event: "giftWrapChosen", messageId: "s-2", anonymousId: "a" },
    ]);
    await waitFor("counted", async () => (await read(key)).delivery.filtered === 1);
  });

  it("speaks the server side of Adobe's Edge", async () => {
    await make(
      { type: "adobe-edge", url: undefined, endpoint: target.url, consent, dataStreamId: "ds 1", orgId: "ORG" },
      { accessToken: "at", apiKey: "ak" },
    );
    await app.view(["edge-1"]);
    await waitFor("there", () => target.seen.length > 0);
    const [request] = target.seen;
    expect(request?.path).toBe("/ee/v2/collect?dataStreamId=ds+1");
    expect(request?.headers).toMatchObject({ authorization: "Bearer at", "x-api-key": "ak", "x-gw-ims-org-id": "ORG" });
    expect(JSON.parse(request!.body.toString())).toEqual({
      events: [{ xdm: { _id: "edge-1", eventType: "pageView" } }],
    });
  });
});

describe("management", () => {
  it("never shows a secret, keeps those that an edit does not name, and records who changed what", async () => {
    const key = await make();
    const shown = await app.call("GET", `/v1/destinations/${key}`);
    expect(JSON.stringify(shown.body)).not.toContain("s3cret");
    expect(shown.body.secrets).toEqual({ signingSecret: "set" });
    const { rows } = await engines.postgres.query<{ secrets: string }>(
      "select secrets from destinations where key = $1",
      [key],
    );
    expect(rows[0]?.secrets).not.toContain("s3cret");
    const changed = await app.call("PATCH", `/v1/destinations/${key}`, { secrets: { authorization: "Bearer x" } });
    expect(changed.body.secrets).toEqual({ signingSecret: "set", authorization: "set" });
    const stale = await app.call("PATCH", `/v1/destinations/${key}`, { name: "x" }, "admin", { "if-match": '"1"' });
    expect(stale.status).toBe(412);
    const { rows: audit } = await engines.postgres.query<{ action: string; after: object }>(
      "select action, after from audit_entries where object_id = $1 order by seq",
      [shown.body.id],
    );
    expect(audit.map(({ action }) => action)).toEqual(["destination.create", "destination.update"]);
    expect(JSON.stringify(audit)).not.toContain("s3cret");
  });

  it("refuses faults all at once, doubled keys, and callers who are no administrators", async () => {
    const bad = await app.call("POST", "/v1/destinations", {
      key: "bad",
      name: "bad",
      config: { type: "webhook", url: "ftp://x", events: { rule: 3 } },
      secrets: { writeKey: "x" },
    });
    expect(bad.status).toBe(422);
    expect(bad.body.error.details.map(({ path }: { path: string }) => path)).toEqual([
      "/config/url",
      "/secrets/signingSecret",
      "/secrets/writeKey",
      "/config/events/rule",
    ]);
    const key = await make();
    const again = { key, name: key, config: { type: "webhook", url: target.url }, secrets: { signingSecret: "x" } };
    expect((await app.call("POST", "/v1/destinations", again)).status).toBe(409);
    expect((await app.call("GET", "/v1/destinations", undefined, "reader")).status).toBe(403);
    expect((await app.call("GET", "/v1/destinations/none")).status).toBe(404);
  });

  it("does not reach into the own network unless it is allowed", async () => {
    await app.close();
    app = await startDestinationsApp(engines, systemClock, { allowPrivateTargets: false });
    for (const url of [
      target.url,
      "http://localhost/x",
      "http://169.254.169.254/latest",
      "http://[::1]/",
      "http://2130706433/",
    ]) {
      const made = await app.call("POST", "/v1/destinations", {
        key: unique("private"),
        name: "private",
        config: { type: "webhook", url },
        secrets: { signingSecret: "x" },
      });
      expect([url, made.status]).toEqual([url, 422]);
    }
  });

  it("tests a connection without anybody's data", async () => {
    const key = await make();
    expect((await app.call("POST", `/v1/destinations/${key}/test`)).body).toEqual({ ok: true });
    target.answerWith(() => ({ status: 401 }));
    expect((await app.call("POST", `/v1/destinations/${key}/test`)).body).toEqual({
      ok: false,
      message: "answered 401",
    });
    target.answerWith(() => ({ status: 302, headers: { location: "http://elsewhere.example/" } }));
    expect((await app.call("POST", `/v1/destinations/${key}/test`)).body.message).toContain(
      "redirects are not followed",
    );
  });

  it("keeps nothing for a paused destination, and costs nothing without one", async () => {
    const key = await make();
    await app.call("POST", `/v1/destinations/${key}/pause`);
    await app.view(ids("paused", 3));
    const { rows } = await engines.postgres.query<{ n: number }>("select count(*) as n from destination_outbox");
    expect(rows[0]?.n).toBe(0);
    await app.call("POST", `/v1/destinations/${key}/resume`);
    await app.view(["resumed-1"]);
    await waitFor("there", () => delivered().length > 0);
    expect(delivered()).toEqual(["resumed-1"]);
  });

  it("forgets a person in everything that waits and in dead letters", async () => {
    target.answerWith(() => ({ status: 503 }));
    const key = await make();
    await app.view(["erase-1"], { anonymousId: "canary" });
    await app.view(["erase-2"], { anonymousId: "stays" });
    expect(await app.destinations.erase([app.persons.idOf("canary")])).toBe(1);
    const { rows } = await engines.postgres.query<{ payload: string }>("select payload from destination_outbox");
    expect(JSON.stringify(rows)).not.toContain("canary");
    expect(JSON.stringify(rows)).toContain("stays");
    target.answerWith(() => ({ status: 200 }));
    const from = target.seen.length;
    await app.call("PATCH", `/v1/destinations/${key}`, { name: "on" });
    await waitFor("there", () => target.seen.length > from);
    expect(delivered(target.seen.slice(from))).toEqual(["erase-2"]);
  });
});
