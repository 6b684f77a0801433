// Signals, changes, repeats and unit figures out of the event store.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createCatalogMemory } from "../catalog/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createSignals } from "./signals.ts";
import { createRecommendationStore } from "./store.clickhouse.ts";
import { createChangeStore } from "./store-changes.clickhouse.ts";
import { createMetricStore } from "./store-metrics.clickhouse.ts";
import { createSignalStore } from "./store-signals.clickhouse.ts";
import { createChangeTracker } from "./track-changes.ts";

const minute = 60_000;
const day = 86_400_000;
const now = Date.UTC(2026, 2, 20, 12);
let engines: TestEngines;
let inserted = 0;

type Seen = {
  readonly type: string;
  readonly at: number;
  readonly who?: string;
  readonly session?: string;
  readonly skus?: readonly string[];
  readonly totals?: readonly number[];
  readonly order?: string;
  readonly decision?: string;
  readonly properties?: object;
};
const insert = (events: readonly Seen[]) =>
  engines.clickhouse.insert(
    "events",
    events.map(({ type, at, who = "v1", session = who, skus = [], totals = skus.map(() => 0), ...rest }) => {
      inserted += 1;
      return {
        event_id: `e${inserted}`,
        source_id: "test",
        event_type: type,
        ts: at,
        received_at: at,
        identity_key: who,
        session_id: session,
        skus,
        items_qty: skus.map(() => 1),
        items_total: totals,
        currency: "USD",
        order_id: rest.order ?? "",
        decision_id: rest.decision ?? "",
        properties: rest.properties ?? {},
      };
    }),
  );

beforeAll(async () => {
  engines = await openTestEngines(["measurement", "recommendations"]);
}, 120_000);
beforeEach(async () => {
  await engines.clickhouse.command("truncate table events");
  await engines.clickhouse.command("truncate table product_states");
});
afterAll(() => engines?.close());

describe("signals", () => {
  it("count sessions and orders in each window, and answer by the next larger one", async () => {
    await insert([
      { type: "productPageView", at: now - 2 * 60 * minute, skus: ["a"], who: "v1" },
      { type: "productPageView", at: now - 2 * 60 * minute + 1, skus: ["a"], who: "v1" },
      { type: "productPageView", at: now - 5 * day, skus: ["a"], who: "v2" },
      { type: "productPageView", at: now - 20 * day, skus: ["a"], who: "v3" },
      { type: "addToCart", at: now - 5 * day + 1, skus: ["a"], who: "v2" },
      { type: "completeCheckout", at: now - 5 * day + 2, skus: ["a", "b"], who: "v2", order: "1" },
      { type: "orderPlaced", at: now - 5 * day + 3, skus: ["a", "b"], who: "v2", session: "", order: "1" },
    ]);
    const windows = await createSignalStore(engines.clickhouse).windowCounts(now);
    const signalOf = createSignals({ windows, trends: new Map() }, new Map(), 30 * day);
    const of = (name: Parameters<typeof signalOf>[0], days: number) => Object.fromEntries(signalOf(name, days));
    expect(of("views", 1)).toEqual({ a: 1 });
    expect(of("views", 7)).toEqual({ a: 2 });
    expect(of("views", 20)).toEqual({ a: 3 });
    expect(of("views", 1_000)).toEqual({ a: 3 });
    expect(of("purchases", 7)).toEqual({ a: 1, b: 1 });
    expect(of("purchases", 3)).toEqual({});
    expect(of("cartAdds", 7)).toEqual({ a: 1 });
    expect(of("viewToCartRate", 7)).toEqual({});
    expect(of("trending", 3)).toEqual({});
  });

  it("call what is viewed more than before in three days a trend of three days", async () => {
    const views = (sku: string, at: number, visitors: number): Seen[] =>
      Array.from({ length: visitors }, (_, n) => ({
        type: "productPageView",
        at,
        skus: [sku],
        who: `${sku}${at}${n}`,
      }));
    await insert([
      ...views("rising", now - 2 * day, 12),
      ...views("steady", now - 2 * day, 6),
      ...Array.from({ length: 9 }, (_, back) => views("steady", now - (4 + 3 * back) * day, 6)).flat(),
    ]);
    const store = createRecommendationStore(engines.clickhouse);
    const trends = new Map([[3, await store.trends(now, 3 * day)]]);
    const signalOf = createSignals({ windows: [], trends }, new Map(), 30 * day);
    expect([...signalOf("trending", 3).keys()]).toEqual(["rising"]);
  });
});

describe("gaps between purchases", () => {
  it("are those of one shopper and product, an order reported twice counting once", async () => {
    const buy = (who: string, at: number, order: string): Seen => ({
      ...{ type: "orderPlaced", at, who, order, skus: ["soap"] },
    });
    await insert([
      buy("v1", now - 90 * day, "1"),
      { ...buy("v1", now - 90 * day + minute, "1"), type: "completeCheckout" },
      buy("v1", now - 60 * day, "2"),
      buy("v1", now - 20 * day, "3"),
      buy("v2", now - 10 * day, "4"),
    ]);
    const [gaps, ...others] = await createRecommendationStore(engines.clickhouse).repurchases(now);
    expect(others).toEqual([]);
    expect(gaps).toMatchObject({ sku: "soap", gaps: 2 });
    expect(gaps!.p50Ms / day).toBeCloseTo(35, 0);
  });
});

