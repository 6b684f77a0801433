import { describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import { createSearch } from "../create-search.ts";
import { anAttribute, aProduct, createTestCatalog, searchOver } from "../search-fixture.ts";

const found = (
  search: { search: (request: { q: string; limit: number }) => { items: readonly { sku: string }[] } },
  q: string,
) =>
  search
    .search({ q, limit: 200 })
    .items.map(({ sku }) => sku)
    .sort();

describe("the index behind a catalog", () => {
  it("shows an edit on the next request", async () => {
    const { catalog, search } = await searchOver([aProduct({ sku: "1", name: "Red bag" })]);
    catalog.apply({ upserted: [aProduct({ sku: "1", name: "Blue bag" }), aProduct({ sku: "2", name: "Blue hat" })] });
    expect(found(search, "blue")).toEqual(["1", "2"]);
    expect(found(search, "red")).toEqual([]);
    catalog.apply({ deleted: ["1"] });
    expect(found(search, "blue")).toEqual(["2"]);
    catalog.apply({ upserted: [aProduct({ sku: "2", name: "Blue hat", visibility: "none" })] });
    expect(found(search, "blue")).toEqual([]);
  });

  it("follows a variant that comes, changes, moves to another parent and goes", async () => {
    const parent = (sku: string) => aProduct({ sku, type: "configurable", name: `Parent ${sku}` });
    const variant = (color: string, parentSku: string) =>
      aProduct({ sku: "V", type: "variant", parentSku, visibility: "none", options: { color } });
    const { catalog, search } = await searchOver([parent("A"), parent("B")]);
    catalog.apply({ upserted: [variant("Teal", "A")] });
    expect(found(search, "teal")).toEqual(["A"]);
    catalog.apply({ upserted: [variant("Pink", "A")] });
    expect(found(search, "teal")).toEqual([]);
    expect(found(search, "pink")).toEqual(["A"]);
    catalog.apply({ upserted: [variant("Pink", "B")] });
    expect(found(search, "pink")).toEqual(["B"]);
    catalog.apply({ deleted: ["V"] });
    expect(found(search, "pink")).toEqual([]);
  });

  it("finds products by the new name of their category", async () => {
    const women = { path: "women", urlKey: "women", parentPath: null, position: 1, inMenu: true };
    const { catalog, search } = await searchOver([aProduct({ sku: "1", name: "Tee", categories: ["women"] })], {
      categories: [{ ...women, name: "Women" }],
    });
    expect(found(search, "ladies")).toEqual([]);
    catalog.apply({ categories: [{ ...women, name: "Ladies" }] });
    await search.settled();
    expect(found(search, "ladies")).toEqual(["1"]);
  });

  it("is built anew when attributes become searchable, and answers meanwhile", async () => {
    const { catalog, search } = await searchOver(
      [aProduct({ sku: "1", name: "Tee", attributes: { fabric: "Wool" } })],
      { attributes: [anAttribute({ code: "fabric", searchable: false })] },
    );
    expect(found(search, "wool")).toEqual([]);
    catalog.apply({ attributes: [anAttribute({ code: "fabric" })] });
    expect(found(search, "tee")).toEqual(["1"]);
    await search.settled();
    expect(found(search, "wool")).toEqual(["1"]);
  });

  it("takes large changes in slices, loses none that come meanwhile, and lets others run in between", async () => {
    const { catalog, search } = await searchOver([]);
    const products = Array.from({ length: 5_000 }, (_, at) => aProduct({ sku: `p${at}`, name: `bag number${at}` }));
    catalog.apply({ upserted: products });
    let turns = 0;
    let done = false;
    const count = () => {
      turns += 1;
      if (turns === 3) catalog.apply({ upserted: [aProduct({ sku: "p4999", name: "late change" })], deleted: ["p0"] });
      if (!done) setImmediate(count);
    };
    count();
    await search.settled();
    done = true;
    expect(turns).toBeGreaterThan(10);
    expect(search.size()).toBe(4_999);
    expect(found(search, "late")).toEqual(["p4999"]);
    expect(search.search({ q: "bag" }).total).toBe(4_998);
  });

  it("hides products of a large change at once", async () => {
    const products = Array.from({ length: 300 }, (_, at) => aProduct({ sku: `p${at}`, name: "bag" }));
    const { catalog, search } = await searchOver(products);
    catalog.apply({
      upserted: products.slice(0, 200).map((product) => ({ ...product, visibility: "none" })),
      deleted: ["p200"],
    });
    expect(found(search, "bag")).toHaveLength(99);
    await search.settled();
    expect(found(search, "bag")).toHaveLength(99);
  });

  it("builds a catalog that is there before it, in slices", async () => {
    const catalog = createTestCatalog();
    catalog.apply({
      upserted: Array.from({ length: 9_000 }, (_, at) => aProduct({ sku: `p${at}`, name: `bag ${at}` })),
    });
    const search = createSearch({ catalog, clock: createFixedClock(0), logger: createLogger("silent") });
    catalog.apply({ deleted: ["p8999"] });
    await search.settled();
    expect(search.size()).toBe(8_999);
    expect(search.search({ q: "bag" }).total).toBe(8_999);
    search.close();
    catalog.apply({ deleted: ["p1"] });
    expect(search.size()).toBe(8_999);
  });
});
