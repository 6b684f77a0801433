import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const product = (sku: string, name: string, extra: object) => ({
    ...{ sku, name, currency: "USD", price: "20.00", inStock: true, categories: ["bags"] },
    ...extra,
  });
  const answer = await app.call("PUT", "/v1/catalog/products", [
    product("bag-1", "Joust duffle bag", { attributes: { material: "Canvas", cost: 5 } }),
    product("bag-2", "Travel duffle bag", { attributes: { material: "Leather", cost: 18 }, price: "30.00", qty: 3 }),
    product("bag-3", "Weekend duffle bag", { attributes: { material: "Leather" }, price: "40.00" }),
    product("pack-1", "Hiking rucksack", { attributes: { material: "Canvas" }, categories: ["bags/packs"] }),
  ]);
  expect(answer.body).toMatchObject({ accepted: 4 });
  await app.search.settled();
}, 60_000);
afterAll(() => app.close());

const search = async (query: string) => {
  const { status, body } = await app.call("GET", `/v1/search?${query}`);
  expect(status).toBe(200);
  return body as { items: { sku: string }[]; total: number; redirect: unknown; facets: { attribute: string }[] };
};
const skusOf = async (query: string) => (await search(query)).items.map(({ sku }) => sku);
const preview = async (body: object, token?: string) =>
  app.call("POST", "/v1/discovery/preview", body, token ? { authorization: `Bearer ${token}` } : undefined);
type Card = { sku: string; margin: number | null; qty: number | null; effects: { action: string }[] };
const cards = (body: Record<string, unknown>) => body["items"] as Card[];

describe("merchandising in the product", () => {
  it("arranges the next search: pin, boost by attribute, bury, hide", async () => {
    expect(await skusOf("q=duffle")).toHaveLength(3);
    await app.publish("search-rule", "duffle", {
      query: { match: "any", conditions: [{ operator: "contains", value: "duffle" }] },
      events: [
        { action: "pin", sku: "bag-3", position: 1 },
        { action: "bury", where: { attribute: { path: "product.material", op: "eq", value: "Canvas" } } },
      ],
    });
    expect(await skusOf("q=duffle")).toEqual(["bag-3", "bag-2", "bag-1"]);
    // Another order than the shop's own drops pins and factors.
    expect(await skusOf("q=duffle&sort=price:asc")).toEqual(["bag-1", "bag-2", "bag-3"]);
    const { body } = await app.call("GET", "/v1/search?q=duffle&explain=true");
    expect(body["rules"]).toMatchObject([{ kind: "search-rule", key: "duffle", isApplied: true }]);
  });

  it("finds synonyms, sends away, orders and shows facets as the merchandiser says", async () => {
    expect(await skusOf("q=knapsack")).toEqual([]);
    await app.publish("synonym", "packs", { type: "two-way", keyword: "rucksack", expansions: ["knapsack"] });
    expect(await skusOf("q=knapsack")).toEqual(["pack-1"]);
    await app.publish("redirect", "sale", {
      query: { match: "any", conditions: [{ operator: "is", value: "sale" }] },
      url: "/sale",
    });
    expect((await search("q=Sale")).redirect).toEqual({ url: "/sale" });
    expect((await search("q=duffle")).redirect).toBeNull();
    await app.publish("sort-option", "cheapest", {
      code: "cheapest",
      label: "Cheapest first",
      keys: [{ attribute: "price", direction: "asc" }],
    });
    expect(await skusOf("q=duffle&sort=cheapest")).toEqual(["bag-1", "bag-2", "bag-3"]);
    await app.publish("facet", "material", { attribute: "material", label: "Made of", pinned: true });
    expect((await search("q=duffle&facets=*")).facets).toContainEqual(
      expect.objectContaining({ attribute: "material", label: "Made of" }),
    );
  });

  it("builds a category from a rule", async () => {
    await app.publish("dynamic-category", "leather", {
      category: "leather",
      name: "All leather",
      where: { attribute: { path: "product.material", op: "eq", value: "Leather" } },
    });
    const { body } = await app.call("GET", "/v1/categories/leather/products");
    expect((body["items"] as { sku: string }[]).map(({ sku }) => sku).sort()).toEqual(["bag-2", "bag-3"]);
  });
});

describe("search settings", () => {
  const weighed = async (fieldWeights: object) => {
    const draft = { kind: "search-settings", id: "try", body: { fieldWeights, ranking: { isPersonal: false } } };
    const { body } = await preview({ subject: { kind: "search", q: "canvas duffle" }, preview: { draft } });
    return cards(body) as unknown as {
      sku: string;
      explain: { text: { terms: { fields: { field: string; score: number }[] }[] } };
    }[];
  };

  it("tries out other weights of fields before shoppers see them", async () => {
    const nameOf = async (weights: object) =>
      (await weighed(weights))[0]?.explain.text.terms
        .flatMap(({ fields }) => fields)
        .find(({ field }) => field === "name")?.score ?? 0;
    expect(await nameOf({ name: 0 })).toBe(0);
    expect(await nameOf({ name: 9 })).toBeGreaterThan(await nameOf({ name: 1 }));
    const bad = await preview({
      subject: { kind: "search", q: "x" },
      preview: { draft: { kind: "search-settings", id: "try", body: { fieldWeights: { title: 3 } } } },
    });
    expect(bad.body).toMatchObject({ error: { code: "merchandising.badDraft" } });
  });
});

describe("POST /v1/discovery/preview", () => {
  const subject = { kind: "search", q: "duffle" };

  it("shows a list with a draft in place of what is live, and without any rule", async () => {
    const before = await preview({ subject, preview: { isRulesOff: true } });
    expect(before.body["rules"]).toEqual([]);
    const draft = { kind: "search-rule", id: "new", body: { events: [{ action: "pin", sku: "bag-1", position: 1 }] } };
    const after = await preview({ subject, preview: { draft } });
    expect(cards(after.body)[0]).toMatchObject({ sku: "bag-1", effects: [{ action: "pin" }] });
    // Nobody else sees it.
    expect((await skusOf("q=duffle"))[0]).toBe("bag-3");
    const bad = await preview({ subject, preview: { draft: { ...draft, body: { events: [{ action: "dance" }] } } } });
    expect(bad.body).toMatchObject({ error: { code: "merchandising.badDraft" } });
  });

  it("says what a merchandiser wants to know of a product, the margin only to editors", async () => {
    const { body } = await preview({ subject });
    const travel = cards(body).find(({ sku }) => sku === "bag-2");
    expect(travel).toMatchObject({ qty: 3, margin: expect.closeTo(0.4, 6) });
    const created = await app.call("POST", "/v1/keys", { kind: "token", name: "reader", scopes: ["read"] });
    expect(created.status).toBe(201);
    const read = await preview({ subject }, String(created.body["key"]));
    expect(read.status).toBe(200);
    expect(cards(read.body).every(({ margin }) => margin === null)).toBe(true);
  });

  it("shows the list of a person, and says when there is none", async () => {
    await app.send([{ type: "productPageView", anonymousId: "visitor-1", properties: { items: [{ sku: "bag-2" }] } }]);
    await app.settle();
    const { profileId } = await app.profiles.by("anonymous_id", "visitor-1");
    expect((await preview({ subject, as: { profileId } })).body["reasons"]).not.toMatchObject([
      { code: "not_personal" },
    ]);
    expect((await preview({ subject, as: { profileId: "00000000-0000-4000-8000-000000000000" } })).body).toMatchObject({
      error: { code: "discovery.unknownProfile" },
    });
    expect((await preview({ subject }, demoCredentials.writeKey)).status).toBe(403);
  });
});
