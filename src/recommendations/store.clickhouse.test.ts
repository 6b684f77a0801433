import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createRecommendationStore } from "./store.clickhouse.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 2, 20, 12);

type Seen = {
  readonly type: string;
  readonly at: number;
  readonly who?: string;
  readonly session?: string;
  readonly skus: readonly string[];
  readonly qty?: readonly number[];
  readonly order?: string;
};

let engines: TestEngines;
let inserted = 0;

async function insert(events: readonly Seen[]): Promise<void> {
  await engines.clickhouse.insert(
    "events",
    events.map(({ type, at, who = "v1", session = "", skus, qty = skus.map(() => 1), order = "" }) => {
      inserted += 1;
      return {
        event_id: `e${inserted}`,
        source_id: "test",
        source_kind: "native",
        event_type: type,
        original_name: type,
        ts: at,
        received_at: at,
        identity_key: `anonymous_id:${who}`,
        session_id: session,
        skus,
        items_qty: qty,
        order_id: order,
      };
    }),
  );
}

beforeAll(async () => {
  engines = await openTestEngines(["measurement"]);
}, 120_000);
beforeEach(() => engines.clickhouse.command("truncate table events"));
afterAll(() => engines?.close());

const view = (skus: readonly string[], session: string, at = now - hour): Seen => ({
  type: "productPageView",
  at,
  session,
  skus,
  who: session,
});

describe("counts of products", () => {
  it("weigh signals, halve in 7 days, and count one visitor's repeats at most 5 times a day", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    await insert([
      ...Array.from({ length: 9 }, () => ({ type: "productPageView", at: now - 1, skus: ["a"] })),
      { type: "productPageView", at: now - 7 * day, skus: ["b"] },
      { type: "addToCart", at: now - 1, skus: ["c"] },
      { type: "removeFromCart", at: now - 1, skus: ["c"] },
      { type: "productPageView", at: now - 91 * day, skus: ["old"] },
      { type: "productPageView", at: now + hour, skus: ["future"] },
    ]);
    const counts = new Map((await store.productCounts(now)).map((row) => [row.sku, row]));
    expect(counts.get("a")?.popularity).toBeCloseTo(5, 3);
    expect(counts.get("b")?.popularity).toBeCloseTo(0.5, 3);
    expect(counts.get("c")?.popularity).toBeCloseTo(2, 3);
    expect(counts.has("old") || counts.has("future")).toBe(false);
  });

  it("count an order once, however many systems report it, and at most 3 pieces of a product", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    await insert([
      { type: "completeCheckout", at: now - 1, skus: ["a", "b"], qty: [1, 50], order: "1001", session: "s1" },
      { type: "orderPlaced", at: now - 1, skus: ["a", "b"], qty: [1, 50], order: "1001" },
      { type: "orderPlaced", at: now - 30 * day, skus: ["a"], order: "900" },
    ]);
    const counts = new Map((await store.productCounts(now)).map((row) => [row.sku, row]));
    expect(counts.get("a")?.orders).toBe(1);
    expect(counts.get("b")?.popularity).toBeCloseTo(30, 3);
    expect(await store.overview(now)).toMatchObject({ orders: 2, events: 3, firstEventAt: now - 30 * day });
  });

  it("count sessions that viewed and those that went on", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    await insert([
      view(["a"], "s1"),
      view(["a"], "s1"),
      view(["a"], "s2"),
      { type: "addToCart", at: now - hour, session: "s1", skus: ["a"] },
      { type: "completeCheckout", at: now - hour, session: "s1", skus: ["a"], order: "1" },
      view(["a"], "s3", now - 8 * day),
    ]);
    expect((await store.productCounts(now))[0]).toMatchObject({
      sku: "a",
      viewSessions: 2,
      cartSessions: 1,
      viewAndCartSessions: 1,
      viewAndBuySessions: 1,
    });
  });

  it("are empty for a shop without events", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    expect(await store.overview(now)).toMatchObject({ events: 0, orders: 0, firstEventAt: null });
    expect(await store.productCounts(now)).toEqual([]);
    expect((await store.trends(now)).counts).toEqual([]);
    expect(await store.pairCounts("bought", now)).toMatchObject({ total: { n: 0 }, pairs: [] });
    expect(await store.repurchases(now)).toEqual([]);
  });
});

