import { describe, expect, it } from "vitest";
import { splitTraits, traitFacts } from "./trait-facts.ts";

const specs = [
  { path: "profile.last_order_at", type: "instant", label: "Last order" },
  { path: "profile.trait.shoes\\.bought", type: "number", label: "Shoes bought" },
] as const;

describe("traits of a person", () => {
  it("takes those that people defined apart from the shipped ones", () => {
    const { shipped, own } = splitTraits({ orders_count: 3, trait: { visits: 9 } });
    expect([shipped, own]).toEqual([{ orders_count: 3 }, { visits: 9 }]);
    expect(splitTraits({ trait: "a text" })).toEqual({ shipped: { trait: "a text" }, own: {} });
  });

  it("labels them by the catalog, also keys with a dot", () => {
    expect(traitFacts({ "shoes.bought": 4 }, specs, "profile.trait.")).toEqual([{ label: "Shoes bought", value: "4" }]);
    expect(traitFacts({ unknown: 1.5 }, specs)).toEqual([{ label: "unknown", value: "1.5" }]);
  });

  it("writes objects and yes or no in words", () => {
    expect(traitFacts({ rfm: { r: 5, f: 3, m: null }, is_registered: true }, specs)).toEqual([
      { label: "rfm", value: "r 5, f 3" },
      { label: "is_registered", value: "Yes" },
    ]);
  });

  it("leaves out what has no value", () => {
    expect(traitFacts({ nothing: null, empty: "" }, specs)).toEqual([]);
  });
});
