import { beforeAll, describe, expect, it } from "vitest";
import type { Filter } from "../facets/filter.ts";
import { anAttribute, aProduct, dollars, searchOver } from "../search-fixture.ts";
import type { SearchRequest } from "../search-types.ts";
import type { VectorRecall } from "./extend-by-meaning.ts";

// 10 sofas by name, and 60 couches that only the vectors hold for the same, the first the nearest.
const sofas = Array.from({ length: 10 }, (_, at) => aProduct({ sku: `sofa-${at}`, name: `Sofa ${"x".repeat(at)}` }));
const couches = Array.from({ length: 60 }, (_, at) =>
  aProduct({
    sku: `couch-${at}`,
    name: "Couch",
    finalPrice: dollars(100 + at),
    attributes: { color: at % 2 === 0 ? "red" : "blue" },
    ...(at === 3 ? { visibility: "catalog" as const } : {}),
  }),
);
const chairs = Array.from({ length: 80 }, (_, at) => aProduct({ sku: `chair-${at}`, name: "Chair" }));

const near = couches.map(({ sku }, at) => ({ sku, cosine: 0.95 - at / 200 }));
const asked: string[] = [];
const vectors: VectorRecall = {
  nearest: (query, limit) => {
    asked.push(query);
    if (query === "gone") return [{ sku: "unknown", cosine: 0.9 }];
    return ["sofa", "settee", "chair", "chairs and more"].includes(query)
      ? [{ sku: "sofa-1", cosine: 0.99 }, ...near].slice(0, limit)
      : undefined;
  },
};

let search: Awaited<ReturnType<typeof searchOver>>["search"];
beforeAll(async () => {
  const attributes = [anAttribute({ code: "color" })];
  const options = { attributes, vectors, localeByStoreView: new Map([["de", "de"]]) };
  search = (await searchOver([...sofas, ...couches, ...chairs], options)).search;
});

const find = (request: SearchRequest) => {
  const { items, total } = search.search({ limit: 200, ...request });
  return { skus: items.map(({ sku }) => sku), total, items };
};
const red: Filter = { attribute: "color", values: ["red"], ranges: [] };

describe("a list that words alone leave short", () => {
  it("goes on with products that mean the same, up to fifty, behind all that match by words", () => {
    const { skus, total, items } = find({ q: "sofa" });
    expect(total).toBe(50);
    expect(new Set(skus.slice(0, 10))).toEqual(new Set(sofas.map(({ sku }) => sku)));
    // couch-3 is shown in categories only.
    const wanted = near.map(({ sku }) => sku).filter((sku) => sku !== "couch-3");
    expect(skus.slice(10)).toEqual(wanted.slice(0, 40));
    expect(items[10]?.reasons).toEqual([{ code: "similarMeaning", text: "Similar meaning, cosine 0.95" }]);
    expect(items[9]?.reasons).toEqual([]);
    expect(items.map(({ score }) => score)).toEqual(items.map(({ score }) => score).sort((a, b) => b - a));
  });

  it("says so in the explanation, which has no words to explain then", () => {
    const { items } = find({ q: "sofa", explain: true });
    expect(items[10]?.explain).toMatchObject({ meaning: 0.95, base: 0 });
    expect(items[10]?.explain?.text).toBeUndefined();
    expect(items[0]?.explain?.meaning).toBeUndefined();
  });

  it("is the same page by page", () => {
    const all = find({ q: "sofa" }).skus;
    const pages = [0, 8, 16, 24, 32, 40, 48].flatMap((offset) => find({ q: "sofa", offset, limit: 8 }).skus);
    expect(pages).toEqual(all);
  });

  it("stays behind whatever habits, models and rules make of the others", () => {
    const arrangement = {
      hidden: new Set(["couch-0", "sofa-2"]),
      factorsOf: (skus: readonly string[]) => Float64Array.from(skus, (sku) => (sku.startsWith("sofa") ? 0.001 : 100)),
      pins: [],
      effectsOf: () => [],
    };
    const signals = [{ name: "popularity", beta: 0.3, valueOf: (sku: string) => Number(sku.startsWith("couch")) }];
    const model = {
      candidates: 100,
      score: ({ skus }: { skus: readonly string[] }) => new Float64Array(skus.length).fill(0.01),
    };
    for (const request of [{ arrangement }, { signals }, { model }, { arrangement, signals, model }]) {
      const { skus } = find({ q: "sofa", ...request });
      const firstCouch = skus.findIndex((sku) => sku.startsWith("couch"));
      expect(firstCouch).toBe("arrangement" in request ? 9 : 10);
      expect(skus.slice(firstCouch).every((sku) => sku.startsWith("couch"))).toBe(true);
      expect(skus.includes("couch-0")).toBe(!("arrangement" in request));
    }
  });

  it("keeps to the filters, and counts what it adds in the facets", () => {
    const { items, facets, total } = search.search({
      q: "settee",
      filters: [red],
      facets: ["color", "price"],
      limit: 200,
    });
    expect(total).toBe(30);
    expect(items.every(({ sku }) => sku.startsWith("couch") && Number(sku.slice(6)) % 2 === 0)).toBe(true);
    const color = facets.find(({ attribute }) => attribute === "color");
    expect(color?.buckets.find(({ value }) => value === "red")?.count).toBe(30);
  });

  it("is not touched when words find fifty, when another order is asked for, or while the shopper types", () => {
    expect(find({ q: "chair" }).total).toBe(80);
    expect(find({ q: "sofa", sort: "price:asc" }).total).toBe(10);
    expect(find({ q: "sofa", asYouType: true }).total).toBe(10);
    expect(find({ q: "sofa", storeView: "de" }).total).toBe(10);
    expect(find({}).skus).not.toContain("couch-3-none");
  });

  it("stays empty where nothing is known", () => {
    expect(find({ q: "xyzzyplugh" }).total).toBe(0);
    expect(find({ q: "gone" }).total).toBe(0);
  });

  it("is asked with what was typed, then with what was searched instead", () => {
    asked.length = 0;
    expect(find({ q: "soffa" }).total).toBe(50);
    expect(asked).toEqual(["soffa", "sofa"]);
  });
});
