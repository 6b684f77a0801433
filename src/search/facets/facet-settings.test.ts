import { describe, expect, it } from "vitest";
import { anAttribute, aProduct, dollars, searchOver } from "../search-fixture.ts";
import type { FacetSetting } from "./facet-setting.ts";

const colors = ["red", "blue", "green", "black"];
const products = Array.from({ length: 60 }, (_, at) =>
  aProduct({
    sku: `p${at}`,
    name: at < 20 ? "Shoe" : "Lamp",
    categories: [at < 20 ? "shoes" : "lamps"],
    finalPrice: dollars(at + 0.5),
    attributes: {
      color: colors[at % 4] ?? "",
      width: at,
      ...(at < 20 ? { sole: at % 2 === 0 ? "rubber" : "leather" } : { watts: String(at % 5) }),
    },
  }),
);
const attributes = [
  anAttribute({ code: "color", label: "Color" }),
  anAttribute({ code: "sole", label: "Sole" }),
  anAttribute({ code: "watts", label: "Watts" }),
  anAttribute({ code: "width", label: "Width", input: "number" }),
];

const setting = (fields: Partial<FacetSetting> & { readonly attribute: string }): FacetSetting => ({
  isPinned: false,
  sort: "count",
  maxValues: 8,
  ...fields,
});

describe("facets chosen by themselves", () => {
  it("put first what is telling for the result, then what is usual", async () => {
    const { search } = await searchOver(products, { attributes });
    const { facets } = search.search({ q: "shoe", facets: ["*"] });
    expect(facets.map(({ attribute, choice }) => `${attribute} ${choice}`)).toEqual([
      "categories pinned",
      "price pinned",
      "sole intelligent",
      "width popular",
      "color popular",
    ]);
    const browsing = search.search({ facets: ["*"] }).facets;
    expect(browsing.some(({ choice }) => choice === "intelligent")).toBe(false);
  });

  it("keep pinned facets first, in the merchant's order and under his label", async () => {
    const { search } = await searchOver(products, { attributes });
    const facetSettings = [
      setting({ attribute: "watts", isPinned: true }),
      setting({ attribute: "color", isPinned: true, label: "Colour", sort: "alphabetical", maxValues: 2 }),
      setting({ attribute: "price", isPinned: true }),
      setting({ attribute: "sole" }),
    ];
    const { facets } = search.search({ q: "shoe", facets: ["*"], facetSettings });
    expect(facets.map(({ attribute, choice }) => `${attribute} ${choice}`)).toEqual([
      "categories pinned",
      "color pinned",
      "price pinned",
      "sole intelligent",
      "width popular",
    ]);
    expect(facets[1]).toMatchObject({ label: "Colour", buckets: [{ value: "black" }, { value: "blue" }] });
  });
});

describe("facet settings", () => {
  it("keep a chosen value beyond the largest number of values", async () => {
    const { search } = await searchOver(products, { attributes });
    const facetSettings = [setting({ attribute: "color", sort: "alphabetical", maxValues: 1 })];
    const filters = [{ attribute: "color", values: ["red"], ranges: [] }];
    const [facet] = search.search({ facets: ["color"], facetSettings, filters }).facets;
    expect(facet?.buckets.map(({ value, selected }) => `${value} ${selected}`)).toEqual(["black false", "red true"]);
  });

  it("cut ranges into steps of one width, the last open, empty ones left out", async () => {
    const { search } = await searchOver(products, { attributes });
    const facetSettings = [setting({ attribute: "price", maxValues: 3, ranges: { kind: "fixed", width: 20 } })];
    const [facet] = search.search({ facets: ["price"], facetSettings }).facets;
    expect(facet).toMatchObject({
      type: "ranges",
      stats: { min: 0.5, max: 59.5 },
      buckets: [
        { from: 0, to: 20, count: 20 },
        { from: 20, to: 40, count: 20 },
        { from: 40, count: 20 },
      ],
    });
    expect(facet?.buckets[2]).not.toHaveProperty("to");
    const shoes = search.search({ q: "shoe", facets: ["price"], facetSettings }).facets[0];
    expect(shoes?.buckets.map(({ from }) => from)).toEqual([0]);
  });

  it("cut ranges by the data into as many as asked for", async () => {
    const { search } = await searchOver(products, { attributes });
    const facetSettings = [setting({ attribute: "width", ranges: { kind: "auto", count: 3 } })];
    const [facet] = search.search({ facets: ["width"], facetSettings }).facets;
    expect(facet?.buckets.length).toBeLessThanOrEqual(3);
    expect(facet?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(60);
  });
});
