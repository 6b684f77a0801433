import { describe, expect, it } from "vitest";
import { phrasesOf } from "./planning/phrases.ts";
import { aProduct, searchOver } from "./search-fixture.ts";

const shop = [
  aProduct({ sku: "1", name: "Supernova Sport Pant", categories: ["sport-gear"] }),
  aProduct({ sku: "2", name: "Sporty <b>Bag</b>" }),
  aProduct({ sku: "3", name: "Erika Running Short" }),
  aProduct({ sku: "4", name: "Sport Pant", visibility: "none" }),
];

describe("suggestions", () => {
  it("complete what is typed with popular queries, ends of names, categories and products", async () => {
    const { search } = await searchOver(shop, {
      popularQueries: (prefix) => [{ query: "sport shoes", weight: 5 }].filter(({ query }) => query.startsWith(prefix)),
    });
    expect(search.suggest("Sport", 10)).toEqual([
      { kind: "query", text: "sport shoes", html: "<em>sport</em> shoes" },
      { kind: "query", text: "sport pant", html: "<em>sport</em> pant" },
      { kind: "query", text: "sporty <b>bag</b>", html: "<em>sport</em>y &lt;b&gt;bag&lt;/b&gt;" },
      { kind: "category", text: "sport gear", html: "<em>sport</em> gear", categoryPath: "sport-gear", within: [] },
      { kind: "product", text: "Supernova Sport Pant", html: "Supernova <em>Sport</em> Pant", sku: "1", url: "/1" },
      {
        kind: "product",
        text: "Sporty <b>Bag</b>",
        html: "<em>Sport</em>y &lt;b&gt;Bag&lt;/b&gt;",
        sku: "2",
        url: "/2",
      },
    ]);
  });

  it("tell categories of one name apart", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "1", categories: ["women/tops/tees"] }),
      aProduct({ sku: "2", categories: ["men/tees"] }),
    ]);
    expect(search.suggest("tee", 5)).toMatchObject([
      { kind: "category", text: "tees", categoryPath: "men/tees", within: ["men"] },
      { kind: "category", text: "tees", categoryPath: "women/tops/tees", within: ["women", "tops"] },
      { kind: "product" },
      { kind: "product" },
    ]);
  });

  it("obey the limit and need two characters", async () => {
    const { search } = await searchOver(shop);
    expect(search.suggest("sport", 2)).toHaveLength(2);
    expect(search.suggest("s", 10)).toEqual([]);
    expect(search.suggest("zzzz", 10)).toEqual([]);
    expect(search.suggest("__proto__", 10)).toEqual([]);
  });

  it("count a phrase by the names that end with it", () => {
    expect(phrasesOf("run", ["Red Running Short", "Blue Running Short", "Runner"], 5)).toEqual([
      "running short",
      "runner",
    ]);
    expect(phrasesOf("tun", ["Fortune"], 5)).toEqual([]);
  });
});
