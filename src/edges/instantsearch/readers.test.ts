import { describe, expect, it } from "vitest";
import { aProduct } from "../../testing/a-product.ts";
import { categoryNamesOf } from "./category-names.ts";
import { highlightRecord, highlightText, type Marking, snippetRecord } from "./highlight-record.ts";
import { readIndexName } from "./index-name.ts";
import { fromQueryId, toQueryId } from "./query-id.ts";
import { rawParams, readSearchParams } from "./search-params.ts";
import { pickFields, toRecord } from "./to-record.ts";

const isSortable = (code: string) => ["price", "name", "newest", "rating", "in_color"].includes(code);

describe("the name of an index", () => {
  it.each([
    ["products", undefined],
    ["instant_search", undefined],
    ["instant_search_price_asc", "price:asc"],
    ["prod-products-price-desc", "price:desc"],
    ["magento2_default_products_price_default_asc", "price:asc"],
    ["magento2_default_products_created_at_desc", "newest:desc"],
    ["shop_newest", "newest:desc"],
    ["shop_in_color_asc", "in_color:asc"],
    ["products/sort/price:asc,name", "price:asc,name"],
  ])("%s means the order %s", (name, sort) => {
    expect(readIndexName(name, isSortable)).toEqual({ name, sort });
  });

  it("is unknown when it ends in an order that does not exist", () => {
    expect(readIndexName("products_shoesize_asc", isSortable)).toBeUndefined();
  });

  it("is read fast however long it is", () => {
    const startedAt = performance.now();
    readIndexName(`${"a_".repeat(50_000)}asc`, isSortable);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe("the parameters of a query", () => {
  it("are the same as text, as object and beside", () => {
    const expected = {
      query: "warm hat",
      page: 2,
      hitsPerPage: 5,
      facets: ["brand", "color"],
      hasClickAnalytics: true,
    };
    for (const given of [
      { params: "query=warm%20hat&page=2&hitsPerPage=5&facets=%5B%22brand%22%2C%22color%22%5D&clickAnalytics=true" },
      { params: { query: "warm hat", page: 2, hitsPerPage: 5, facets: ["brand", "color"], clickAnalytics: true } },
      { query: "warm hat", page: "2", hitsPerPage: "5", facets: "brand,color", clickAnalytics: 1 },
    ])
      expect(readSearchParams(rawParams(given))).toMatchObject(expected);
  });

  it("fall back to their defaults for values that are none", () => {
    for (const given of [
      null,
      5,
      "x",
      [],
      { params: 7 },
      { query: {}, page: -3, hitsPerPage: "many", facets: [1, {}] },
    ])
      expect(readSearchParams(rawParams(given))).toMatchObject({ query: "", page: 0, hitsPerPage: 20, facets: [] });
    expect(readSearchParams(rawParams({ hitsPerPage: 5_000, maxValuesPerFacet: 1e9, page: 1e12 }))).toMatchObject({
      hitsPerPage: 200,
      maxValuesPerFacet: 1_000,
      page: 1_000_000,
    });
  });

  it("keep a key such as __proto__ plain data", () => {
    const params = rawParams({ params: "__proto__=1&query=a" });
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect(readSearchParams(params).query).toBe("a");
  });
});

const marking = (query: readonly string[], more: Partial<Marking> = {}): Marking => ({
  queryWords: query,
  matched: new Set(query),
  preTag: "[",
  postTag: "]",
  ...more,
});

describe("a highlighted text", () => {
  it("marks words, and of a word that was typed in part only that part", () => {
    expect(highlightText("Olivia Jacket", marking(["jac"], { matched: new Set(["jacket"]) }))).toEqual({
      value: "Olivia [Jac]ket",
      matchLevel: "full",
      fullyHighlighted: false,
      matchedWords: ["jac"],
    });
    expect(highlightText("Café", marking(["cafe"]))).toMatchObject({ value: "[Café]", fullyHighlighted: true });
    expect(highlightText("Hat", marking(["jac"]))).toEqual({ value: "Hat", matchLevel: "none", matchedWords: [] });
    expect(highlightText("red hat", marking(["red", "scarf"]))).toMatchObject({ matchLevel: "partial" });
  });

  it("is escaped for clients that insert it as HTML, and raw for those that escape it themselves", () => {
    const text = "<img src=x> hat";
    expect(highlightText(text, marking(["hat"], { preTag: "<em>", postTag: "</em>" })).value).toBe(
      "&lt;img src=x&gt; <em>hat</em>",
    );
    expect(highlightText(text, marking(["hat"])).value).toBe("<img src=x> [hat]");
  });

  it("covers lists and levels", () => {
    const record = {
      objectID: "1",
      colors: ["red", "blue"],
      tree: { lvl0: ["red things"] },
      n: 5,
      no: null,
      yes: true,
    };
    expect(highlightRecord(record, ["*"], marking(["red"]))).toMatchObject({
      colors: [{ value: "[red]" }, { value: "blue" }],
      tree: { lvl0: [{ value: "[red] things" }] },
      n: { value: "5" },
    });
    expect(Object.keys(highlightRecord(record, ["colors", "tree.lvl0"], marking(["red"])))).toEqual(["colors", "tree"]);
  });

  it("is cut around its first match", () => {
    const record = { objectID: "1", text: "one two three four five six seven" };
    const snippets = (words: string, at: string) =>
      snippetRecord(record, [`text:${words}`], marking([at]), "…")["text"]?.value;
    expect(snippets("3", "five")).toBe("…four [five] six…");
    expect(snippets("3", "one")).toBe("[one] two three…");
    expect(snippets("3", "seven")).toBe("…five six [seven]");
    expect(snippets("9", "two")).toBe("one [two] three four five six seven");
  });
});

describe("categories by name", () => {
  const category = (path: string, name: string) =>
    [path, { path, name, urlKey: "", parentPath: null, position: 0, inMenu: true }] as const;
  const names = categoryNamesOf({
    categories: new Map([category("women", "Women"), category("women/tops-w", "Tops"), category("men/tops-m", "Tops")]),
  });

  it("are found by their path of names, their name or their path of keys", () => {
    expect(names.pathsOf("women > TOPS")).toEqual(["women/tops-w"]);
    expect(names.pathsOf("Tops")).toEqual(["women/tops-w", "men/tops-m"]);
    expect(names.pathsOf("women/tops-w")).toEqual(["women/tops-w"]);
    expect(names.namePathOf("men/tops-m")).toBe("men > Tops");
    expect(names.pathsOf("gear > rain coats")).toEqual(["gear/rain-coats"]);
    expect(names.pathsOf(" ")).toEqual([]);
  });
});

describe("a record", () => {
  const product = aProduct("a", {
    name: "Hat",
    attributes: { objectID: "evil", color: "Red" },
    variants: ["a-s", "a-m"],
    description: "<b>Warm</b> &amp; dry",
    price: { minor: 3_000, currency: "JPY" },
    finalPrice: { minor: 2_000, currency: "JPY" },
    rating: { average: 4.5, count: 3 },
  });
  const variants = ["S", "M"].map((size) => aProduct(`a-${size.toLowerCase()}`, { options: { size } }));
  const snapshot = { get: (sku: string) => variants.find((each) => each.sku === sku) };
  const record = toRecord(product, snapshot, categoryNamesOf({ categories: new Map() }));

  it("has the values of its variants, its price in major units and its own id", () => {
    expect(record).toMatchObject({
      objectID: "a",
      size: ["S", "M"],
      price: 2_000,
      originalPrice: 3_000,
      currency: "JPY",
      rating: 4.5,
      ratingCount: 3,
    });
    expect(String(record["description"]).replace(/\s+/g, " ").trim()).toBe("Warm & dry");
  });

  it("keeps the fields that were asked for", () => {
    expect(pickFields(record, ["name", "price"])).toEqual({ objectID: "a", name: "Hat", price: 2_000 });
    expect(pickFields(record, ["*", "-description"])).not.toHaveProperty("description");
    expect(pickFields(record, ["-description"])).toHaveProperty("name");
  });
});

it("an id of a search leads back to its decision", () => {
  const id = "0196f0c2-7a1b-7c3d-8e4f-001122334455";
  expect(toQueryId(id)).toMatch(/^[0-9a-f]{32}$/);
  expect(fromQueryId(toQueryId(id))).toBe(id);
  expect(fromQueryId("something else")).toBe("something else");
});
