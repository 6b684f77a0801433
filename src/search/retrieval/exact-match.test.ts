import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../analysis/analysis.ts";
import { aProduct, searchOver } from "../search-fixture.ts";

const skus = (result: { readonly items: readonly { readonly sku: string }[] }) => result.items.map(({ sku }) => sku);

describe("an exact match", () => {
  it("of a name stands first, however often the words stand elsewhere", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "LOUD", name: "Bag bag", brand: "Bag", description: "bag bag bag", categories: ["bag"] }),
      aProduct({ sku: "QUIET", name: "Bag", description: "of a very long description ".repeat(50) }),
    ]);
    const loud = { name: "s", beta: 0.3, valueOf: (sku: string) => (sku === "LOUD" ? 9 : 0) };
    for (const signals of [[], [loud], [loud, loud, loud]])
      expect(skus(search.search({ q: "bag", signals }))).toEqual(["QUIET", "LOUD"]);
    const model = {
      candidates: 10,
      score: ({ skus: list }: { readonly skus: readonly string[] }) =>
        Float64Array.from(list, (sku) => (sku === "LOUD" ? 0.9 : 0.1)),
    };
    expect(skus(search.search({ q: "BAG", model }))).toEqual(["QUIET", "LOUD"]);
  });

  it("of a SKU without digits stands first too", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "TENT-RED", name: "Shelter" }),
      aProduct({ sku: "X", name: "Tent red", description: "tent red" }),
      aProduct({ sku: "tent", name: "House" }),
    ]);
    expect(skus(search.search({ q: "tent-red" }))[0]).toBe("TENT-RED");
    expect(skus(search.search({ q: "tent" }))[0]).toBe("tent");
  });

  it("holds for every typed SKU and full name", async () => {
    const word = fc.constantFrom("red", "bag", "tent", "pro", "mini", "x2", "12v", "the", "crème", "o'neill");
    const product = fc.record({
      name: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" ")),
      code: fc.array(fc.constantFrom("A", "b", "7", "-", "12", "red"), { minLength: 1, maxLength: 4 }),
      description: fc.array(word, { maxLength: 8 }).map((words) => words.join(" ")),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(product, { minLength: 1, maxLength: 12 }), async (rows) => {
        const products = rows.map(({ name, code, description }, at) =>
          aProduct({ sku: `${code.join("")}-${at}`, name, description }),
        );
        const { search } = await searchOver(products);
        for (const { sku, name } of products) {
          const found = skus(search.search({ q: sku }));
          const plain = (text: string) => foldText(text).replace(/[^\p{L}\p{N}]/gu, "");
          expect(plain(found[0] ?? "")).toBe(plain(sku));
          const named = search.search({ q: name }).items[0]?.name ?? "";
          expect(foldText(named)).toBe(foldText(name));
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe("a piece of a SKU", () => {
  it("is found at its beginning, in its middle and at its end, with separators or without", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "24-UG06-XL", name: "Bottle" }),
      aProduct({ sku: "99-ZZ11", name: "Ball" }),
      aProduct({ sku: "OTHER", name: "Cup" }),
    ]);
    expect(skus(search.search({ q: "24-zz06" }))).toEqual([]);
    for (const q of ["24-ug", "24ug", "4-UG0", "ug06", "g06x", "06-XL", "UG06-XL"])
      expect(skus(search.search({ q }))).toEqual(["24-UG06-XL"]);
  });
});
