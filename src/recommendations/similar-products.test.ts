import { describe, expect, it } from "vitest";
import { createCatalogMemory } from "../catalog/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { createSimilarProducts, similarity } from "./similar-products.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const hoodie = aProduct("h1", {
  name: "Fleece hoodie",
  categories: ["men/tops/hoodies", "sale"],
  attributes: { material: ["Wool"], fit: "slim" },
  finalPrice: usd(5_000),
});

describe("similar products", () => {
  it("are those that share category, attributes, words and price", () => {
    const twin = aProduct("h2", {
      name: "Fleece hoodie",
      categories: ["men/tops/hoodies"],
      attributes: { material: ["Wool"], fit: "slim" },
      finalPrice: usd(5_000),
    });
    const cousin = aProduct("h3", {
      name: "Cotton tee",
      categories: ["men/tops/tees"],
      attributes: { material: ["Cotton"], fit: "slim" },
      finalPrice: usd(2_000),
    });
    expect(similarity(hoodie, twin)).toBeCloseTo(1, 9);
    expect(similarity(hoodie, cousin)).toBeGreaterThan(0.2);
    expect(similarity(hoodie, cousin)).toBeLessThan(0.6);
  });

  it("never cross the root category, whatever campaign both are in, nor the gender", () => {
    const womens = aProduct("w1", { ...hoodie, sku: "w1", categories: ["women/tops/hoodies", "sale"] });
    expect(similarity(hoodie, womens)).toBe(0);
    const boys = { ...hoodie, sku: "b1", attributes: { ...hoodie.attributes, gender: ["Boys"] } };
    const men = { ...hoodie, attributes: { ...hoodie.attributes, gender: ["Men", "Unisex"] } };
    expect(similarity(men, boys)).toBe(0);
    expect(similarity(men, { ...boys, attributes: { gender: "Unisex" } })).toBeGreaterThan(0);
  });

  it("are found again after the catalog changed", () => {
    const memory = createCatalogMemory();
    const similar = createSimilarProducts();
    memory.apply({ version: 1, upserted: [hoodie, { ...hoodie, sku: "h2" }] });
    expect(similar.like(hoodie, memory.current(), 0).map(({ sku }) => sku)).toEqual(["h2"]);
    memory.apply({ version: 2, upserted: [{ ...hoodie, sku: "h2", name: "Other words" }] });
    expect(similar.like(hoodie, memory.current(), 60_001)[0]?.score).toBeLessThan(1);
    memory.apply({ version: 3, upserted: [{ ...hoodie, sku: "h3" }] });
    expect(similar.like(hoodie, memory.current(), 0).map(({ sku }) => sku)).toEqual(["h3", "h2"]);
  });
});