describe("trends", () => {
  it("split the views of the last 24 hours from the 28 days before, by visitor", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    await insert([
      ...["v1", "v2", "v3"].flatMap((who) =>
        Array.from({ length: 7 }, () => ({ type: "productPageView", at: now - 2 * hour, who, skus: ["a"] })),
      ),
      { type: "productPageView", at: now - 3 * day, skus: ["a"] },
      { type: "productPageView", at: now - 30 * day, skus: ["a"] },
      { type: "productPageView", at: now - 3 * day, skus: ["quiet"] },
    ]);
    expect((await store.trends(now)).counts).toEqual([{ sku: "a", views: 15, visitors: 3, backgroundViews: 1 }]);
  });

  it("know how busy this part of the week is", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    const events = Array.from({ length: 28 }, (_, back) =>
      Array.from({ length: (back + 1) % 7 === 0 ? 20 : 10 }, (__, at) =>
        view(["x"], `d${back}-${at}`, now - (back + 1) * day - hour),
      ),
    ).flat();
    await insert(events);
    // Of each week one day has 20 views and six have 10: the mean day has 80/7.
    expect((await store.trends(now)).weekdayFactor).toBeCloseTo(20 / (80 / 7), 6);
  });
});

describe("pairs", () => {
  it("equal naive counting over the same sessions", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    const [sessions] = fc.sample(
      fc.array(fc.array(fc.constantFrom(..."abcdef"), { minLength: 1, maxLength: 5 }), {
        minLength: 80,
        maxLength: 80,
      }),
      { numRuns: 1, seed: 7 },
    );
    await insert(sessions!.flatMap((skus, at) => skus.map((sku, step) => view([sku], `s${at}`, now - hour + step))));

    const naive = new Map<string, number>();
    const items = new Map<string, number>();
    for (const skus of sessions!) {
      const distinct = [...new Set(skus)];
      for (const a of distinct) {
        items.set(a, (items.get(a) ?? 0) + 1);
        for (const b of distinct) if (a !== b) naive.set(`${a} ${b}`, (naive.get(`${a} ${b}`) ?? 0) + 1);
      }
    }
    const counted = await store.pairCounts("viewed", now);
    expect(counted.total.n).toBe(sessions!.length);
    expect(new Map([...counted.items].map(([sku, { n }]) => [sku, n]))).toEqual(items);
    expect(new Map(counted.pairs.map(({ a, b, n }) => [`${a} ${b}`, n]))).toEqual(
      new Map([...naive].filter(([, n]) => n >= 3)),
    );
  });

  it("halve in 30 days and take at most 50 products of a session", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    const bot = Array.from({ length: 400 }, (_, at) => view([`p${at}`], "bot", now - hour + at));
    await insert([
      ...bot,
      ...["x", "y", "z"].flatMap((session) => [
        view(["a"], session, now - 30 * day),
        view(["b"], session, now - 30 * day),
      ]),
    ]);
    const counted = await store.pairCounts("viewed", now);
    expect(counted.items.size).toBe(52);
    expect(counted.pairs.find(({ a }) => a === "a")).toMatchObject({ b: "b", n: 3, w: expect.closeTo(1.5, 3) });
  });

  it("join what a visitor bought with what they viewed in the 24 hours before", async () => {
    const store = createRecommendationStore(engines.clickhouse);
    await insert(
      ["u1", "u2", "u3"].flatMap((who, at) => [
        { type: "productPageView", at: now - 2 * hour, who, skus: ["seen"] },
        { type: "productPageView", at: now - 3 * day, who, skus: ["long-ago"] },
        { type: "completeCheckout", at: now - hour, who, skus: ["bought"], order: `o${at}` },
        { type: "orderPlaced", at: now - hour, who, skus: ["bought"], order: `o${at}` },
        { type: "productPageView", at: now - 1, who, skus: ["after"] },
      ]),
    );
    const counted = await store.viewedThenBought(now);
    expect(counted.pairs).toEqual([{ a: "seen", b: "bought", n: 3, w: 3 }]);
    expect(counted.targets?.get("bought")?.n).toBe(3);
  });
});
