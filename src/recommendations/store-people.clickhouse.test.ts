import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createPeopleStore } from "./store-people.clickhouse.ts";

const day = 86_400_000;
const now = Date.UTC(2026, 2, 20, 12);
const all = { nowMs: now, fromMs: now - 400 * day, part: 0, parts: 1 };
const [ann, bob] = ["01890000-0000-7000-8000-00000000000a", "01890000-0000-7000-8000-00000000000b"];

type Did = {
  readonly who: string;
  readonly type?: string;
  readonly skus: readonly string[];
  readonly ago?: number;
  readonly order?: string;
  readonly qty?: readonly number[];
};
let engines: TestEngines;
let inserted = 0;
const insert = (events: readonly Did[]) =>
  engines.clickhouse.insert(
    "events",
    events.map(({ who, type = "productPageView", skus, ago = 1, order = "", qty = skus.map(() => 1) }) => {
      inserted += 1;
      return {
        ...{ event_id: `e${inserted}`, source_id: "test", event_type: type, ts: now - ago * day, received_at: now },
        ...{ identity_key: who, session_id: "", skus, items_qty: qty, order_id: order },
      };
    }),
  );
const link = (identity_key: string, profile_id: string, from: number, to: number | null) =>
  engines.clickhouse.insert("identity_links", [
    {
      identity_key,
      profile_id,
      valid_from: now - from * day,
      valid_to: to === null ? null : now - to * day,
      version: 1,
    },
  ]);

beforeAll(async () => {
  engines = await openTestEngines(["measurement", "recommendations"]);
}, 120_000);
beforeEach(async () => {
  await engines.clickhouse.command("truncate table events");
  await engines.clickhouse.command("truncate table identity_links");
});
afterAll(() => engines?.close());

describe("long histories of people", () => {
  it("weigh signals, five repeats a day at most, and forget what came back", async () => {
    const store = createPeopleStore(engines.clickhouse);
    await insert([
      ...Array.from({ length: 9 }, () => ({ who: "v1", skus: ["viewed"] })),
      { who: "v1", type: "addToCart", skus: ["carted"] },
      { who: "v1", type: "addToWishlist", skus: ["wished"] },
      { who: "v1", type: "orderPlaced", skus: ["bought"], qty: [7], order: "o1" },
      // The same order by another system.
      { who: "v1", type: "completeCheckout", skus: ["bought"], qty: [1], order: "o1" },
      { who: "v1", type: "addToCart", skus: ["returned"] },
      { who: "v1", type: "orderReturned", skus: ["returned"] },
      { who: "v1", skus: ["old"], ago: 401 },
      { who: "once", skus: ["viewed"] },
    ]);
    const [found, ...others] = await store.interests(all);
    expect(others).toEqual([]);
    const weights = Object.fromEntries(found!.items.map((sku, at) => [sku, found!.weights[at]]));
    expect(weights).toEqual({ viewed: 5, carted: 4, wished: 3, bought: 30 });
  });

  it("join the identifiers of one person, each for as long as it was theirs", async () => {
    const store = createPeopleStore(engines.clickhouse);
    await insert([
      { who: "user:ann", skus: ["a"], ago: 9 },
      { who: "browser", skus: ["b"], ago: 8 },
      { who: "browser", skus: ["c"], ago: 2 },
      { who: "user:bob", skus: ["d"], ago: 1 },
      ...["x", "y"].map((sku) => ({ who: "nobody", skus: [sku] })),
    ]);
    await link("user:ann", ann, 90, null);
    await link("user:bob", bob, 90, null);
    await link("browser", ann, 90, 5);
    await link("browser", bob, 5, null);
    const found = (await store.interests(all)).map(({ items }) => [...items].sort());
    expect(found.sort()).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["x", "y"],
    ]);
  });

  it("hold the orders of who ordered twice, oldest first", async () => {
    const store = createPeopleStore(engines.clickhouse);
    await insert([
      { who: "v1", type: "orderPlaced", skus: ["tea", "milk"], order: "o2", ago: 3 },
      { who: "v1", type: "orderPlaced", skus: ["soap"], order: "o1", ago: 30 },
      { who: "v1", type: "completeCheckout", skus: ["soap"], order: "o1", ago: 30 },
      { who: "v2", type: "orderPlaced", skus: ["soap"], order: "o3" },
    ]);
    expect(await store.baskets(all)).toEqual([[["soap"], ["milk", "tea"]]]);
  });

  it("lie in exactly one part each, and count from where a log of the past ends", async () => {
    const store = createPeopleStore(engines.clickhouse);
    expect(await store.overview(now)).toBeNull();
    await insert(
      Array.from({ length: 20 }, (_, at) =>
        ["a", `b${at}`].map((sku) => ({ who: `v${at}`, skus: [sku], ago: 3_000 })),
      ).flat(),
    );
    const overview = await store.overview(now);
    expect(overview).toEqual({ events: 40, people: 20, fromMs: now - 3_400 * day });
    const { fromMs } = overview!;
    const items: string[] = [];
    for (const part of [0, 1, 2])
      for (const one of await store.interests({ nowMs: now, fromMs, part, parts: 3 })) items.push(...one.items);
    expect(items.filter((sku) => sku !== "a").sort()).toEqual(Array.from({ length: 20 }, (_, at) => `b${at}`).sort());
  });
});
