import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { createFixedClock } from "../kernel/index.ts";
import { foldEvent } from "../profiles/index.ts";
import { drawShoppers, orderEvents } from "../testing/models/shoppers.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { createModels, type ModelsDeps } from "./create-models.ts";
import { readFeatures } from "./features/features.ts";
import { readHistory } from "./features/shopper-history.ts";
import { areaUnderCurve } from "./metrics.ts";
import { learn } from "./training/learn.ts";

const dayMs = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const clock = createFixedClock(now);
const shoppers = drawShoppers(400, now - 300 * dayMs, now - dayMs);
const currency = "USD";
const toMinor = (amount: { minor: number; currency: string }) =>
  amount.currency === currency ? amount.minor : undefined;
let app: TestApp;

/** The models of the program, with parts of their own where a test needs them. */
function modelsWith(more: Partial<ModelsDeps>) {
  return createModels({
    postgres: app.engines.postgres,
    clock,
    logger: { info() {}, warn() {}, error() {}, debug() {} } as unknown as ModelsDeps["logger"],
    audit: app.access.audit,
    scan: app.profiles.scan,
    count: app.profiles.count,
    linksOf: app.profiles.linksOf,
    eventsOf: app.measurement.eventsOf,
    identityKey: app.profiles.identityKey,
    fold: (state, event) =>
      foldEvent(state, event, { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency }),
    toMinor,
    currency,
    audienceId: () => undefined,
    reevaluate: async () => true,
    ...more,
  });
}

const predictionsOf = async (id: string) => (await app.profiles.by("user_id", id)).state.predictions;

beforeAll(async () => {
  app = await startTestApp({ clock, config: { maxEventAgeMs: 2 * 365 * dayMs, defaultCurrency: currency } });
  const events = orderEvents(shoppers);
  for (let start = 0; start < events.length; start += 1_000)
    await app.sendFromServer(events.slice(start, start + 1_000));
  await app.sendFromServer([
    {
      type: "messageOpened",
      messageId: "mail",
      customerId: "shopper-1",
      timestamp: new Date(now - 5 * dayMs).toISOString(),
      properties: { sendKey: "s" },
    },
  ]);
  await app.settle();
}, 120_000);

afterAll(() => app.close());

it("reads the same features from stored events at a cut-off as from the profile's state", async () => {
  const fold: ModelsDeps["fold"] = (state, event) =>
    foldEvent(state, event, { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency });
  const { snapshotsOf } = await import("./features/snapshots.ts");
  for (const { id } of shoppers.slice(0, 25)) {
    const profile = await app.profiles.by("user_id", id);
    const events = [];
    for await (const page of app.measurement.eventsOf(profile.identifiers)) events.push(...page);
    const [row] = snapshotsOf(events, 0, { fold, toMinor, cutoffs: [now], horizons: [], until: now });
    expect([...(row?.values ?? [])]).toEqual([...readFeatures(readHistory(profile.state, now, toMinor))]);
  }
});

it("trains, publishes and writes how likely everybody is to buy, with model, version and time", async () => {
  await app.models.train("propensity_30d");
  const { body } = await app.call("GET", "/v1/models/propensity_30d");
  expect(body).toMatchObject({ status: "live", liveVersion: 1, gate: { passed: true } });
  await app.models.score();

  const scores: number[] = [];
  const truth: number[] = [];
  for (const { id, rate, leavesAt } of shoppers) {
    const said = (await predictionsOf(id))["propensity_30d"];
    if (!said) continue;
    expect(said).toMatchObject({ model: "propensity_30d", version: "1", computedAt: now });
    scores.push(Number(said.value));
    truth.push(leavesAt > now ? 1 - Math.exp(-rate * 30) : 0);
  }
  expect(scores.length).toBeGreaterThan(350);
  // What they will do is drawn anew from the known rates: the model must find the order of them.
  expect(
    areaUnderCurve(
      scores,
      truth.map((p) => (p > 0.5 ? 1 : 0)),
    ),
  ).toBeGreaterThan(0.85);
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  expect(Math.abs(mean(scores) - mean(truth))).toBeLessThan(0.1);
}, 120_000);

