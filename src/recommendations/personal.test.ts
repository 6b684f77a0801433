// Taste and next baskets from stored events to answers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCatalogMemory } from "../catalog/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { emptyState, type ProfileState } from "../profiles/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createRecommendations, type Recommendations } from "./index.ts";

const day = 86_400_000;
const now = Date.UTC(2026, 2, 20, 12);
const clock = createFixedClock(now);
const usd = { minor: 100, currency: "USD" };
const campers = ["tent", "stove", "lamp", "rope"];
const dressers = ["dress", "shoes", "hat", "scarf"];

let engines: TestEngines;
let recommendations: Recommendations;
let inserted = 0;
const event = (who: string, type: string, sku: string, ago: number, order = "") => {
  inserted += 1;
  return {
    ...{ event_id: `e${inserted}`, source_id: "test", event_type: type, ts: now - ago * day, received_at: now },
    ...{ identity_key: who, session_id: `s${who}-${ago}`, skus: [sku], items_qty: [1], order_id: order },
  };
};
/** One who likes one of two kinds of things, each on days far apart, and one who buys: milk after tea, or glue after nails. */
const eventsOf = (person: number) => {
  const [likes, buys] = person % 2 === 0 ? [campers, ["tea", "milk"]] : [dressers, ["nails", "glue"]];
  const [viewer, buyer] = [`p${person}`, `b${person}`];
  return [
    ...likes
      .filter((_, at) => (person >> 1) % 4 !== at)
      .map((sku, at) => event(viewer, "productPageView", sku, 200 + at * 20)),
    ...buys.map((sku, at) => event(buyer, "orderPlaced", sku, 90 - at * 30, `o-${buyer}-${at}`)),
  ];
};
const shopper = (more: Partial<ProfileState>): ProfileState => ({ ...emptyState(now), ...more });
const viewedLongAgo = (...skus: readonly string[]) => skus.map((sku) => ({ sku, at: now - 100 * day, count: 5 }));
const bought = (...skus: readonly string[]) =>
  skus.map((sku, at) => ({
    ...{ orderId: `o${at}`, placedAt: now - (50 + at) * day, status: "completed" as const, total: usd, refunded: usd },
    ...{ items: [{ sku, qty: 1, lineTotal: usd }], confirmedBy: "back_office" as const },
  }));
const answerOf = (strategy: string, profile: ProfileState | null, fallback = false) =>
  recommendations.recommend({ unit: { strategy, fallback }, profile, limit: 5 });

beforeAll(async () => {
  engines = await openTestEngines(["measurement", "recommendations"]);
  const catalog = createCatalogMemory();
  const products = [...campers, ...dressers, "tea", "milk", "nails", "glue", "other"].map((sku) => aProduct(sku));
  catalog.apply({ version: 1, upserted: products });
  const { clickhouse } = engines;
  recommendations = createRecommendations({ clickhouse, catalog, clock, logger: createLogger("silent") });
}, 120_000);
afterAll(async () => {
  await recommendations?.close();
  await engines?.close();
});

describe("what a known shopper is shown", () => {
  it("is told to be not learned yet while too few people did anything", async () => {
    await engines.clickhouse.insert("events", Array.from({ length: 20 }, (_, at) => eventsOf(at)).flat());
    await recommendations.refresh({ isForced: true });
    const readiness = recommendations.readiness();
    expect(readiness["recommended-for-you"].reasons).toContain("40 of 100 shoppers with two products or more");
    expect(readiness["next-basket"]).toEqual({
      trained: false,
      reasons: ["20 of 100 shoppers with two orders or more"],
    });
    // By the own orders alone.
    expect(answerOf("next-basket", shopper({ orders: bought("tea") })).items.map(({ sku }) => sku)).toEqual(["tea"]);
  });

  it("follows the taste of people alike, without any recent view", async () => {
    await engines.clickhouse.insert("events", Array.from({ length: 100 }, (_, at) => eventsOf(20 + at)).flat());
    await recommendations.refresh({ isForced: true });
    const { items } = answerOf("recommended-for-you", shopper({ viewed: viewedLongAgo("tent", "stove") }));
    const [first, second] = items;
    expect([first?.sku, second?.sku].sort()).toEqual(["lamp", "rope"]);
    expect(first?.reasons[0]?.code).toBe("like_minded");
    expect(items.map(({ sku }) => sku)).not.toContain("dress");
    expect(recommendations.readiness()["recommended-for-you"].reasons).toEqual([]);
  });

  it("is a next basket of what the shopper and people alike buy, and to buy again only the former", () => {
    const profile = shopper({ orders: bought("tea") });
    const basket = answerOf("next-basket", profile);
    expect(basket.items.slice(0, 2).map(({ sku, reasons }) => [sku, reasons[0]?.code])).toEqual([
      ["tea", "bought_before"],
      ["milk", "like_minded"],
    ]);
    expect(basket.readiness.trained).toBe(true);
    expect(answerOf("buy-again", profile).items.map(({ sku }) => sku)).toEqual(["tea"]);
    expect(answerOf("next-basket", null).items).toEqual([]);
    expect(answerOf("next-basket", null, true).items.length).toBeGreaterThan(0);
    expect(
      answerOf("next-basket", shopper({ orders: bought("never-listed") })).items.map(({ sku }) => sku),
    ).not.toContain("never-listed");
  });

  it("goes without who was erased", async () => {
    await engines.clickhouse.command(
      "delete from events where startsWith(identity_key, 'p') and toUInt32(substring(identity_key, 2)) % 2 = 0",
    );
    await recommendations.refresh({ isForced: true });
    const { items } = answerOf("recommended-for-you", shopper({ viewed: viewedLongAgo("tent", "stove") }));
    expect(items.flatMap(({ reasons }) => reasons.map(({ code }) => code))).not.toContain("like_minded");
  });
});
