import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom, newId } from "../../kernel/index.ts";
import { browser, server } from "../../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { priorityWithChance } from "./bandit.ts";
import { inputNames, inputSetOf } from "./model-inputs.ts";
import { createOfferLogStore, toChoiceRow } from "./store.clickhouse.ts";

const place = "model.home";
const key = "offers:learned/all";
const offers = ["plain", "phone-offer", "desk-offer"];
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await app.publish("offer-placement", "model-home", { placement: place, channel: "web", contentType: "text" });
  for (const [at, offer] of offers.entries())
    await app.publish("offer", offer, {
      priority: 90 - at,
      audiences: [],
      representations: [{ placement: "model-home", text: offer }],
    });
  await app.publish("offer-collection", "all", { offers });
  await app.publish("offer-policy", "learned", {
    placements: ["model-home"],
    priority: 1,
    audiences: [],
    wanted: 1,
    emptyAllowed: true,
    entries: [
      {
        type: "strategy",
        name: "all",
        collection: "all",
        ranking: { method: "model", model: { explorationShare: 0.3 } },
      },
    ],
  });
});
afterAll(() => app.close());

async function decide(anonymousId: string, device: string, more: object = {}, headers = browser) {
  const context = { device, sessionId: "s-1" };
  const body = { identity: { anonymousId }, placements: [place], context, ...more };
  const answer = await app.call("POST", "/v1/decide", body, headers);
  expect(answer).toMatchObject({ status: 200 });
  const [decision] = answer.body["decisions"] as {
    decisionId: string;
    value: { items: { id: string; score: number }[] };
    explain?: { considered: { detail: { rankedBy: string[] } }[] };
  }[];
  return decision!;
}

/** A month of decisions and clicks: on phones one offer is clicked, elsewhere another. */
async function live(count: number): Promise<void> {
  const random = createRandom(3);
  const settings = {};
  const mobileAt = inputNames(settings).indexOf("mobile");
  const now = Date.now();
  const rows = [];
  const clicks = [];
  for (let at = 0; at < count; at += 1) {
    const mobile = random() < 0.5 ? 1 : 0;
    const { order, propensities, isExplored } = priorityWithChance(3, 1, 0.3, `v${at}`);
    const shown = offers[order[0]!]!;
    const rate = { plain: 0.1, "phone-offer": mobile ? 0.5 : 0.02, "desk-offer": mobile ? 0.02 : 0.5 }[shown]!;
    const [decisionId, time] = [newId(now), now - 3_600_000 + at];
    rows.push(
      toChoiceRow({
        ...{ decisionId, at: time, modelKey: key, modelVersion: 0, placement: place },
        ...{ inputSet: inputSetOf(settings), candidates: offers, offers: [shown], propensities, propensityError: 0 },
        inputs: inputNames(settings).map((_, input) => (input === 0 || (input === mobileAt && mobile) ? 1 : 0)),
        isExplored,
      }),
    );
    if (random() < rate)
      clicks.push({
        type: "propositionInteract",
        anonymousId: `v${at}`,
        timestamp: new Date(time + 1_000).toISOString(),
        properties: { decisionId, propositions: [{ id: decisionId, scope: place, itemId: shown }] },
      });
  }
  await createOfferLogStore(app.engines.clickhouse).insert(rows);
  for (let at = 0; at < clicks.length; at += 500) await app.send(clicks.slice(at, at + 500));
  await app.settle();
}

describe("a model of offers", () => {
  it("begins with priority and a share of chance, the same for a visitor all session, and logs its chances", async () => {
    const first = new Map<string, string>();
    for (let at = 0; at < 40; at += 1) {
      const visitor = `new-${at}`;
      const { value } = await decide(visitor, "desktop");
      first.set(visitor, value.items[0]!.id);
      expect((await decide(visitor, "desktop")).value.items[0]!.id).toBe(value.items[0]!.id);
    }
    const plain = [...first.values()].filter((id) => id === "plain").length;
    expect(plain).toBeGreaterThan(20);
    expect(plain).toBeLessThan(40);
    await app.offerDecisions.flush();
    const rows = await app.engines.clickhouse.query<{ n: number; least: number; most: number }>(
      "select count() as n, min(propensities[1]) as least, max(propensities[1]) as most from offer_decisions",
    );
    expect(Number(rows[0]!.n)).toBe(80);
    expect(rows[0]!.least).toBeCloseTo(0.1, 5);
    expect(rows[0]!.most).toBeCloseTo(0.8, 5);
    const answer = await app.call("GET", "/v1/offer-models");
    expect(answer.body["items"]).toMatchObject([{ key, goal: "click", version: null, decisions: 80 }]);
  });

  it("does not learn from too little, then learns, passes its gate and serves who they are", async () => {
    await app.offerDecisions.trainDue();
    expect((await app.call("GET", "/v1/offer-models")).body["items"]).toMatchObject([{ version: null, versions: [] }]);
    await live(7_500);
    const started = await app.call("POST", "/v1/offer-models/train", { key });
    expect(started.status).toBe(202);
    const version = async () => {
      const [model] = (await app.call("GET", "/v1/offer-models")).body["items"] as { version: number | null }[];
      return model?.version;
    };
    await expect.poll(version, { timeout: 20_000, interval: 100 }).toBe(1);
    const [model] = (await app.call("GET", "/v1/offer-models")).body["items"] as { versions: object[] }[];
    expect(model!.versions).toMatchObject([{ version: 1, passed: true, status: "live" }]);
    const counts = { mobile: 0, desktop: 0 };
    for (let at = 0; at < 20; at += 1) {
      if ((await decide(`later-${at}`, "mobile")).value.items[0]!.id === "phone-offer") counts.mobile += 1;
      if ((await decide(`later-${at}`, "desktop")).value.items[0]!.id === "desk-offer") counts.desktop += 1;
    }
    expect(counts.mobile).toBeGreaterThan(16);
    expect(counts.desktop).toBeGreaterThan(16);
    const explained = await decide("later-1", "mobile", { explain: true }, server);
    expect(explained.explain!.considered[0]!.detail.rankedBy).toEqual(["model/1"]);
  });

  it("can be asked for an earlier version, and for what a policy would do", async () => {
    expect((await app.call("POST", "/v1/offer-models/promote", { key, version: 9 })).status).toBe(404);
    expect((await app.call("POST", "/v1/offer-models/promote", { key, version: 1 })).status).toBe(200);
    expect((await app.call("POST", "/v1/offer-models/train", { key: "offers:none/none" })).status).toBe(404);
    const simulated = await app.call("POST", "/v1/offer-policies/learned/simulate", {
      profiles: 30,
      context: { device: "mobile" },
    });
    expect(simulated).toMatchObject({ status: 200, body: { profiles: 30, other: 0, empty: 0 } });
    const shown = simulated.body["offers"] as { id: string; shown: number }[];
    expect(shown[0]!.id).toBe("phone-offer");
    expect((await app.call("POST", "/v1/offer-policies/nothing/simulate", {})).status).toBe(404);
  });
});