it("tells a report of the version with baselines, lift and importance in words", async () => {
  const { status, body } = await app.call("GET", "/v1/models/propensity_30d/versions/1/report");
  expect(status).toBe(200);
  expect(body["lift"]).toHaveLength(10);
  const { metrics, baseline, importance } = body as {
    metrics: { auc: number };
    baseline: { rfm: { auc: number } };
    importance: { sentence: string }[];
  };
  expect(metrics.auc).toBeGreaterThan(baseline.rfm.auc);
  expect(importance[0]?.sentence).toMatch(/likelier to buy within 30 days/);
});

it("lets audiences ask for a score", async () => {
  const id = await app.publish("audience", "likely", {
    rule: { attribute: { path: "profile.propensity_30d", op: "gte", value: 0.7 } },
  });
  await app.audiences.settled();
  const [best] = [...shoppers].sort((a, b) => b.rate - a.rate).filter(({ leavesAt }) => leavesAt > now);
  const profile = await app.profiles.by("user_id", best?.id ?? "");
  expect(profile.state.predictions["propensity_30d"]?.value).toBeGreaterThan(0.7);
  expect(Object.keys(profile.state.memberships)).toContain(id);
});

it("keeps the version that serves when a new one is worse, and says why", async () => {
  const worse = modelsWith({
    learn: async (job) => {
      const learned = learn(job);
      if (learned.kind !== "score") throw new Error("unexpected job");
      const metrics = { ...learned.measured.metrics, auc: 0.5 };
      return { ...learned, measured: { ...learned.measured, metrics } };
    },
  });
  await worse.train("propensity_30d");
  const { body } = await app.call("GET", "/v1/models/propensity_30d");
  expect(body).toMatchObject({ liveVersion: 1, newestVersion: 2, gate: { passed: false } });
  const { reasons } = body["gate"] as { reasons: string[] };
  expect(reasons.join("\n")).toMatch(/not ahead of RFM/);
  expect(reasons.join("\n")).toMatch(/worse than the live version/);
}, 120_000);

it("leaves a training that is asked for to the process that trains", async () => {
  const { start, trainNow } = modelsWith({ isTrainer: false });
  await start();
  expect(await trainNow("clusters", { actor: "anna", via: "api", requestId: null })).toBeNull();
  expect((await app.call("GET", "/v1/models/clusters")).body["run"]).toBeNull();
  expect(await trainNow("clusters", { actor: "anna", via: "api", requestId: null })).toBeNull();
});

it("goes back to an earlier version at a click, and records who did", async () => {
  expect(await app.call("POST", "/v1/models/propensity_30d/promote", { version: 2 })).toMatchObject({ status: 200 });
  const { status, body } = await app.call("POST", "/v1/models/propensity_30d/promote", { version: 1 });
  expect({ status, live: body["liveVersion"] }).toEqual({ status: 200, live: 1 });
  expect(await app.call("POST", "/v1/models/propensity_30d/promote", { version: 99 })).toMatchObject({ status: 404 });
  const { items } = await app.access.audit.list({ objectKind: "model", action: "model.promote", limit: 10 });
  expect(items[0]).toMatchObject({ objectId: "propensity_30d", before: { version: 2 }, after: { version: 1 } });
  await app.models.score();
  const ids = shoppers.slice(0, 20).map(({ id }) => id);
  for (const id of ids) {
    const said = (await predictionsOf(id))["propensity_30d"];
    if (said) expect(said.version).toBe("1");
  }
});

it("finds people like the members of an audience", async () => {
  await app.publish("audience", "big", {
    rule: { attribute: { path: "profile.aov", op: "gte", value: { minor: 15_000, currency } } },
  });
  await app.audiences.settled();
  const made = await app.call("POST", "/v1/models/lookalikes", { audience: "big", share: 0.1 });
  expect(made).toMatchObject({
    status: 200,
    body: { key: "lookalike_big", rule: { attribute: { path: "profile.lookalike_big", op: "gte", value: 0.9 } } },
  });
  await app.models.train("lookalike_big");
  await app.models.score();
  const audienceId = app.audiences.idOf("big") ?? "";
  const outside: { readonly score: number; readonly aov: number }[] = [];
  for (const { id, orders } of shoppers) {
    const { state } = await app.profiles.by("user_id", id);
    const said = state.predictions["lookalike_big"];
    if (audienceId in state.memberships) expect(said).toBeUndefined();
    else if (said)
      outside.push({
        score: Number(said.value),
        aov: orders.reduce((sum, { minor }) => sum + minor, 0) / orders.length,
      });
  }
  const mean = (list: readonly { aov: number }[]) => list.reduce((sum, { aov }) => sum + aov, 0) / list.length;
  const alike = outside.filter(({ score }) => score >= 0.9);
  expect(alike.length / outside.length).toBeGreaterThan(0.04);
  expect(alike.length / outside.length).toBeLessThan(0.2);
  expect(mean(alike)).toBeGreaterThan(1.3 * mean(outside));
  expect(await app.publish("audience", "like-big", { rule: made.body["rule"] })).toBeTruthy();
}, 120_000);

