import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFilterQuery } from "./filter-query.ts";

const read = (text: string) => readFilterQuery(text, "USD");

describe("a filter of the REST client", () => {
  it("reads categories, SKUs, types and prices, and what a minus excludes", () => {
    expect(read('product.default.categories: (gear OR "women bottoms") -sku: RIG-001 AND -type: (bundle)')).toEqual({
      inclusions: [{ by: "category", paths: ["gear", "women bottoms"] }],
      exclusions: [
        { by: "product", skus: ["RIG-001"] },
        { by: "type", types: ["bundle"] },
      ],
    });
    expect(read("product.en.prices.maximum.final: <50")?.inclusions).toEqual([{ by: "price", maxMinor: 4_999 }]);
    expect(read("prices.minimum.regular: >=12.5")?.inclusions).toEqual([{ by: "price", minMinor: 1_250 }]);
    expect(read("prices.minimum.final: [10 TO *]")?.inclusions).toEqual([{ by: "price", minMinor: 1_000 }]);
    expect(read("  ")).toEqual({});
  });

  it("is refused whole when a part of it cannot be read", () => {
    for (const text of [
      "color: Red",
      "sku: (A",
      "sku: A )",
      "prices.maximum.final: <x",
      "type: (moon)",
      "a b",
      `${"sku: A ".repeat(51)}`,
    ])
      expect([text, read(text)]).toEqual([text, undefined]);
  });

  it("reads back every list of words that has no signs of the syntax", () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9/_-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), fc.boolean(), (words, isExcluded) => {
        const filters = read(`${isExcluded ? "-" : ""}product.view.categories: (${words.join(" OR ")})`);
        const expected = [{ by: "category", paths: words }];
        expect(isExcluded ? filters?.exclusions : filters?.inclusions).toEqual(expected);
      }),
    );
  });

  it("never fails, whatever the text", () => {
    const signs = fc.constantFrom(
      "-",
      "+",
      "(",
      ")",
      "[",
      " TO ",
      "*",
      "]",
      ":",
      "<",
      ">=",
      '"',
      " OR ",
      " AND ",
      "sku",
      "categories",
      "prices.minimum.final",
      "1.5",
      "__proto__",
    );
    fc.assert(fc.property(fc.array(signs, { maxLength: 30 }), (parts) => void read(parts.join(""))));
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: "binary" }), (text) => void read(text)));
  });
});
