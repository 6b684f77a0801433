// Recommendations as a shop uses them: events in, units and next items out.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { createNextItems } from "./learners/index.ts";

const minute = 60_000;
const key = { authorization: `Bearer ${demoCredentials.writeKey}` };
let app: TestApp;
type Item = { sku: string; isFallback: boolean; queryType: string; strategy: string; reasons: { code: string }[] };
type Unit = { unitId: string; typeId: string; items: Item[]; userError: string | null; displayOrder: number };

const log = [
  ["p1", "p2", "p3"],
  ["p1", "p2", "p4", "p2"],
  ["p2", "p3"],
  ["p5", "p6"],
  ["p5", "p6", "p1"],
  ["p3", "p1", "p2"],
];
/** Sessions of past days, as a log of the past is imported; each by a visitor of its own. */
const eventsOf = (sessions: readonly (readonly string[])[], offsetMs: number) =>
  sessions.flatMap((skus, at) =>
    skus.map((sku, step) => ({
      type: "productPageView",
      messageId: `m-${offsetMs}-${at}-${step}`,
      timestamp: new Date(Date.now() - offsetMs + at * 60 * minute + step * 1_000).toISOString(),
      anonymousId: `visitor-${offsetMs}-${at}`,
      properties: { items: [{ sku }] },
    })),
  );
const next = async (body: object) => {
  const answer = await app.call("POST", "/v1/recommendations", { strategy: "next", ...body }, key);
  expect(answer.status).toBe(200);
  return answer.body["items"] as Item[];
};
const unitsOf = async (body: object): Promise<Unit[]> => {
  const answer = await app.call("POST", "/v1/recommendations/units", body, key);
  expect(answer.status).toBe(200);
  return answer.body["units"] as Unit[];
};
const skusOf = (items: readonly { sku: string }[]) => items.map(({ sku }) => sku);

beforeAll(async () => {
  app = await startTestApp();
  await app.sendFromServer(eventsOf(log, 20 * 60 * minute));
  await app.settle();
  await app.recommendations.refresh({ isForced: true });
}, 120_000);
afterAll(() => app.close());

describe("next items of an imported session log", () => {
  it("are what the learner says of the same sessions, by SKU while there is no catalog", async () => {
    const learner = createNextItems(log.map((items) => ({ items })));
    for (const items of [["p1"], ["p1", "p2"], ["p6", "p5"], ["p2", "p1", "p2"]]) {
      const expected = learner.next(items, 20).map(({ item }) => item);
      const got = (await next({ items, limit: 20 })).filter(({ isFallback }) => !isFallback);
      expect(new Set(skusOf(got))).toEqual(new Set(expected));
      expect(got[0]?.sku).toBe(expected[0]);
    }
    const unknown = await next({ items: ["never-seen"], limit: 20 });
    expect(new Set(unknown.map(({ isFallback }) => isFallback))).toEqual(new Set([true]));
  });

  it("learn a session when it has ended, without counting everything anew", async () => {
    await app.sendFromServer(eventsOf([["p7", "p8"]], 2 * 60 * minute));
    await app.settle();
    await app.recommendations.refresh();
    expect(skusOf(await next({ items: ["p7"], limit: 20 }))).toContain("p8");
  });

  it("stay within the catalog once the shop has one, and keep the order of the session", async () => {
    const product = (sku: string, extra: object = {}) => ({
      ...{ sku, name: `Product ${sku}`, currency: "USD", price: "20.00", inStock: true, categories: ["all"] },
      ...extra,
    });
    const answer = await app.call("PUT", "/v1/catalog/products", [
      ...["p1", "p2", "p3", "p5", "p6"].map((sku) => product(sku)),
      product("p4", { inStock: false }),
      product("dear", { price: "90.00" }),
    ]);
    expect(answer.body).toMatchObject({ accepted: 7 });
    const items = await next({ items: ["p1", "p2"], limit: 20 });
    expect(skusOf(items)).not.toContain("p4");
    expect(skusOf(items.filter(({ isFallback }) => !isFallback))).toEqual(expect.arrayContaining(["p1", "p2", "p3"]));
    // p8 is not in the catalog, but neither is p7: then the caller's products are not those of the catalog.
    expect(skusOf(await next({ items: ["p7"], limit: 20 }))).toContain("p8");
    expect(skusOf(await next({ items: ["p7", "p1"], limit: 20 }))).not.toContain("p8");
  });
});

