import { describe, expect, it } from "vitest";
import { anAttribute } from "../search/search-fixture.ts";
import { aProduct } from "../testing/a-product.ts";
import { createMerchandisingShop } from "../testing/merchandising-shop.ts";

const gear = { path: "gear", name: "Gear", urlKey: "gear", parentPath: null, position: 0, inMenu: true };
const shop = () =>
  createMerchandisingShop([aProduct("A", { attributes: { weight: 3, note: "x" } })], {
    categories: [gear],
    attributes: [
      anAttribute({ code: "color", filterable: true }),
      anAttribute({ code: "hidden", filterable: false, filterableInSearch: false, sortable: false }),
      anAttribute({ code: "power", input: "number", filterable: true }),
    ],
  });
const is = (value: string) => ({ match: "any", conditions: [{ operator: "is", value }] });

describe("Saving a rule", () => {
  it("tells every fault of its conditions, events and ranking with the place", async () => {
    const faults = await shop().faults("search-rule", {
      query: {
        match: "all",
        conditions: [
          { operator: "is", value: "a" },
          { operator: "is", value: "b" },
          { operator: "contains", value: "!?" },
        ],
      },
      lists: "all",
      rule: { attribute: { path: "product.sku", op: "eq", value: "A" } },
      ranking: { by: "attribute", attribute: "note", windowDays: 3 },
      events: [
        { action: "boost", sku: "A", factor: 0.5 },
        { action: "bury", sku: "A" },
        { action: "pin", sku: "B" },
        { action: "hide", sku: "C", position: 2 },
        { action: "boost" },
        { action: "hide", where: { attribute: { path: "profile.gender", op: "eq", value: "male" } } },
        { action: "pin", position: 1, where: { everyone: true } },
      ],
    });
    expect(faults).toEqual([
      "/rule/attribute/path rules.subjectNotAllowed",
      "/ranking/attribute unknownAttribute",
      "/ranking/windowDays notAllowed",
      "/events/0/factor range",
      "/events/1/sku repeated",
      "/events/2/position missing",
      "/events/3/position notAllowed",
      "/events/4 oneOf",
      "/events/5/where/attribute/path rules.subjectNotAllowed",
      "/events/6/where notAllowed",
      "/query/conditions/2/value empty",
      "/query/conditions contradiction",
      "/lists contradiction",
    ]);
  });

  it("takes what Adobe's service takes: 10 conditions, 25 events, each ranking", async () => {
    const conditions = Array.from({ length: 10 }, (_, at) => ({ operator: "contains", value: `word ${at}` }));
    const events = Array.from({ length: 25 }, (_, at) => ({ action: "pin", sku: `S${at}`, position: at + 1 }));
    const rankings = ["none", "most-viewed", "most-purchased", "most-added-to-cart", "recommended-for-you"];
    for (const ranking of [...rankings.map((by) => ({ by })), { by: "trending", windowDays: 30, boost: 100 }])
      expect(await shop().faults("search-rule", { query: { match: "any", conditions }, events, ranking })).toEqual([]);
  });

  it("names the audiences of its list and of its rule, so that they cannot go", () => {
    const kind = shop().merchandising.kinds.find(({ kind: name }) => name === "search-rule");
    const body = { audiences: ["vip"], rule: { not: { audience: { id: "staff" } } } };
    expect(kind?.references?.(body)).toEqual([
      { kind: "audience", key: "vip", path: "/audiences/0" },
      { kind: "audience", key: "staff", path: "/rule/not/audience/id" },
    ]);
  });

  it("of a category needs the category, of the catalog or of a rule", async () => {
    const made = shop();
    expect(await made.faults("category-rule", { category: "nowhere" })).toEqual(["/category unknownCategory"]);
    expect(await made.faults("category-rule", { category: "gear" })).toEqual([]);
    const body = { category: "nowhere", name: "New", where: { everyone: true } };
    expect(await made.faults("dynamic-category", body)).toEqual([]);
    made.publish("dynamic-category", body);
    expect(await made.faults("category-rule", { category: "nowhere" })).toEqual([]);
    expect(await made.faults("dynamic-category", { ...body, category: "gear" })).toEqual(["/category taken"]);
    expect(await made.faults("dynamic-category", body)).toEqual(["/category taken"]);
  });
});

