import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct } from "../catalog/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import { parseFilters } from "./facets/filter.ts";
import { anAttribute, aProduct, dollars, searchOver } from "./search-fixture.ts";

const skus = (result: { readonly items: readonly { readonly sku: string }[] }) => result.items.map(({ sku }) => sku);

const hoodie = aProduct({
  sku: "MH01",
  type: "configurable",
  name: "Chaz Kangeroo Hoodie",
  categories: ["men/tops"],
  variants: ["MH01-XS-Black", "MH01-M-Orange"],
});
const variants = [
  aProduct({
    sku: "MH01-XS-Black",
    type: "variant",
    parentSku: "MH01",
    visibility: "none",
    options: { size: "XS", color: "Black" },
    finalPrice: dollars(52),
  }),
  aProduct({
    sku: "MH01-M-Orange",
    type: "variant",
    parentSku: "MH01",
    visibility: "none",
    options: { size: "M", color: "Orange" },
    finalPrice: dollars(49),
  }),
];
const shop = [
  hoodie,
  ...variants,
  aProduct({
    sku: "24-MB01",
    name: "Joust Duffle Bag",
    description: "A bag for the <b>gym</b> & travel",
    categories: ["gear/bags"],
    finalPrice: dollars(34),
    attributes: { material: "Nylon" },
    createdAt: 3,
  }),
  aProduct({
    sku: "24-MB04",
    name: "Strive Shoulder Pack",
    description: "Carry it like a bag",
    categories: ["gear/bags"],
    finalPrice: dollars(32),
    attributes: { material: ["Canvas", "Nylon"] },
    createdAt: 2,
  }),
  aProduct({
    sku: "24-UG06",
    name: "Affirm Water Bottle",
    categories: ["gear"],
    finalPrice: dollars(7),
    inStock: false,
    createdAt: 9,
  }),
  aProduct({ sku: "HIDDEN", name: "Hidden Bag", visibility: "none", categories: ["gear/bags"] }),
  aProduct({ sku: "ONLYSEARCH", name: "Search Only Belt", visibility: "search", categories: ["gear"] }),
  aProduct({ sku: "ONLYCATALOG", name: "Catalog Only Belt", visibility: "catalog", categories: ["gear"] }),
];