describe("changes of price and stock", () => {
  const usd = (minor: number) => ({ minor, currency: "USD" });
  const catalogOf = (...products: readonly [string, number, boolean][]) => {
    const memory = createCatalogMemory();
    memory.apply({
      version: 1,
      upserted: products.map(([sku, minor, inStock]) => aProduct(sku, { finalPrice: usd(minor), inStock })),
    });
    return memory.current();
  };

  it("are noted when they happen, also while nobody looked, and forgotten when they are undone", async () => {
    const store = createChangeStore(engines.clickhouse);
    const first = createChangeTracker(store);
    const before = catalogOf(["a", 2_000, true], ["b", 1_000, false], ["c", 500, true]);
    expect(await first.refresh(before, now - 3 * day)).toEqual({ drops: [], restocks: [] });
    // Another process, after a restart: it compares with what is stored.
    const second = createChangeTracker(store);
    const cheaper = catalogOf(["a", 1_500, true], ["b", 1_000, true], ["c", 500, true]);
    const changes = {
      drops: [{ sku: "a", at: now - 2 * day, fromMinor: 2_000, currency: "USD" }],
      restocks: [{ sku: "b", at: now - 2 * day }],
    };
    expect(await second.refresh(cheaper, now - 2 * day)).toEqual(changes);
    expect(await createChangeTracker(store).refresh(cheaper, now - day)).toEqual(changes);
    expect(await second.refresh(catalogOf(["a", 2_100, true], ["b", 1_000, false], ["c", 500, true]), now)).toEqual({
      drops: [],
      restocks: [],
    });
  });
});

describe("figures of a unit", () => {
  const unit = (type: string, at: number, decision: string, more: Partial<Seen> = {}): Seen => ({
    ...{ type, at, decision, properties: { unitId: "u1" } },
    ...more,
  });

  it("count what was rendered, seen and clicked, and credit the last click on a bought product", async () => {
    await insert([
      unit("recsUnitRender", now - 60 * minute, "d1"),
      unit("recsUnitView", now - 59 * minute, "d1"),
      unit("recsUnitView", now - 58 * minute, "d1"),
      unit("recsItemClick", now - 57 * minute, "d1", { skus: ["a"] }),
      unit("recsItemAddToCartClick", now - 56 * minute, "d1", { skus: ["b"] }),
      unit("recsUnitRender", now - 50 * minute, "d2", { who: "v2" }),
      // A later click on the same product in another unit takes the credit of it.
      unit("recsItemClick", now - 40 * minute, "d3", { skus: ["a"], properties: { unitId: "u2" } }),
      { type: "completeCheckout", at: now - 30 * minute, skus: ["a", "b", "c"], totals: [1_000, 700, 900], order: "1" },
      { type: "orderPlaced", at: now - 29 * minute, skus: ["a", "b", "c"], totals: [1_000, 700, 900], order: "1" },
      { type: "orderReturned", at: now - minute, skus: ["b"], totals: [200], order: "1" },
    ]);
    const [first, second] = await createMetricStore(engines.clickhouse).units(now - day, now, "session");
    expect(first).toEqual({
      unitId: "u1",
      impressions: 2,
      views: 2,
      viewedImpressions: 1,
      clicks: 2,
      clickedImpressions: 1,
      orders: 1,
      revenue: [{ minor: 700, currency: "USD" }],
      netRevenue: [{ minor: 500, currency: "USD" }],
      lifetimeRevenue: [{ minor: 700, currency: "USD" }],
    });
    expect(second).toMatchObject({ unitId: "u2", impressions: 0, clicks: 1, revenue: [{ minor: 1_000 }] });
  });

  it("credit a purchase in another session only where a day or a week was asked for", async () => {
    await insert([
      unit("recsUnitRender", now - 3 * day, "d1", { session: "s1" }),
      unit("recsItemClick", now - 3 * day + 1, "d1", { session: "s1", skus: ["a"] }),
      { type: "completeCheckout", at: now - minute, session: "s2", skus: ["a"], totals: [1_000], order: "1" },
    ]);
    const store = createMetricStore(engines.clickhouse);
    const revenue = async (attribution: "session" | "24h" | "7d", from = now - 7 * day) =>
      (await store.units(from, now, attribution))[0]?.revenue ?? [];
    expect(await revenue("session")).toEqual([]);
    expect(await revenue("24h")).toEqual([]);
    expect(await revenue("7d")).toEqual([{ minor: 1_000, currency: "USD" }]);
  });

  it("read several units out of one event, and a unit without decisions by page and session", async () => {
    const units = { units: [{ unitId: "u1" }, { unitId: "u2" }] };
    await insert([
      { type: "recsUnitRender", at: now - 9, properties: units },
      { type: "recsUnitView", at: now - 8, properties: { unitId: "u1" } },
    ]);
    const figures = await createMetricStore(engines.clickhouse).units(now - day, now, "session");
    expect(
      figures.map(({ unitId, impressions, viewedImpressions }) => [unitId, impressions, viewedImpressions]),
    ).toEqual([
      ["u1", 1, 1],
      ["u2", 1, 0],
    ]);
  });
});
