import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePath } from "../../kernel/rules/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { isPersonalPath } from "./personal-paths.ts";
import { createValueCounts, searchValues, textsOf } from "./value-counts.ts";

describe("counting values", () => {
  it("counts each value once a subject and keeps what enough of them have, as a naive count does", () => {
    const subjects = fc.array(fc.array(fc.constantFrom("a", "b", "c", " ", "d "), { maxLength: 4 }), { maxLength: 20 });
    fc.assert(
      fc.property(subjects, fc.integer({ min: 1, max: 4 }), (all, least) => {
        const counts = createValueCounts(100);
        for (const values of all) counts.add(values);
        const naive = ["a", "b", "c", "d"].flatMap((value) => {
          const count = all.filter((values) => values.some((each) => each.trim() === value)).length;
          return count >= least ? [{ value, count }] : [];
        });
        const found = counts.atLeast(least);
        expect([...found].sort((a, b) => (a.value < b.value ? -1 : 1))).toEqual(naive);
        expect(found.map(({ count = 0 }) => count)).toEqual(naive.map(({ count }) => count).sort((a, b) => b - a));
      }),
    );
  });

  it("holds no more values than it may, and no long texts", () => {
    const counts = createValueCounts(3);
    for (let at = 0; at < 10; at += 1) counts.add(`value ${at}`);
    expect(counts.atLeast(1)).toHaveLength(3);
    expect(textsOf(["x".repeat(201), null, { a: 1 }, 7, true, ""])).toEqual(["7", "true"]);
  });

  it("finds by value and by label, those that begin with the search first, whatever the case", () => {
    const values = [{ value: "gear/bags", label: "Bags" }, { value: "bags" }, { value: "men", label: "Men" }];
    expect(searchValues(values, "BAG", 10).map(({ value }) => value)).toEqual(["gear/bags", "bags"]);
    expect(searchValues(values, "ar/b", 10).map(({ value }) => value)).toEqual(["gear/bags"]);
    expect(searchValues(values, "", 2)).toHaveLength(2);
  });
});

it("takes a path as personal by any of its parts, in whichever spelling", () => {
  const classes = [
    { kind: "trait", name: "first_name", pii: "direct" },
    { kind: "property", name: "billingAddress", pii: "direct" },
    { kind: "trait", name: "gender", pii: "indirect" },
  ] as const;
  const isPersonal = (path: string) => isPersonalPath(parsePath(path)!, classes);
  expect(isPersonal("profile.first_name")).toBe(true);
  expect(isPersonal("event.properties.firstName")).toBe(true);
  expect(isPersonal("event.properties.billingAddress.city")).toBe(true);
  expect(isPersonal("profile.trait.first_name")).toBe(true);
  expect(isPersonal("profile.gender")).toBe(false);
});

describe("GET /v1/attributes/values", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    const product = (sku: string, name: string, brand: string, material: string) => ({
      ...{ sku, name, brand, type: "simple", categories: ["gear/bags"], visibility: "both", inStock: true, qty: 1 },
      price: { minor: 100, currency: "USD" },
      attributes: { material },
    });
    await app.call("PUT", "/v1/catalog/categories", [
      { path: "gear", name: "Gear" },
      { path: "gear/bags", name: "Bags" },
    ]);
    await app.call("PUT", "/v1/catalog/products", [
      product("A1", "Duffle", "Joust", "Canvas"),
      product("A2", "Tote", "Joust", "Leather"),
      product("A3", "Watch", "Aim", "Canvas"),
    ]);
    const traits = (n: number) => ({
      ...{ nickname: `nick ${n}`, favourite_sport: n < 4 ? "Yoga" : n < 6 ? "Golf" : `Sport ${n}` },
      ...{ first_name: "Ann", club: "ann@club.example", team: ["red", "blue"] },
    });
    await app.sendFromServer(
      Array.from({ length: 8 }, (_, n) => [
        { type: "profileRecord", customerId: `c-${n}`, properties: { traits: traits(n) } },
        {
          type: "searchRequestSent",
          customerId: `c-${n}`,
          properties: { searchQuery: n < 5 ? "bag" : `rare ${n}`, colour: "teal", firstName: "Ann", room: 12 },
        },
      ]).flat(),
    );
    await app.settle();
  }, 60_000);
  afterAll(() => app?.close());

  const ask = async (path: string, more = "") => {
    const { status, body } = await app.call("GET", `/v1/attributes/values?path=${encodeURIComponent(path)}${more}`);
    expect(status).toBe(200);
    return body as { source: string; items: { value: string; label?: string; count?: number }[] };
  };

  it("lists categories, products and their attributes with what they are called", async () => {
    expect(await ask("product.category_ids", "&search=bag")).toEqual({
      source: "categories",
      items: [{ value: "gear/bags", label: "Bags" }],
    });
    expect(await ask("product.sku", "&search=tot")).toEqual({
      source: "skus",
      items: [{ value: "A2", label: "Tote" }],
    });
    expect((await ask("product.brand")).items).toEqual([
      { value: "Joust", count: 2 },
      { value: "Aim", count: 1 },
    ]);
    expect((await ask("profile.favourite_brand", "&search=ai")).items.map(({ value }) => value)).toEqual(["Aim"]);
    expect((await ask("matched.material")).items[0]).toEqual({ value: "Canvas", count: 2 });
  });

  it("lists values that at least three people share, of traits and of events", async () => {
    expect(await ask("profile.favourite_sport")).toEqual({ source: "people", items: [{ value: "Yoga", count: 4 }] });
    expect((await ask("profile.team")).items.map(({ value }) => value)).toEqual(["blue", "red"]);
    expect(await ask("event.properties.searchQuery")).toEqual({
      source: "events",
      items: [{ value: "bag", count: 5 }],
    });
    expect((await ask("event.properties.colour", "&search=TE")).items).toEqual([{ value: "teal", count: 8 }]);
    expect((await ask("event.properties.room")).items).toEqual([{ value: "12", count: 8 }]);
    expect((await ask("profile.nickname")).items).toEqual([]);
  });

  it("never lists personal data, by its class or by its looks", async () => {
    expect(await ask("profile.first_name")).toEqual({ source: "personal", items: [] });
    expect(await ask("event.properties.firstName")).toEqual({ source: "personal", items: [] });
    expect(await ask("profile.club")).toEqual({ source: "people", items: [] });
    await app.call("PUT", "/v1/privacy/classes/trait/team", { pii: "sensitive", retentionDays: null, purposes: [] });
    expect(await ask("profile.team")).toEqual({ source: "personal", items: [] });
  });

  it("lists known values of an attribute as they are, and none of amounts, numbers, or what is no attribute", async () => {
    expect(await ask("profile.loyalty.tier", "&search=s")).toEqual({
      source: "known",
      items: [{ value: "silver" }],
    });
    for (const path of [
      "profile.orders_count",
      "profile.lifetime_sales",
      "nothing",
      "profile",
      "event.type.x",
      "profile.__proto__.x",
    ])
      expect((await ask(path)).items).toEqual([]);
    const bad = await app.call("GET", "/v1/attributes/values?path=product.sku&limit=51");
    expect(bad.status).toBe(400);
    const deep = await ask(`event.properties.${"a.".repeat(100)}b`);
    expect(deep).toEqual({ source: "none", items: [] });
    expect((await app.call("GET", "/v1/attributes/values?path=product.sku", undefined, {})).status).toBe(401);
  });
});
