import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct } from "../../catalog/index.ts";
import { anAttribute, aProduct, dollars, searchOver } from "../search-fixture.ts";
import { type Filter, parseFilters } from "./filter.ts";
import { rangeBuckets } from "./range-steps.ts";

const category = (path: string, name: string, position: number) => ({
  path,
  name,
  position,
  urlKey: path.slice(path.lastIndexOf("/") + 1),
  parentPath: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : null,
  inMenu: true,
});
const categories = [
  category("women", "Women", 2),
  category("men", "Men", 1),
  category("women/tops", "Tops", 1),
  category("women/bottoms", "Bottoms", 2),
  category("women/tops/tees", "Tees", 1),
];
const shop = [
  aProduct({
    sku: "1",
    name: "Tee one",
    categories: ["women/tops/tees"],
    finalPrice: dollars(10),
    attributes: { color: "Red" },
  }),
  aProduct({
    sku: "2",
    name: "Tee two",
    categories: ["women/tops/tees"],
    finalPrice: dollars(20),
    attributes: { color: "Blue" },
  }),
  aProduct({
    sku: "3",
    name: "Pants",
    categories: ["women/bottoms"],
    finalPrice: dollars(30),
    attributes: { color: "Blue" },
    inStock: false,
  }),
  aProduct({ sku: "4", name: "Cap", categories: ["men"], finalPrice: dollars(19.99), attributes: { color: "red" } }),
];

async function facetsOf(request: {
  readonly filter?: readonly string[];
  readonly facets: readonly string[];
  readonly categoryPath?: string;
}) {
  const { search } = await searchOver(shop, { categories });
  const { filter, ...rest } = request;
  const { facets } = search.search({ ...rest, filters: parseFilters(filter ?? []) });
  return Object.fromEntries(
    facets.map(({ attribute, buckets }) => [
      attribute,
      buckets.map(({ label, count, selected }) => `${label} ${count}${selected ? "*" : ""}`),
    ]),
  );
}