it("refuses the look-alike of an audience that is not there", async () => {
  expect(await app.call("POST", "/v1/models/lookalikes", { audience: "nobody" })).toMatchObject({ status: 422 });
  expect(await app.call("POST", "/v1/models/lookalikes", { audience: "big", share: 7 })).toMatchObject({ status: 400 });
  expect(await app.call("DELETE", "/v1/models/churn")).toMatchObject({ status: 422 });
  expect(await app.call("GET", "/v1/models/nothing")).toMatchObject({ status: 404 });
});

it("ends a look-alike, but not while a rule goes by it", async () => {
  const refused = await app.call("DELETE", "/v1/models/lookalike_big");
  expect(refused).toMatchObject({
    status: 409,
    body: {
      error: {
        code: "models.inUse",
        details: [{ path: "/audience/like-big/rule/attribute/path", code: "usedLive", message: "like-big (live)" }],
      },
    },
  });
  const { headers } = await app.call("GET", "/v1/definitions/audience/like-big");
  const token = { authorization: `Bearer ${demoCredentials.token}`, "if-match": String(headers["etag"]) };
  expect(await app.call("POST", "/v1/definitions/audience/like-big/archive", {}, token)).toMatchObject({ status: 200 });
  expect(await app.call("DELETE", "/v1/models/lookalike_big")).toMatchObject({ status: 204 });
  expect(await app.call("GET", "/v1/models/lookalike_big")).toMatchObject({ status: 404 });
  await app.models.score();
  for (const { id } of shoppers.slice(0, 50))
    expect(Object.keys(await predictionsOf(id))).not.toContain("lookalike_big");
  expect(await app.call("DELETE", "/v1/models/lookalike_big")).toMatchObject({ status: 404 });
});

/** Learns until it is told to stop, and tells how many do so at once. */
function endlessly() {
  const begun: string[] = [];
  const learnUntilStopped: ModelsDeps["learn"] = (job, signal) => {
    begun.push(job.kind);
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };
  return { begun, learn: learnUntilStopped };
}
const anna = { actor: "anna", via: "api", requestId: null } as const;
const lastRun = async (key: string) =>
  ((await app.call("GET", `/v1/models/${key}`)).body["runs"] as { status: string; error: string | null }[])[0];

it("learns one model after the other, and stops the one that somebody cancels", async () => {
  const { begun, learn: learnUntilStopped } = endlessly();
  const slow = modelsWith({ learn: learnUntilStopped });
  await slow.start();
  await slow.trainNow("clusters", anna);
  await slow.trainNow("customer_value", anna);
  await expect.poll(() => begun, { timeout: 20_000 }).toEqual(["clusters"]);
  await slow.cancel("clusters", anna);
  await expect.poll(() => lastRun("clusters")).toMatchObject({ status: "cancelled" });
  await expect.poll(() => begun, { timeout: 20_000 }).toEqual(["clusters", "customerValue"]);
  // From another process it takes until the next sign of life.
  expect(await app.call("POST", "/v1/models/customer_value/cancel")).toMatchObject({ status: 202 });
  await expect.poll(() => lastRun("customer_value"), { timeout: 15_000 }).toMatchObject({ status: "cancelled" });
  expect(await app.call("POST", "/v1/models/customer_value/cancel")).toMatchObject({
    status: 409,
    body: { error: { code: "models.notRunning" } },
  });
  const { items } = await app.access.audit.list({ objectKind: "model", action: "model.cancel", limit: 10 });
  expect(items.map(({ objectId }) => objectId)).toEqual(["customer_value", "clusters"]);

  // A program that stops leaves its training to the next one, which need not wait.
  clock.advance(1);
  await slow.trainNow("clusters", anna);
  await expect.poll(() => begun.length, { timeout: 20_000 }).toBe(3);
  await slow.stop();
  expect(await lastRun("clusters")).toMatchObject({ status: "running", heartbeatAt: "1970-01-01T00:00:00.000Z" });
}, 60_000);

