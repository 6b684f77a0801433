import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCatalogMemory } from "../catalog/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import { createHttpServer, type HttpServer, noAuth } from "../http/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { emptyState } from "../profiles/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createRecommendations, createUnitKind, type Recommendations, type UnitBody } from "./index.ts";

const now = Date.UTC(2026, 2, 20, 12);
const hour = 3_600_000;
const clock = createFixedClock(now);
const logger = createLogger("silent");
const unitBody: UnitBody = {
  placement: "home.trending",
  priority: 1,
  audiences: [],
  label: "Most viewed",
  strategy: "most-viewed",
  limit: 2,
};
const unit: LiveDefinition<UnitBody> = {
  id: "u-1",
  kind: "unit",
  key: "home",
  name: "Home",
  version: 3,
  scope: { storeViews: null },
  schedule: null,
  window: { fromMs: null, toMs: null },
  body: unitBody,
  updatedAt: now,
};

let engines: TestEngines;
let recommendations: Recommendations;
let app: HttpServer;
const exposed: string[] = [];

beforeAll(async () => {
  engines = await openTestEngines(["measurement", "recommendations"]);
  const memory = createCatalogMemory();
  memory.apply({
    version: 1,
    upserted: ["a", "b", "c", "d"].map((sku) => aProduct(sku, { categories: ["x"], name: `Product ${sku}` })),
  });
  recommendations = createRecommendations({ clickhouse: engines.clickhouse, catalog: memory, clock, logger });
  app = createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock,
    authenticate: (request) =>
      request.headers.authorization === "Bearer shop"
        ? { kind: "write-key", id: "k", sourceId: "s", scopes: [], actor: "shop", storeViews: null }
        : noAuth,
  });
  await app.register(
    recommendations.routes({
      resolve: async (_request, identity) => ({
        profile:
          identity?.anonymousId === "fan" ? { ...emptyState(now), viewed: [{ sku: "d", at: now, count: 1 }] } : null,
        profileId: "",
      }),
      findUnit: (name) => (name === unit.id || name === unit.key ? unit : undefined),
      onAnswer: (answer) => exposed.push(answer.decisionId),
      now: clock.now,
    }),
  );
}, 120_000);
afterAll(async () => {
  await app?.close();
  await engines?.close();
});

let inserted = 0;
async function view(sku: string, times: number): Promise<void> {
  const rows = Array.from({ length: times }, () => {
    inserted += 1;
    return {
      event_id: `e${inserted}`,
      source_id: "s",
      event_type: "productPageView",
      ts: clock.now() - hour,
      received_at: clock.now(),
      identity_key: `v${inserted}`,
      session_id: `s${inserted}`,
      skus: [sku],
      items_qty: [1],
    };
  });
  await engines.clickhouse.insert("events", rows);
}
const skus = () =>
  recommendations.recommend({ strategy: "most-viewed", profile: null, limit: 3 }).items.map((item) => item.sku);
const post = (payload: object, authorization = "Bearer shop") =>
  app.inject({ method: "POST", url: "/v1/recommendations", payload, headers: { authorization } });

describe("recommendations", () => {
  it("answer from the catalog before anything was counted, and from counts after", async () => {
    expect(recommendations.readiness()["most-viewed"]).toEqual({ trained: false, reasons: ["0 of 100 product views"] });
    expect(skus()).toEqual(["a", "b", "c"]);
    await view("c", 8);
    await view("b", 5);
    await recommendations.refresh();
    expect(skus()).toEqual(["c", "b", "a"]);
    expect(recommendations.readiness()["most-viewed"].reasons).toEqual(["13 of 100 product views"]);
    expect(recommendations.popularityOf("c")).toBe(1);
    expect(recommendations.popularityOf("b")).toBeCloseTo(5 / 8, 6);
  });

  it("count again only when events came", async () => {
    const before = recommendations.countedAt();
    clock.advance(60_000);
    await recommendations.refresh();
    expect(recommendations.countedAt()).toBe(before);
    await view("b", 9);
    await recommendations.refresh();
    expect(recommendations.countedAt()).toBe(clock.now());
    expect(skus()).toEqual(["b", "c", "a"]);
  });

  it("decide a unit, with products the page did not show yet", () => {
    const context = {
      nowMs: now,
      profile: null,
      cart: null,
      items: [],
      storeView: "default",
      categoryPath: null,
      seen: new Set(["b"]),
    };
    const decided = recommendations.decide(unit, context);
    expect(decided).toMatchObject({
      ok: true,
      kind: "recommendations",
      skus: ["c", "a"],
      propensity: 1,
      value: { unitId: "u-1", label: "Most viewed", trained: false },
    });
    expect(context.seen).toEqual(new Set(["a", "b", "c"]));
    expect(recommendations.decide({ ...unit, body: { ...unitBody, category: "none" } }, context)).toMatchObject({
      ok: false,
      reason: { code: "empty" },
    });
  });
});