describe("search", () => {
  it("finds a product by name, SKU, SKU without separators, description, category and attribute", async () => {
    const { search } = await searchOver(shop);
    expect(skus(search.search({ q: "duffle" }))).toEqual(["24-MB01"]);
    for (const q of ["24-MB01", "24mb01", "24 mb01", "MB01"]) expect(skus(search.search({ q }))[0]).toBe("24-MB01");
    expect(skus(search.search({ q: "gym" }))).toEqual(["24-MB01"]);
    expect(skus(search.search({ q: "bags" })).sort()).toEqual(["24-MB01", "24-MB04"]);
    expect(skus(search.search({ q: "canvas" }))).toEqual(["24-MB04"]);
  });

  it("ranks a name above a description and full matches above partial ones", async () => {
    const { search } = await searchOver(shop);
    expect(skus(search.search({ q: "bag" }))).toEqual(["24-MB01", "24-MB04"]);
    expect(skus(search.search({ q: "shoulder bag" }))[0]).toBe("24-MB04");
  });

  it("finds the parent by a variant's SKU, color or size, and names the variant", async () => {
    const { search } = await searchOver(shop);
    expect(search.search({ q: "mh01-m-orange" }).items[0]).toMatchObject({
      sku: "MH01",
      matchedVariant: "MH01-M-Orange",
      reasons: [{ code: "exactSku" }],
    });
    expect(skus(search.search({ q: "orange hoodie" }))).toEqual(["MH01"]);
    expect(skus(search.search({ q: "orange" }))).toEqual(["MH01"]);
    expect(search.size()).toBe(6);
  });

  it("shows products only where their visibility allows, and never hidden ones", async () => {
    const { search } = await searchOver(shop);
    expect(skus(search.search({ q: "belt" }))).toEqual(["ONLYSEARCH"]);
    expect(skus(search.search({ categoryPath: "gear" }))).not.toContain("ONLYSEARCH");
    expect(skus(search.search({ categoryPath: "gear" }))).toContain("ONLYCATALOG");
    expect(skus(search.search({}))).not.toContain("HIDDEN");
    expect(skus(search.search({ q: "HIDDEN" }))).toEqual([]);
  });

  it("lists a category with its descendants, buyable and new products first", async () => {
    const { search } = await searchOver(shop);
    expect(skus(search.search({ categoryPath: "gear" }))).toEqual(["24-MB01", "24-MB04", "ONLYCATALOG", "24-UG06"]);
    expect(search.search({ categoryPath: "no/such" }).total).toBe(0);
  });

  it.each([
    ["dufle bag", "duffle bag"],
    ["duffel", "duffle"],
    ["waterbottle", "water bottle"],
    ["water bot tle", "water bottle"],
    ["afirm", "affirm"],
  ])("corrects %s to %s", async (q, corrected) => {
    const { search } = await searchOver(shop);
    const result = search.search({ q });
    expect(result.correctedQuery).toBe(corrected);
    expect(result.total).toBeGreaterThan(0);
  });

  it("never corrects codes and short words", async () => {
    const { search } = await searchOver(shop);
    expect(search.search({ q: "mb02x" }).total).toBe(0);
    expect(search.search({ q: "bax" }).total).toBe(0);
  });

  it("offers a far more frequent spelling beside what was typed", async () => {
    const many = Array.from({ length: 150 }, (_, at) => aProduct({ sku: `J${at}`, name: `Jacket ${at}` }));
    const { search } = await searchOver([...many, aProduct({ sku: "BRAND", name: "Jackett radio" })]);
    const result = search.search({ q: "jackett", limit: 200 });
    expect(result).toMatchObject({ didYouMean: "jacket", total: 151 });
    expect(skus(result)[0]).toBe("BRAND");
    expect(result.correctedQuery).toBeUndefined();
  });

  it("takes an unknown last word for the beginning of one, and any last word when asked to", async () => {
    const { search } = await searchOver([...shop, aProduct({ sku: "S", name: "Bagel slicer" })]);
    expect(skus(search.search({ q: "duf" }))).toEqual(["24-MB01"]);
    expect(skus(search.search({ q: "bag" }))).not.toContain("S");
    expect(skus(search.search({ q: "bag", asYouType: true })).at(-1)).toBe("S");
  });

  it("drops stop words unless nothing else is left", async () => {
    const { search } = await searchOver([...shop, aProduct({ sku: "THE", name: "The The record" })]);
    expect(skus(search.search({ q: "the duffle" }))).toEqual(["24-MB01"]);
    expect(skus(search.search({ q: "the the" }))[0]).toBe("THE");
  });

  it("matches measures however they are written", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "TV", name: 'Screen 15.6"' }),
      aProduct({ sku: "TV2", name: "Screen 17 inch" }),
    ]);
    for (const q of ["15.6 inch", '15.6"', "15.6in"]) expect(skus(search.search({ q }))).toEqual(["TV"]);
    expect(skus(search.search({ q: '17"' }))).toEqual(["TV2"]);
  });

  it("sorts by price, name, newest and attributes, missing values last, SKU as the last word", async () => {
    const { search } = await searchOver(
      [
        aProduct({
          sku: "b",
          name: "Éclair",
          finalPrice: dollars(5),
          attributes: { weight: 10 },
          rating: { average: 4, count: 2 },
        }),
        aProduct({ sku: "a", name: "apple tart", finalPrice: dollars(5), attributes: { weight: 9 }, createdAt: 5 }),
        aProduct({ sku: "c", name: "Zebra cake", attributes: { weight: 100 } }),
      ],
      { attributes: [anAttribute({ code: "weight", input: "number" })] },
    );
    const order = (sort: string) => skus(search.search({ sort })).join("");
    expect(order("price:asc")).toBe("abc");
    expect(order("price:desc,name:desc")).toBe("bac");
    expect(order("name")).toBe("abc");
    expect(order("name:desc")).toBe("cba");
    expect(order("newest")).toBe("abc");
    expect(order("rating")).toBe("bac");
    expect(order("weight")).toBe("abc");
    expect(order("weight:desc")).toBe("cba");
  });

  it("keeps the order that was asked for when there is a query", async () => {
    const { search } = await searchOver(shop);
    expect(skus(search.search({ q: "bag", sort: "price:asc" }))).toEqual(["24-MB04", "24-MB01"]);
    expect(skus(search.search({ q: "bag", sort: "price:desc" }))).toEqual(["24-MB01", "24-MB04"]);
  });

  it("lists only the fullest matches when the order is not by relevance", async () => {
    const { search } = await searchOver(shop);
    const byPrice = search.search({ q: "strive pack", sort: "price" });
    expect(skus(byPrice)).toEqual(["24-MB04"]);
    expect(byPrice.warnings).toMatchObject([{ code: "narrowed" }]);
    expect(skus(search.search({ q: "strive nonsenseword", sort: "price" }))).toEqual(["24-MB04"]);
  });

  it("escapes highlights and marks what matched", async () => {
    const { search } = await searchOver(shop);
    expect(search.search({ q: "bag travel" }).items[0]?.highlights).toEqual([
      { attribute: "name", value: "Joust Duffle <em>Bag</em>", matchedWords: ["Bag"] },
      {
        attribute: "description",
        value: "A <em>bag</em> for the  gym  &amp; <em>travel</em>",
        matchedWords: ["bag", "travel"],
      },
    ]);
  });

  it("suggests ends of product names", async () => {
    const { search } = await searchOver(shop);
    expect(search.search({ q: "shoulder" }).suggestions).toEqual(["shoulder pack"]);
  });

  it("refuses pages and orders it cannot give", async () => {
    const { search } = await searchOver(shop);
    const codeOf = (run: () => unknown) => {
      try {
        run();
        return "none";
      } catch (error) {
        return error instanceof ClienteleError ? `${error.code} ${error.details[0]?.path ?? ""}` : "other";
      }
    };
    expect(codeOf(() => search.search({ offset: 10_001 }))).toBe("search.badFilter /offset");
    expect(codeOf(() => search.search({ offset: -1 }))).toBe("search.badFilter /offset");
    expect(codeOf(() => search.search({ limit: 201 }))).toBe("search.badFilter /limit");
    expect(codeOf(() => search.search({ limit: 1.5 }))).toBe("search.badFilter /limit");
    expect(codeOf(() => search.search({ sort: "nothing" }))).toBe("search.badSort /sort");
    expect(search.search({ offset: 10_000 })).toMatchObject({ items: [], total: 5 });
  });

  it("takes any text for a query", async () => {
    const { search } = await searchOver(shop);
    for (const q of [
      "",
      "   ",
      "!!!",
      "\u0000\u0007",
      ".*(+",
      "<script>alert(1)</script>",
      "__proto__",
      "constructor toString",
      "\ud800",
      "a".repeat(5_000),
      "x ".repeat(2_000),
      "日本",
      "%",
      "'; drop table",
    ]) {
      const result = search.search({ q, facets: ["*", "__proto__", "constructor"] });
      expect(result.items.every(({ sku }) => sku !== "HIDDEN")).toBe(true);
    }
    expect(search.search({ q: "!!!" }).total).toBe(0);
    expect(search.search({ q: "bag".padEnd(300, " x") }).warnings).toMatchObject([{ code: "queryCut" }]);
  });

  it("answers a filter on an unknown attribute with nothing and a warning", async () => {
    const { search } = await searchOver(shop);
    for (const attribute of ["colour", "__proto__", "constructor"]) {
      const result = search.search({ filters: parseFilters([`${attribute}:x`]) });
      expect(result).toMatchObject({ total: 0, warnings: [{ code: "unknownFilter" }] });
    }
  });

  it("says how many products each filter alone keeps away when nothing is left", async () => {
    const { search } = await searchOver(shop);
    const result = search.search({ q: "bag", filters: parseFilters(["price:..10"]) });
    expect(result).toMatchObject({ total: 0, relaxations: [{ attribute: "price", total: 2 }] });
  });

  it("moves products within the bounds of the signals and explains each factor", async () => {
    const { search } = await searchOver(shop);
    const likes = {
      name: "affinity.brand",
      beta: 0.3,
      valueOf: (sku: string) => (sku === "24-MB04" ? 9 : undefined),
      text: "You like this brand",
    };
    const browse = search.search({ categoryPath: "gear", signals: [likes], explain: true });
    expect(skus(browse)).toEqual(["24-MB04", "24-MB01", "ONLYCATALOG", "24-UG06"]);
    expect(browse.items[0]).toMatchObject({
      reasons: [{ code: "affinity.brand", text: "You like this brand" }],
      explain: { base: 1, score: 1.15, signals: [{ percentile: 1, factor: 1.15 }] },
    });
    expect(browse.items[1]?.reasons).toEqual([]);
    const text = search.search({ q: "bag", signals: [likes], explain: true });
    expect(text.items.find(({ sku }) => sku === "24-MB01")?.explain?.text).toMatchObject({
      matched: 1,
      words: 1,
      coverageFactor: 2,
      terms: [
        { query: "bag", term: "bag", fields: [{ field: "name" }, { field: "category" }, { field: "description" }] },
      ],
    });
    expect(skus(search.search({ categoryPath: "gear", signals: [likes], sort: "price" }))).toEqual(
      skus(search.search({ categoryPath: "gear", sort: "price" })),
    );
  });

  it("gives full pages without repeats, in one stable order, whatever is filtered and personal", async () => {
    const colors = ["red", "blue", "green"];
    const product = fc.record({
      name: fc.constantFrom("bag", "red bag", "old bag", "belt"),
      color: fc.constantFrom(...colors),
      price: fc.integer({ min: 0, max: 40 }),
      visibility: fc.constantFrom("both" as const, "none" as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(product, { maxLength: 60 }),
        fc.constantFrom("", "bag", "red bag"),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.constantFrom("", "price", "name:desc"),
        async (rows, q, limit, personal, sort) => {
          const products = rows.map(
            ({ name, color, price, visibility }, at): CatalogProduct =>
              aProduct({ sku: `p${at}`, name, visibility, finalPrice: dollars(price), attributes: { color } }),
          );
          const { search } = await searchOver(products);
          const signals = personal
            ? [{ name: "s", beta: 0.3, valueOf: (sku: string) => Number(sku.slice(1)) % 5 }]
            : [];
          const filters = parseFilters(["color:red|blue", "price:10..30"]);
          const request = { q, filters, signals, sort };
          const whole = skus(search.search({ ...request, limit: 200 }));
          const eligible = rows.flatMap(({ color, price, visibility }, at) =>
            visibility === "both" && color !== "green" && price >= 10 && price < 30 ? `p${at}` : [],
          );
          expect(whole.every((sku) => eligible.includes(sku))).toBe(true);
          if (q === "") expect(whole.length).toBe(eligible.length);
          expect(new Set(whole).size).toBe(whole.length);
          const paged: string[] = [];
          for (let offset = 0; offset < whole.length; offset += limit) {
            const page = search.search({ ...request, limit, offset });
            expect(page.items.length).toBe(Math.min(limit, whole.length - offset));
            expect(page.total).toBe(whole.length);
            paged.push(...skus(page));
          }
          expect(paged).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });
});