describe("Saving a facet or an order", () => {
  it("needs an attribute that can be filtered or sorted by, and numbers for ranges", async () => {
    const made = shop();
    const ranges = { kind: "fixed", width: 5 };
    expect(await made.faults("facet", { attribute: "color" })).toEqual([]);
    expect(await made.faults("facet", { attribute: "price", ranges, maxValues: 50 })).toEqual([]);
    expect(await made.faults("facet", { attribute: "price", ranges, maxValues: 51 })).toEqual(["/maxValues range"]);
    expect(await made.faults("facet", { attribute: "power", ranges })).toEqual([]);
    expect(await made.faults("facet", { attribute: "color", ranges })).toEqual(["/ranges notAllowed"]);
    expect(await made.faults("facet", { attribute: "hidden" })).toEqual(["/attribute notFilterable"]);
    expect(await made.faults("facet", { attribute: "nothing" })).toEqual(["/attribute unknownAttribute"]);
    const by = (...attributes: string[]) => ({
      code: "x",
      label: "X",
      keys: attributes.map((attribute) => ({ attribute, direction: "asc" })),
    });
    expect(await made.faults("sort-option", by("price", "name"))).toEqual([]);
    expect(await made.faults("sort-option", by("hidden"))).toEqual(["/keys/0/attribute unknownAttribute"]);
    expect(await made.faults("sort-option", by("name", "name"))).toEqual(["/keys/1/attribute repeated"]);
  });

  it("gives pinned facets in their order, then the others, each once, by the narrower scope", () => {
    const made = shop();
    made.publish("facet", { attribute: "power", ranges: { kind: "auto" }, maxValues: 4 });
    made.publish("facet", { attribute: "color", pinned: true, position: 2 });
    made.publish("facet", { attribute: "color", pinned: true, position: 2, label: "Farbe" }, { storeViews: ["de"] });
    made.publish("facet", { attribute: "price", pinned: true, position: 1, ranges: { kind: "fixed", width: 10 } });
    const of = (storeView: string) => made.forList("x", {}, { storeView }).facetSettings;
    expect(of("default")).toEqual([
      { attribute: "price", isPinned: true, sort: "count", maxValues: 8, ranges: { kind: "fixed", width: 10 } },
      { attribute: "color", isPinned: true, sort: "count", maxValues: 8 },
      { attribute: "power", isPinned: false, sort: "count", maxValues: 4, ranges: { kind: "auto", count: 4 } },
    ]);
    expect(of("de")[1]).toMatchObject({ attribute: "color", label: "Farbe" });
  });

  it("offers the orders of a store view in the order of the menu", () => {
    const made = shop();
    const keys = [
      { attribute: "price", direction: "asc" },
      { attribute: "name", direction: "desc" },
    ];
    made.publish("sort-option", { code: "cheap", label: "Cheapest", keys, position: 2 });
    made.publish("sort-option", { code: "best", label: "Best", keys: [{ attribute: "relevance", direction: "desc" }] });
    expect(made.merchandising.sortOptions("default")).toEqual([
      { code: "best", label: "Best", sort: "relevance:desc" },
      { code: "cheap", label: "Cheapest", sort: "price:asc,name:desc" },
    ]);
  });
});

describe("A redirect", () => {
  it("sends an exact query before a partial one, to the shoppers it is for", () => {
    const made = shop();
    made.publish("redirect", {
      query: { match: "any", conditions: [{ operator: "contains", value: "sale" }] },
      url: "/sale",
    });
    made.publish("redirect", { query: is("Summer Sale"), url: "/summer", priority: 9 });
    made.publish("redirect", { query: is("outlet"), url: "/staff", audiences: ["staff"] });
    expect(made.forList("summer-SALE").redirect).toEqual({ url: "/summer" });
    expect(made.forList("shoe sale").redirect).toEqual({ url: "/sale" });
    expect(made.forList("outlet").redirect).toBeNull();
    expect(made.forList("outlet", { audiences: ["staff"] }).redirect).toEqual({ url: "/staff" });
    expect(made.forList("").redirect).toBeNull();
    expect(made.forList("category:sale").redirect).toBeNull();
  });

  it("leads to a page of the shop or a web address, never round in a circle", async () => {
    const made = shop();
    const unsafe = [
      "javascript:alert(1)",
      "//evil.example",
      "/\\evil.example",
      "data:text/html,x",
      "sale",
      "/a b",
      "https://u:p@x.example",
    ];
    for (const url of unsafe) expect(await made.faults("redirect", { query: is("a"), url })).toEqual(["/url url"]);
    expect(await made.faults("redirect", { query: is("a"), url: "https://shop.example/a?b=c" })).toEqual([]);
    expect(await made.faults("redirect", { query: is("a"), url: "/search?q=A" })).toEqual(["/url loop"]);
    made.publish("redirect", { query: is("b"), url: "/search?q=c" });
    made.publish("redirect", { query: is("c"), url: "https://shop.example/s?query=a" });
    expect(await made.faults("redirect", { query: is("a"), url: "/search?q=b" })).toEqual(["/url loop"]);
    expect(await made.faults("redirect", { query: is("a"), url: "/search?q=d" })).toEqual([]);
  });
});