describe("POST /v1/recommendations", () => {
  it("answers a unit and a strategy, with reasons and a decision id", async () => {
    const byUnit = (await post({ unit: "home" })).json();
    expect(byUnit).toMatchObject({
      items: [{ sku: "b", name: "Product b", image: null, reasons: [{ code: "most_viewed" }] }, { sku: "c" }],
      strategyUsed: "most-viewed",
      trained: false,
    });
    expect(exposed).toEqual([byUnit.decisionId]);
    const recent = (await post({ strategy: "recently-viewed", identity: { anonymousId: "fan" }, limit: 1 })).json();
    expect(recent.items).toMatchObject([{ sku: "d", isFallback: false }]);
    const others = (await post({ strategy: "viewed-viewed", items: ["a"], context: { seen: ["b"] } })).json();
    expect(others.items.map((item: { sku: string }) => item.sku)).toEqual(["c", "d"]);
    expect(others.reasons[0].text).toContain("of 100 sessions");
  });

  it("refuses callers without a key, unknown units and unknown strategies", async () => {
    expect((await post({}, "")).statusCode).toBe(401);
    expect((await post({ unit: "nope" })).json()).toMatchObject({ error: { code: "recommendations.unitNotFound" } });
    expect((await post({ strategy: "magic" })).json()).toMatchObject({
      error: { code: "recommendations.unknownStrategy" },
    });
    expect((await post({ limit: 21 })).statusCode).toBe(400);
  });
});

describe("a unit definition", () => {
  it("is refused with an unknown strategy or a faulty rule, and names the audiences it uses", async () => {
    const kind = createUnitKind(() => [{ path: "/rule", code: "rules.unknownNode", message: "no" }]);
    const context = { key: "k", scope: { storeViews: null }, live: () => [] };
    expect(await kind.check?.({ ...unitBody, strategy: "magic", rule: { what: 1 } }, context)).toMatchObject([
      { path: "/rule" },
      { path: "/strategy" },
    ]);
    expect(await kind.check?.({ ...unitBody, strategy: "just-for-you" }, context)).toEqual([]);
    expect(kind.references?.({ ...unitBody, audiences: ["vip"] })).toEqual([
      { kind: "audience", key: "vip", path: "/audiences/0" },
    ]);
  });

  it("is refused with filters that cannot hold where it stands", async () => {
    const kind = createUnitKind(() => []);
    const context = { key: "k", scope: { storeViews: null }, live: () => [] };
    const faults = async (body: Partial<UnitBody>) =>
      ((await kind.check?.({ ...unitBody, ...body }, context)) ?? []).map(({ path }) => path);
    const atMost = { by: "currentPrice", operator: "atMost", offsetMinor: 500 } as const;
    expect(await faults({ filters: { inclusions: [atMost] } })).toEqual(["/filters"]);
    expect(await faults({ strategy: "more-like-this", filters: { inclusions: [atMost] } })).toEqual([]);
    expect(await faults({ strategy: "more-like-this", pageType: "CMS", filters: { exclusions: [atMost] } })).toEqual([
      "/filters",
    ]);
    expect(
      await faults({
        pageType: "CMS",
        filters: {
          inclusions: [
            { by: "category" },
            { by: "category", sameAsPage: true },
            { by: "price", minMinor: 2, maxMinor: 1 },
          ],
          exclusions: [{ by: "stock" }, { by: "stock", atMostQty: 3 }],
        },
      }),
    ).toEqual(["/filters/inclusions/0", "/filters/inclusions/1", "/filters/inclusions/2", "/filters/exclusions/0"]);
  });
});
