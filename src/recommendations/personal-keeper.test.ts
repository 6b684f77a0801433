import { afterEach, describe, expect, it, vi } from "vitest";
import { createCatalogMemory } from "../catalog/index.ts";
import { createLogger } from "../kernel/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { type LearnJob, learnPersonal } from "./learn-personal.ts";
import { buildPersonal } from "./personal-builder.ts";
import { createPersonalKeeper } from "./personal-keeper.ts";
import type { Interests, PastBaskets, PeoplePart, PeopleStore } from "./store-people.clickhouse.ts";

const minute = 60_000;
const logger = createLogger("silent");
const people: readonly Interests[] = Array.from({ length: 60 }, (_, at) =>
  at % 2 === 0
    ? { items: ["tent", "stove", at % 4 === 0 ? "lamp" : "rope"], weights: [1, 4, 1] }
    : { items: ["dress", "shoes-red", "hat"], weights: [10, 1, 3] },
);
const buyers: readonly PastBaskets[] = Array.from({ length: 40 }, (_, at) =>
  at % 2 === 0 ? [["tea"], ["tea", "milk"], ["tea"]] : [["nails"], ["nails", "glue"]],
);
const catalog = createCatalogMemory();
catalog.apply({
  version: 1,
  upserted: [aProduct("shoes"), aProduct("shoes-red", { type: "variant", parentSku: "shoes" })],
});

type Shop = { events: number; people: number; parts: PeoplePart[]; interests: readonly Interests[]; fails: boolean };
/** What the shop holds, without the event store: its own tests say what that answers. */
const keeperOf = (shop: Shop) => {
  const store: PeopleStore = {
    overview: async () => (shop.events === 0 ? null : { events: shop.events, people: shop.people, fromMs: 0 }),
    interests: async (part) => {
      if (shop.fails) throw new Error("no");
      shop.parts.push(part);
      return part.part === 0 ? shop.interests : [];
    },
    baskets: async ({ part }) => (part === 0 ? buyers : []),
  };
  const build = vi.fn(buildPersonal);
  return { build, keeper: createPersonalKeeper({ store, build, catalog, now: () => 0, logger }) };
};
const shopOf = (more: Partial<Shop> = {}): Shop => ({
  ...{ events: 1_000, people: 60, parts: [], interests: people, fails: false },
  ...more,
});

describe("what people like", () => {
  const controller = new AbortController();
  afterEach(() => expect(controller.signal.aborted).toBe(false));

  it("is learned from like histories, a variant counting as its product, and what they buy next", async () => {
    const { keeper } = keeperOf(shopOf());
    expect(keeper.current().taste.like(new Map([["tent", 1]]))).toEqual([]);
    expect(await keeper.refresh(0, false)).toBe(true);
    const { taste, nextBasket, buyers: count } = keeper.current();
    const like = (sku: string) => taste.like(new Map([[sku, 1]])).map(({ item }) => item);
    expect([taste.personCount, count]).toEqual([60, 40]);
    expect(like("tent")[0]).toBe("stove");
    expect(like("tent")).not.toContain("dress");
    expect(like("hat")).toContain("shoes");
    expect(like("never-seen")).toEqual([]);
    expect(nextBasket.next([["milk"]], 2).map(({ item }) => item)).toEqual(["milk", "tea"]);
  });

  it("is learned again after half an hour when enough changed, and after a day when anything did", async () => {
    const shop = shopOf();
    const { keeper, build } = keeperOf(shop);
    const refresh = (at: number, isForced = false) => keeper.refresh(at, isForced);
    await refresh(0);
    shop.events = 2_000;
    expect(await refresh(29 * minute)).toBe(false);
    expect(await refresh(31 * minute)).toBe(true);
    shop.events = 2_001;
    expect(await refresh(120 * minute)).toBe(false);
    expect(await refresh(120 * minute, true)).toBe(true);
    shop.events = 2_000;
    expect(await refresh(200 * minute)).toBe(false);
    expect(await refresh(26 * 60 * minute)).toBe(true);
    expect(await refresh(99 * 60 * minute)).toBe(false);
    expect(build).toHaveBeenCalledTimes(4);
  });

  it("goes without who was erased, and is nothing when nobody is left", async () => {
    const shop = shopOf();
    const { keeper } = keeperOf(shop);
    await keeper.refresh(0, false);
    shop.interests = people.filter((_, at) => at % 2 === 0);
    shop.events = 500;
    await keeper.refresh(31 * minute, false);
    expect(keeper.current().taste.like(new Map([["hat", 1]]))).toEqual([]);
    expect(keeper.current().taste.personCount).toBe(30);
    shop.events = 0;
    expect(await keeper.refresh(62 * minute, false)).toBe(true);
    expect(keeper.current().taste.personCount).toBe(0);
  });

  it("stays when learning fails, and is tried again half an hour later", async () => {
    const shop = shopOf();
    const { keeper } = keeperOf(shop);
    await keeper.refresh(0, false);
    shop.fails = true;
    shop.events = 3_000;
    await expect(keeper.refresh(31 * minute, false)).rejects.toThrow("no");
    expect(keeper.current().taste.personCount).toBe(60);
    expect(await keeper.refresh(32 * minute, false)).toBe(false);
    shop.fails = false;
    expect(await keeper.refresh(62 * minute, false)).toBe(true);
  });

  it("takes a sample of at most 200,000 people", async () => {
    const shop = shopOf({ people: 1_000_000 });
    await keeperOf(shop).keeper.refresh(0, false);
    expect(shop.parts).toHaveLength(20);
    expect(shop.parts.at(-1)).toMatchObject({ part: 19, parts: 100 });
  });

  it("is the same from a thread, which ends when it is told to", async () => {
    const job: LearnJob = {
      interests: {
        itemCount: 4,
        starts: Int32Array.of(0, 2, 4, 6, 8),
        items: Int32Array.of(0, 1, 0, 1, 0, 1, 2, 3),
        values: new Float32Array(8).fill(1),
      },
      baskets: { people: Int32Array.of(0, 2), baskets: Int32Array.of(0, 1, 3), items: Int32Array.of(0, 1, 2) },
    };
    const here = learnPersonal(job);
    const inThread = () => buildPersonal(structuredClone(job), controller.signal, { items: 0, cells: 0 });
    expect(await inThread()).toEqual(here);
    const stop = new AbortController();
    const stopped = buildPersonal(structuredClone(job), stop.signal, { items: 0, cells: 0 });
    stop.abort();
    await expect(stopped).rejects.toThrow("failed");
  });
});