describe("Synonyms", () => {
  it("stand beside what was typed: both ways or one, single words or phrases", () => {
    const made = shop();
    made.publish("synonym", { type: "two-way", keyword: "Sofa", expansions: ["couch", "settee bed"] });
    made.publish("synonym", { type: "one-way", keyword: "pants", expansions: ["capris"] });
    const { vocabulary } = made.forList("x");
    expect(vocabulary?.alternativesOf(["red", "sofa"], 1)).toEqual([
      { length: 1, words: ["couch"] },
      { length: 1, words: ["settee", "bed"] },
    ]);
    expect(vocabulary?.alternativesOf(["settee", "bed", "red"], 0)).toEqual([
      { length: 2, words: ["sofa"] },
      { length: 2, words: ["couch"] },
    ]);
    expect(vocabulary?.alternativesOf(["settee", "red"], 0)).toEqual([]);
    expect(vocabulary?.alternativesOf(["pants"], 0)).toEqual([{ length: 1, words: ["capris"] }]);
    expect(vocabulary?.alternativesOf(["capris"], 0)).toEqual([]);
  });

  it("are refused when they say nothing or the same twice", async () => {
    const faults = (keyword: string, ...expansions: string[]) =>
      shop().faults("synonym", { type: "two-way", keyword, expansions });
    expect(await faults("sofa", "couch")).toEqual([]);
    expect(await faults("sofa", "SOFA!", "--")).toEqual(["/expansions/0 repeated", "/expansions/1 empty"]);
    expect(await faults("a b c d e f g h i", "x")).toEqual(["/keyword tooLong"]);
  });

  it("and stop words of all settings in scope count; without any, a search need not ask", async () => {
    const made = shop();
    expect(made.forList("x").vocabulary).toBeUndefined();
    made.publish("search-settings", { stopWords: ["Für"] });
    made.publish("search-settings", { stopWords: ["und"] }, { storeViews: ["de"] });
    const isStop = (word: string, storeView: string) =>
      made.forList("x", {}, { storeView }).vocabulary?.isStopWord(word);
    expect(["fur", "und"].map((word) => isStop(word, "de"))).toEqual([true, true]);
    expect(["fur", "und"].map((word) => isStop(word, "default"))).toEqual([true, false]);
    expect(await made.faults("search-settings", { stopWords: ["ok", "two words"] })).toEqual(["/stopWords/1 oneWord"]);
  });
});

describe("Conditions on the query", () => {
  it("ignore case, accents and punctuation; words are whole only where asked for", () => {
    const made = shop();
    const matches = (operator: string, value: string, query: string) => {
      const id = made.publish("redirect", { query: { match: "any", conditions: [{ operator, value }] }, url: "/x" });
      const isMatch = made.forList(query).redirect !== null;
      made.remove("redirect", id);
      return isMatch;
    };
    expect(matches("is", "Crème brûlée", "creme-BRULEE!")).toBe(true);
    expect(matches("is", "creme", "creme brulee")).toBe(false);
    expect(matches("contains", "pant", "red pants")).toBe(true);
    expect(matches("has_word", "pant", "red pants")).toBe(false);
    expect(matches("has_word", "red pants", "big red pants xl")).toBe(true);
    expect(matches("starts_with", "yog", "yoga mat")).toBe(true);
    expect(matches("starts_with", "mat", "yoga mat")).toBe(false);
    expect(matches("ends_with", "mat", "yoga mat")).toBe(true);
    expect(matches("is", "men's tee", "mens tee")).toBe(true);
  });

  it("hold all together where the rule says so", () => {
    const made = shop();
    const conditions = [
      { operator: "contains", value: "red" },
      { operator: "ends_with", value: "shoe" },
    ];
    made.publish("redirect", { query: { match: "all", conditions }, url: "/x" });
    expect(made.forList("red shoe").redirect).not.toBeNull();
    expect(made.forList("red hat").redirect).toBeNull();
    expect(made.forList("blue shoe").redirect).toBeNull();
  });
});