it("ends a training that takes too long, and says so", async () => {
  // Runs are told newest first; the clock of these tests stands still.
  clock.advance(1);
  const slow = modelsWith({ learn: endlessly().learn, limitMs: 300 });
  await expect(slow.train("customer_value")).rejects.toMatchObject({ code: "models.tooLong" });
  expect(await lastRun("customer_value")).toMatchObject({ status: "failed", error: expect.stringContaining("300 ms") });
}, 60_000);

it("keeps nothing of a training that another process has taken for dead", async () => {
  const before = (await app.call("GET", "/v1/models/customer_value")).body["newestVersion"];
  const lost = modelsWith({
    learn: async (job) => {
      await app.engines.postgres.query(
        "update model_runs set status = 'failed', error = 'taken over' where model_runs.status = 'running'",
      );
      return learn(job);
    },
  });
  await expect(lost.train("customer_value")).rejects.toThrow("taken over");
  expect((await app.call("GET", "/v1/models/customer_value")).body["newestVersion"]).toBe(before);
}, 60_000);

it("groups shoppers and says in words what sets each group apart", async () => {
  await app.models.train("clusters");
  const { body } = await app.call("GET", "/v1/models/clusters");
  const { body: report } = await app.call(
    "GET",
    `/v1/models/clusters/versions/${String(body["newestVersion"])}/report`,
  );
  const clusters = report["clusters"] as { id: string; label: string; people: number }[];
  expect(clusters).toHaveLength(6);
  expect(new Set(clusters.map(({ label }) => label)).size).toBe(6);
  expect(clusters.every(({ people }) => people > 0)).toBe(true);
}, 120_000);

it("keeps the version that serves when the trainer dies, and trains again after five minutes without a sign of life", async () => {
  let began = (): void => undefined;
  const beginning = new Promise<void>((resolve) => {
    began = resolve;
  });
  const dying = modelsWith({
    learn: () => {
      began();
      return new Promise(() => undefined);
    },
  });
  void dying.train("clusters").catch(() => undefined);
  await beginning;
  expect(await app.call("POST", "/v1/models/clusters/train")).toMatchObject({ status: 409 });
  const { body } = await app.call("GET", "/v1/models/clusters");
  expect(body).toMatchObject({ status: "training", liveVersion: 1 });
  // The thread goes with its process; what is left is a run without heartbeat.
  await app.engines.postgres.query(
    "update model_runs set heartbeat_at = heartbeat_at - interval '6 minutes' where model_runs.status = 'running'",
  );
  await app.models.train("clusters");
  const { body: after } = await app.call("GET", "/v1/models/clusters");
  expect(after).toMatchObject({ status: "live", newestVersion: 2 });
  const runs = after["runs"] as { status: string; error: string | null }[];
  expect(runs.map(({ error }) => error)).toContain("no sign of life: the process ended");
}, 120_000);

it("writes customer value, its segments and the next order", async () => {
  await app.models.train("customer_value");
  await app.models.score();
  const said = await predictionsOf("shopper-1");
  expect(Object.keys(said)).toEqual(expect.arrayContaining(["rfm", "clv_12m", "next_order_at"]));
  expect(said["rfm"]?.value).toMatchObject({ segment: expect.any(String) });
}, 120_000);

it("says nothing of who does not want to be personalised, and takes back what was said", async () => {
  expect(Object.keys(await predictionsOf("shopper-2")).length).toBeGreaterThan(0);
  await app.sendFromServer([
    {
      type: "consentUpdated",
      customerId: "shopper-2",
      timestamp: new Date(now).toISOString(),
      properties: { personalisation: false, consents: [{ category: "personalisation", status: "denied" }] },
      context: { consent: { categoryPreferences: { personalisation: false } } },
    },
  ]);
  await app.settle();
  await app.models.score();
  expect(await predictionsOf("shopper-2")).toEqual({});
});

it("says what is missing when there is too little to learn from, and looks again after an hour", async () => {
  const young = modelsWith({ scan: async () => [], count: async () => 0 });
  await young.runDue();
  const { body } = await app.call("GET", "/v1/models/churn");
  expect(body["run"]).toMatchObject({
    status: "done",
    version: null,
    stage: expect.stringContaining("days of history"),
  });
  const runsOf = async () => ((await app.call("GET", "/v1/models/churn")).body["runs"] as unknown[]).length;
  await young.runDue();
  expect(await runsOf()).toBe(1);
  clock.advance(61 * 60_000);
  await young.runDue();
  expect(await runsOf()).toBe(2);
});
