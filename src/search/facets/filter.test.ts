import { describe, expect, it } from "vitest";
import { ClienteleError } from "../../kernel/index.ts";
import { parseSort } from "../retrieval/sort.ts";
import { aProduct, dollars, searchOver } from "../search-fixture.ts";
import { parseFilters } from "./filter.ts";

function faultsOf(run: () => unknown): ClienteleError {
  try {
    run();
  } catch (error) {
    if (error instanceof ClienteleError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("filters in a URL", () => {
  it("reads values, alternatives and half-open ranges", () => {
    expect(parseFilters(["color:Blue|Red", "price:10..50", "size:M"])).toEqual([
      { attribute: "color", values: ["Blue", "Red"], ranges: [] },
      { attribute: "price", values: [], ranges: [{ from: 10, to: 50 }] },
      { attribute: "size", values: ["M"], ranges: [] },
    ]);
  });

  it("leaves a bound open", () => {
    expect(parseFilters(["price:..20|99.5.."])).toEqual([
      { attribute: "price", values: [], ranges: [{ to: 20 }, { from: 99.5 }] },
    ]);
  });

  it("joins filters on one attribute as alternatives", () => {
    expect(parseFilters(["color:Blue", "color:Red"])).toEqual([
      { attribute: "color", values: ["Blue", "Red"], ranges: [] },
    ]);
  });

  it("keeps colons and escaped bars inside values", () => {
    expect(parseFilters(["ratio:16:9", "name:a\\|b|c"])[0]).toMatchObject({ values: ["16:9"] });
    expect(parseFilters(["name:a\\|b|c"])[0]).toMatchObject({ values: ["a|b", "c"] });
  });

  it("knows the other names of categories", () => {
    expect(parseFilters(["category:women/tops"])[0]?.attribute).toBe("categories");
  });

  it("reports every faulty filter at once", () => {
    const error = faultsOf(() =>
      parseFilters(["color", ":x", "price:5..1", "price:..", "ok:1", "color:a||b", "<script>:1"]),
    );
    expect(error.code).toBe("search.badFilter");
    expect(error.status).toBe(400);
    expect(error.details.map(({ path, code }) => `${path} ${code}`)).toEqual([
      "/filter/0 syntax",
      "/filter/1 syntax",
      "/filter/2 range",
      "/filter/3 range",
      "/filter/5 empty",
      "/filter/6 syntax",
    ]);
  });

  it("refuses more filters than anybody means", () => {
    expect(faultsOf(() => parseFilters(Array.from({ length: 31 }, (_, at) => `a${at}:1`))).details[0]?.code).toBe(
      "tooMany",
    );
    expect(
      faultsOf(() => parseFilters([`a:${Array.from({ length: 201 }, (_, at) => at).join("|")}`])).details[0]?.code,
    ).toBe("tooMany");
  });
});

describe("orders in a URL", () => {
  const isSortable = (attribute: string) => attribute === "weight";

  it("reads several keys with their usual directions", () => {
    expect(parseSort("price:asc, name,newest,weight:DESC", isSortable)).toEqual([
      { attribute: "price", direction: "asc" },
      { attribute: "name", direction: "asc" },
      { attribute: "newest", direction: "desc" },
      { attribute: "weight", direction: "desc" },
    ]);
    expect(parseSort("", isSortable)).toEqual([]);
  });

  it.each(["colour", "price:up", "__proto__", "constructor:asc", "price:asc:desc", "name,name,name,name,name,name"])(
    "refuses %s",
    (text) => {
      expect(faultsOf(() => parseSort(text, isSortable)).code).toBe("search.badSort");
    },
  );
});

describe("pieces of texts", () => {
  const products = ["24-MB01-XL", "24-MB02-S", "99-ZZ01-XL"].map((sku, at) =>
    aProduct({
      sku,
      name: ["Crème Bag", "Bag of joy", "Joy"][at] ?? "",
      attributes: at === 2 ? {} : { color: ["Dark blue", "Blue sky"][at] ?? "" },
      finalPrice: at === 1 ? null : dollars(5),
    }),
  );
  it.each([
    ["sku:24-*", "24-MB01-XL 24-MB02-S"],
    ["sku:*-xl", "24-MB01-XL 99-ZZ01-XL"],
    ["sku:*mb02*", "24-MB02-S"],
    ["sku:24-mb01-xl|99-ZZ01-XL", "24-MB01-XL 99-ZZ01-XL"],
    ["name:*creme*", "24-MB01-XL"],
    ["name:*joy", "24-MB02-S 99-ZZ01-XL"],
    ["name:joy", "99-ZZ01-XL"],
    ["color:*blue", "24-MB01-XL"],
    ["color:BLUE*", "24-MB02-S"],
    ["color:*", "24-MB01-XL 24-MB02-S"],
    ["price:*", "24-MB01-XL 99-ZZ01-XL"],
    ["name:\\*", ""],
    ["visibility:Catalog, Search", "24-MB01-XL 24-MB02-S 99-ZZ01-XL"],
    ["visibility:Catalog", ""],
  ])("are filtered by %s", async (text, expected) => {
    const { search } = await searchOver(products);
    const { items } = search.search({ filters: parseFilters([text]), sort: "price,name" });
    expect(
      items
        .map(({ sku }) => sku)
        .sort()
        .join(" "),
    ).toBe(expected);
  });

  it("find a product by the SKU of a variant", async () => {
    const parent = aProduct({ sku: "P", type: "configurable", variants: ["P-RED"] });
    const { search } = await searchOver([parent, aProduct({ sku: "P-RED", type: "variant", parentSku: "P" })]);
    expect(search.search({ filters: parseFilters(["sku:p-red"]) }).items[0]?.sku).toBe("P");
  });
});