describe("units of a page", () => {
  const unit = (extra: object) => ({
    ...{ placement: "product.unit", priority: 1, audiences: [], label: "For you", strategy: "most-viewed", limit: 2 },
    ...extra,
  });

  it("come in their order, show no product twice, and say what is primary", async () => {
    await app.publish("unit", "second", unit({ pageType: "Product", position: 2 }));
    await app.publish("unit", "first", unit({ pageType: "Product", position: 1, strategy: "viewed-viewed" }));
    await app.publish(
      "unit",
      "nobody",
      unit({
        pageType: "Product",
        position: 0,
        rule: { attribute: { path: "context.device", op: "eq", value: "none" } },
      }),
    );
    await app.publish("unit", "anybody", unit({ pageType: "Cart", rule: { any: [] } }));
    await app.publish("unit", "home", unit({ pageType: "CMS", limit: 20 }));
    const units = await unitsOf({ pageType: "Product", currentSku: "p1" });
    expect(units.map(({ typeId, displayOrder }) => [typeId, displayOrder])).toEqual([
      ["viewed-viewed", 1],
      ["most-viewed", 2],
    ]);
    const shown = units.flatMap(({ items }) => skusOf(items));
    expect(new Set(shown).size).toBe(4);
    expect(shown).not.toContain("p1");
    expect(units[0]?.items.map(({ queryType }) => queryType)).toEqual(["backup", "backup"]);
    expect(units[1]?.items[0]?.queryType).toBe("primary");
    expect(await unitsOf({ units: ["nobody"] })).toEqual([]);
    expect(await unitsOf({ pageType: "Cart" })).toHaveLength(1);
  });

  it("show no product twice over several calls of one page, and the same when one asks again", async () => {
    const page = { pageKey: "page-1", identity: { anonymousId: "browser-1" }, currentSku: "p1" };
    const [first] = await unitsOf({ ...page, units: ["first"] });
    const [second] = await unitsOf({ ...page, units: ["second"] });
    expect(skusOf(second!.items).filter((sku) => skusOf(first!.items).includes(sku))).toEqual([]);
    const [again] = await unitsOf({ ...page, units: ["second"] });
    expect(skusOf(again!.items)).toEqual(skusOf(second!.items));
    const [elsewhere] = await unitsOf({ ...page, pageKey: "page-2", units: ["second"] });
    expect(skusOf(elsewhere!.items)).not.toEqual(skusOf(second!.items));
  });

  it("leave out the cart and what the client says was bought, and follow its views", async () => {
    const history = { cartSkus: ["p2"], purchased: [{ skus: ["p3"] }], viewed: [{ sku: "p5" }] };
    const [home] = await unitsOf({ units: ["home"], history });
    expect(skusOf(home!.items)).toEqual(expect.arrayContaining(["p1", "p6", "dear"]));
    for (const sku of ["p2", "p3", "p4"]) expect(skusOf(home!.items)).not.toContain(sku);
  });

  it("are refused without units or a kind of page, and previews without a right to read", async () => {
    expect((await app.call("POST", "/v1/recommendations/units", {}, key)).body).toMatchObject({
      error: { code: "recommendations.unitsOrPage" },
    });
    expect((await app.call("POST", "/v1/recommendations", { explain: true }, key)).status).toBe(403);
  });
});

describe("a draft of a unit", () => {
  it("is previewed on real products, with what its filters take away", async () => {
    const draft = {
      ...{ placement: "home.x", priority: 1, audiences: [], label: "Cheap", strategy: "new-arrivals", limit: 20 },
      filters: { exclusions: [{ by: "price", minMinor: 5_000 }] },
    };
    const { body, status } = await app.call("POST", "/v1/recommendations", { draft, explain: true });
    expect(status).toBe(200);
    expect(skusOf(body["items"] as Item[])).toEqual(expect.arrayContaining(["p1", "p2"]));
    expect(body["leftOut"]).toContainEqual(
      expect.objectContaining({ sku: "dear", because: expect.objectContaining({ code: "excluded" }) }),
    );
  });
});

describe("a price and a stock that change", () => {
  it("bring products into the lists of price drops and of what is back", async () => {
    const put = (sku: string, extra: object) =>
      app.call("PUT", "/v1/catalog/products", [
        { ...{ sku, name: sku, currency: "USD", price: "20.00", inStock: true, categories: ["all"] }, ...extra },
      ]);
    await app.recommendations.refresh();
    await put("dear", { price: "45.00" });
    await put("p4", { inStock: true });
    await app.recommendations.refresh();
    const ask = async (strategy: string) =>
      (await app.call("POST", "/v1/recommendations", { strategy }, key)).body["items"] as Item[];
    expect(await ask("price-drop")).toMatchObject([{ sku: "dear", reasons: [{ code: "price_drop" }] }]);
    expect(await ask("back-in-stock")).toMatchObject([{ sku: "p4", reasons: [{ code: "back_in_stock" }] }]);
  });
});
