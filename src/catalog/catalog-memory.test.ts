import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aProduct } from "../testing/a-product.ts";
import { createCatalogMemory } from "./catalog-memory.ts";
import { LayeredMap } from "./layered-map.ts";
import type { CatalogProduct } from "./product.ts";
import { buildLists } from "./snapshot.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const aVariant = (sku: string, parentSku: string, minor: number, inStock = true) =>
  aProduct(sku, {
    parentSku,
    type: "variant",
    visibility: "none",
    price: usd(minor),
    finalPrice: usd(minor),
    inStock,
    qty: inStock ? 2 : 0,
  });

describe("the catalog in memory", () => {
  it("shows a configurable product at the price of its cheapest variant in stock", () => {
    const memory = createCatalogMemory();
    memory.apply({
      version: 1,
      upserted: [
        aProduct("P", { type: "configurable", price: usd(900), finalPrice: usd(900) }),
        aVariant("P-1", "P", 500, false),
        aVariant("P-2", "P", 700),
      ],
    });
    expect(memory.current().get("P")).toMatchObject({
      finalPrice: usd(700),
      variants: ["P-1", "P-2"],
      inStock: true,
      qty: 2,
    });

    const change = memory.apply({ version: 2, upserted: [aVariant("P-2", "P", 650, false)] });
    expect(memory.current().get("P")).toMatchObject({ finalPrice: usd(500), inStock: false });
    expect(new Set(change.upserted)).toEqual(new Set(["P", "P-2"]));
    memory.apply({ version: 3, deleted: ["P-1"] });
    expect(memory.current().get("P")?.variants).toEqual(["P-2"]);
    expect(memory.current().parentOf("P-2")?.sku).toBe("P");
  });

  it("prices a bundle by the cheapest choice of each part and a grouped product by its cheapest part", () => {
    const memory = createCatalogMemory();
    const part = (sku: string, minor: number) => aProduct(sku, { price: usd(minor), finalPrice: usd(minor) });
    memory.apply({
      version: 1,
      upserted: [
        aProduct("B", {
          type: "bundle",
          components: [
            { label: "Ball", skus: ["a", "b"] },
            { label: "Strap", skus: ["c"] },
          ],
        }),
        aProduct("G", { type: "grouped", components: [{ label: "", skus: ["a", "c"] }] }),
        part("a", 300),
        part("b", 200),
        part("c", 50),
      ],
    });
    expect(memory.current().get("B")?.finalPrice).toEqual(usd(250));
    expect(memory.current().get("G")?.finalPrice).toEqual(usd(50));
    memory.apply({ version: 2, upserted: [part("c", 400)] });
    expect(memory.current().get("B")?.finalPrice).toEqual(usd(600));
    expect(memory.current().get("G")?.finalPrice).toEqual(usd(300));
  });

  it("never changes a snapshot that somebody holds", () => {
    const memory = createCatalogMemory();
    memory.apply({
      version: 1,
      upserted: [aProduct("a", { categories: ["x/y"] }), aProduct("b", { categories: ["x"] })],
    });
    const held = memory.current();
    expect(held.inCategory("x").map((product) => product.sku)).toEqual(["a", "b"]);
    memory.apply({ version: 2, upserted: [aProduct("c", { categories: ["x/y"] })], deleted: ["a"] });
    expect(held.get("a")?.sku).toBe("a");
    expect([...held.products.keys()]).toEqual(["a", "b"]);
    expect(held.inCategory("x/y").map((product) => product.sku)).toEqual(["a"]);
    expect(
      memory
        .current()
        .inCategory("x/y")
        .map((product) => product.sku),
    ).toEqual(["c"]);
    expect(
      memory
        .current()
        .listed()
        .map((product) => product.sku),
    ).toEqual(["b", "c"]);
  });

  it("keeps patched lists equal to lists built anew, whatever changes come", () => {
    const change = fc.record({
      sku: fc.constantFrom(..."abcdefgh"),
      paths: fc.subarray(["x", "x/y", "x/y/z", "w"]),
      isHidden: fc.boolean(),
      isDeleted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 }), (rounds) => {
        const memory = createCatalogMemory();
        for (const [version, changes] of rounds.entries()) {
          const bySku = new Map(changes.map((one) => [one.sku, one]));
          const kept = [...bySku.values()].filter((one) => !one.isDeleted);
          memory.apply({
            version,
            upserted: kept.map((one) =>
              aProduct(one.sku, { categories: one.paths, visibility: one.isHidden ? "none" : "both" }),
            ),
            deleted: [...bySku.values()].filter((one) => one.isDeleted).map((one) => one.sku),
          });
          const built = buildLists(memory.current().products);
          const names = (products: readonly CatalogProduct[]) => products.map((product) => product.sku).sort();
          expect(names(memory.current().listed())).toEqual(names(built.listed));
          for (const path of ["x", "x/y", "x/y/z", "w"])
            expect(names(memory.current().inCategory(path))).toEqual(names(built.byCategory.get(path) ?? []));
        }
      }),
    );
  });
});

describe("a layered map", () => {
  it("equals a plain map after any changes, while its older versions stay", () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.option(fc.integer(), { freq: 3, nil: null }));
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 1_500 }), { maxLength: 6 }), (rounds) => {
        let map = LayeredMap.empty<number, number>();
        const plain = new Map<number, number>();
        for (const round of rounds) {
          const before = map;
          const frozen = [...map];
          map = map.with(new Map(round));
          for (const [key, value] of new Map(round)) {
            if (value === null) plain.delete(key);
            else plain.set(key, value);
          }
          const sorted = (entries: Iterable<[number, number]>) => [...entries].sort(([a], [b]) => a - b);
          expect(sorted(map)).toEqual(sorted(plain));
          expect(map.size).toBe(plain.size);
          for (const [key] of round) expect(map.get(key)).toBe(plain.get(key));
          expect([...before]).toEqual(frozen);
        }
      }),
      { numRuns: 30 },
    );
  });
});