describe("facets", () => {
  it("count each value once a product, whatever its case", async () => {
    expect(await facetsOf({ facets: ["color"] })).toEqual({ color: ["Blue 2", "Red 2"] });
  });

  it("leave their own filter out of their counts and obey the others", async () => {
    expect(await facetsOf({ filter: ["color:Blue"], facets: ["color", "inStock"] })).toEqual({
      color: ["Blue 2*", "Red 2"],
      inStock: ["false 1", "true 1"],
    });
    expect(await facetsOf({ filter: ["color:Blue", "inStock:true"], facets: ["color", "inStock"] })).toEqual({
      color: ["Red 2", "Blue 1*"],
      inStock: ["false 1", "true 1*"],
    });
  });

  it("show the children of the category in view in menu order", async () => {
    expect(await facetsOf({ facets: ["categories"] })).toEqual({ categories: ["Men 1", "Women 3"] });
    expect(await facetsOf({ facets: ["categories"], categoryPath: "women" })).toEqual({
      categories: ["Tops 2", "Bottoms 1"],
    });
  });

  it("open the way down to a chosen category", async () => {
    const { categories: buckets } = await facetsOf({ filter: ["categories:women/tops"], facets: ["categories"] });
    expect(buckets).toEqual(["Men 1", "Women 3", "Tops 2*", "Tees 2", "Bottoms 1"]);
  });

  it("cut prices into round ranges that work as filters", async () => {
    const { search } = await searchOver(shop);
    const [facet] = search.search({ facets: ["price"] }).facets;
    expect(facet).toMatchObject({ type: "ranges", attribute: "price" });
    expect(facet?.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    for (const { value, count } of facet?.buckets ?? [])
      expect(search.search({ filters: parseFilters([`price:${value}`]) }).total).toBe(count);
  });

  it("mark the chosen range and keep a range of the shopper's own", async () => {
    const { search } = await searchOver(shop);
    const buckets = (filter: string) =>
      search.search({ filters: parseFilters([filter]), facets: ["price"] }).facets[0]?.buckets ?? [];
    expect(buckets("price:10..20").find(({ selected }) => selected)).toMatchObject({ from: 10, to: 20, count: 2 });
  });

  it("cut a range at its end: from inclusive, to exclusive", async () => {
    const { search } = await searchOver(shop);
    const found = (filter: string) =>
      search.search({ filters: parseFilters([filter]), sort: "price" }).items.map(({ sku }) => sku);
    expect(found("price:10..20")).toEqual(["1", "4"]);
    expect(found("price:19.99..20.01")).toEqual(["4", "2"]);
    expect(found("price:19.99")).toEqual(["4"]);
    expect(found("price:30..")).toEqual(["3"]);
  });

  it("put many distinct numbers into ranges, few as values", async () => {
    const products = Array.from({ length: 40 }, (_, at) =>
      aProduct({ sku: `${at}`, attributes: { weight: at * 10, pockets: at % 3 } }),
    );
    const { search } = await searchOver(products);
    const [weight, pockets] = search.search({ facets: ["weight", "pockets"] }).facets;
    expect(weight?.type).toBe("ranges");
    for (const { value, count } of weight?.buckets ?? [])
      expect(search.search({ filters: parseFilters([`weight:${value}`]) }).total).toBe(count);
    expect(pockets).toMatchObject({
      type: "values",
      buckets: [
        { label: "0", count: 14 },
        { label: "1", count: 13 },
        { label: "2", count: 13 },
      ],
    });
  });

  it("map the colors and sizes of variants to their parent", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "P", type: "configurable", variants: ["P-S", "P-M"] }),
      aProduct({
        sku: "P-S",
        type: "variant",
        parentSku: "P",
        visibility: "none",
        options: { size: "S", color: "Red" },
      }),
      aProduct({
        sku: "P-M",
        type: "variant",
        parentSku: "P",
        visibility: "none",
        options: { size: "M", color: "Red" },
      }),
    ]);
    const result = search.search({ filters: parseFilters(["size:S"]), facets: ["size", "color"] });
    expect(result.items.map(({ sku }) => sku)).toEqual(["P"]);
    expect(
      result.facets.map(({ attribute, buckets }) => [
        attribute,
        buckets.map(({ label, count }) => `${label} ${count}`),
      ]),
    ).toEqual([
      ["size", ["S 1", "M 1"]],
      ["color", ["Red 1"]],
    ]);
  });

  it("leave out what the shop does not filter by, and follow a changed label at once", async () => {
    const { search, catalog } = await searchOver(shop, {
      attributes: [anAttribute({ code: "color", filterable: false, filterableInSearch: false })],
    });
    expect(search.search({ facets: ["color"] }).facets).toEqual([]);
    catalog.apply({ attributes: [anAttribute({ code: "color", label: "Farbe" })] });
    await search.settled();
    expect(search.search({ facets: ["color"] }).facets).toMatchObject([{ attribute: "color", label: "Farbe" }]);
  });

  it("choose by themselves what tells the results apart", async () => {
    const products = Array.from({ length: 12 }, (_, at) =>
      aProduct({
        sku: `${at}`,
        finalPrice: dollars(at + 1),
        categories: [`c${at % 2}`],
        attributes: { same: "x", color: `c${at % 4}`, rare: at === 0 ? "y" : "" },
      }),
    );
    const { search } = await searchOver(products);
    expect(search.search({ facets: ["*"] }).facets.map(({ attribute }) => attribute)).toEqual([
      "categories",
      "price",
      "color",
      "rare",
    ]);
  });

  it("agree with counting every product by hand", async () => {
    const value = fc.constantFrom("a", "b", "c");
    const product = fc.record({
      color: value,
      size: fc.uniqueArray(value, { maxLength: 2 }),
      price: fc.integer({ min: 1, max: 9 }),
    });
    const choice = fc.option(fc.uniqueArray(value, { minLength: 1, maxLength: 2 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.array(product, { maxLength: 40 }),
        choice,
        choice,
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        async (rows, color, size, maxPrice) => {
          const products = rows.map(
            (row, at): CatalogProduct =>
              aProduct({
                sku: `${at}`,
                finalPrice: dollars(row.price),
                attributes: { color: row.color, size: row.size },
              }),
          );
          const { search } = await searchOver(products);
          const filters: Filter[] = [
            ...(color ? [{ attribute: "color", values: color, ranges: [] }] : []),
            ...(size ? [{ attribute: "size", values: size, ranges: [] }] : []),
            ...(maxPrice === undefined ? [] : [{ attribute: "price", values: [], ranges: [{ to: maxPrice }] }]),
          ];
          // An attribute that no product has is an unknown one.
          fc.pre(rows.length > 0 && rows.some((row) => row.size.length > 0));
          const passes = (row: (typeof rows)[number], without: string) =>
            (without === "color" || !color || color.includes(row.color)) &&
            (without === "size" || !size || row.size.some((each) => size.includes(each))) &&
            (without === "price" || maxPrice === undefined || row.price < maxPrice);
          const { facets, total } = search.search({ filters, facets: ["color", "size", "price"] });
          expect(total).toBe(rows.filter((row) => passes(row, "")).length);
          for (const attribute of ["color", "size"] as const) {
            const counts = new Map<string, number>();
            for (const row of rows.filter((each) => passes(each, attribute)))
              for (const each of [row[attribute]].flat()) counts.set(each, (counts.get(each) ?? 0) + 1);
            const buckets = facets.find((facet) => facet.attribute === attribute)?.buckets ?? [];
            expect(
              new Map(buckets.filter(({ count }) => count > 0).map(({ value: label, count }) => [label, count])),
            ).toEqual(counts);
          }
          const prices =
            facets.find(({ attribute }) => attribute === "price")?.buckets.filter(({ selected }) => !selected) ?? [];
          const expected = rows.filter((row) => passes(row, "price"));
          if (!maxPrice) expect(prices.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
          for (const { from = 0, to = 1e9, count } of prices)
            expect(count).toBe(expected.filter(({ price }) => price >= from && price < to).length);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("range buckets", () => {
  it("lose no number and never overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 200 }), (numbers) => {
        const buckets = rangeBuckets(Float64Array.from(numbers), 8, 100);
        expect(buckets.length).toBeLessThanOrEqual(8);
        for (const { from, to = Number.POSITIVE_INFINITY, count } of buckets) {
          expect(count).toBe(numbers.filter((each) => each >= from && each < to).length);
        }
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
      }),
    );
  });
});
