import { describe, expect, it } from "vitest";
import { createCategoryPaths } from "./category-paths.ts";
import { type ParseContext, parseProduct } from "./parse-product.ts";
import type { AttributeMeta, Category } from "./product.ts";

const category = (path: string, name: string): Category => ({
  path,
  name,
  urlKey: path.split("/").at(-1)!,
  parentPath: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : null,
  position: 0,
  inMenu: true,
});
const meta = (code: string, input: AttributeMeta["input"]): AttributeMeta => ({
  code,
  label: code,
  input,
  options: [],
  searchable: false,
  searchWeight: 1,
  filterable: true,
  filterableInSearch: false,
  sortable: false,
  usedForPromoRules: false,
});
const known = [
  category("men", "Men"),
  category("men/tops-men", "Tops"),
  category("gear", "Gear"),
  category("gear/bags", "Bags"),
  category("collections", "Collections"),
  category("collections/eco", "Eco Friendly"),
];
const context = (more: Partial<ParseContext> = {}): ParseContext => ({
  currency: "USD",
  categories: createCategoryPaths(known),
  attributes: new Map([
    ["sale", meta("sale", "boolean")],
    ["material", meta("material", "multiselect")],
  ]),
  nowMs: 1_000,
  ...more,
});
const parse = (row: unknown, more: Partial<ParseContext> = {}) => {
  const parsed = parseProduct(row, context(more));
  if (!parsed.ok) throw new Error(parsed.faults.map((fault) => fault.message).join("; "));
  return parsed.drafts;
};
const faultsOf = (row: unknown) => {
  const parsed = parseProduct(row, context());
  return parsed.ok ? [] : parsed.faults.map((fault) => `${fault.path} ${fault.code}`);
};

describe("a product row", () => {
  it("reads prices exactly from decimals, texts and money objects", () => {
    expect(parse({ sku: "a", name: "A", price: "19.99" })[0]!.product.price).toEqual({ minor: 1999, currency: "USD" });
    expect(parse({ sku: "a", name: "A", price: 1.005 })[0]!.product.price).toEqual({ minor: 101, currency: "USD" });
    expect(parse({ sku: "a", name: "A", price: "120", currency: "JPY" })[0]!.product.price).toEqual({
      minor: 120,
      currency: "JPY",
    });
    expect(parse({ sku: "a", name: "A", price: { minor: 5, currency: "EUR" } })[0]!.product.price).toEqual({
      minor: 5,
      currency: "EUR",
    });
  });

  it("charges the special price only when it is lower", () => {
    expect(parse({ sku: "a", name: "A", price: 32, special_price: 24 })[0]!.product.finalPrice).toEqual({
      minor: 2400,
      currency: "USD",
    });
    expect(parse({ sku: "a", name: "A", price: 32, special_price: 40 })[0]!.product.finalPrice).toEqual({
      minor: 3200,
      currency: "USD",
    });
  });

  it("reports every fault of the row at once and keeps nothing of it", () => {
    expect(faultsOf({ sku: "x".repeat(65), price: -1, qty: "many", type: "widget", currency: "dollars" })).toEqual([
      "/sku tooLong",
      "/type choice",
      "/name required",
      "/currency tooLong",
      "/price money",
      "/qty number",
    ]);
    expect(faultsOf("text")).toEqual([" object"]);
    expect(faultsOf({ sku: "a", name: "A", price: "1e3" })).toEqual(["/price money"]);
    expect(faultsOf({ sku: "a", name: "A", price: Number.MAX_SAFE_INTEGER })).toEqual(["/price money"]);
    expect(faultsOf({ sku: "a", name: "A", parentSku: "a" })).toEqual(["/parentSku parent"]);
  });

  it("refuses text that the database cannot hold or that lost its encoding", () => {
    expect(faultsOf({ sku: "a", name: "A\u0000B" })).toContain("/name controlCharacter");
    expect(faultsOf({ sku: "a", name: "K\uFFFDln" })).toContain("/name encoding");
    expect(faultsOf({ sku: "a", name: "A", specs: { weird: "\uD800" } })).toEqual(["/attributes.specs encoding"]);
  });

  it("makes unknown fields attributes and keeps nested values apart", () => {
    const [draft] = parse({
      sku: "a",
      name: "A",
      material: "Wool|Nylon",
      sale: "Yes",
      attributes: { climate: ["Cool"] },
      "attributes.grade": 3,
      specs: { a: 1 },
    });
    expect(draft!.product.attributes).toEqual({ material: ["Wool", "Nylon"], sale: true, climate: ["Cool"], grade: 3 });
    expect(draft!.detail.extra).toEqual({ specs: { a: 1 } });
  });

  it("treats prototype keys as data", () => {
    const row = JSON.parse(
      '{"sku":"a","name":"A","__proto__":{"polluted":true},"constructor":"x","attributes":{"__proto__":"y"}}',
    );
    const [draft] = parse(row);
    expect(draft!.product.attributes).toEqual(Object.fromEntries([["constructor", "x"]]));
    expect(Object.getPrototypeOf(draft!.product.attributes)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("reads entities in names as the letters they stand for, and nothing else of a name", () => {
    const nameOf = (name: string) => parse({ sku: "a", name })[0]!.product.name;
    expect(nameOf("Minerva LumaTech&trade;  V-Tee")).toBe("Minerva LumaTech™ V-Tee");
    expect(nameOf("Tom &amp; Jerry&#39;s &#x26; &unknown; AT&T &#0; &#xD800;")).toBe(
      "Tom & Jerry's & &unknown; AT&T &#0; &#xD800;",
    );
    expect(nameOf("&amp;trade;")).toBe("&trade;");
  });

  it("stores HTML as it came, as text", () => {
    expect(parse({ sku: "a", name: "A <b>", description: "<script>x</script>" })[0]!.product.description).toBe(
      "<script>x</script>",
    );
  });

  it("gives nested variants their parent's name, categories and page", () => {
    const drafts = parse(
      {
        sku: "P",
        name: "Hoodie",
        categories: ["Men/Tops"],
        variants: [{ sku: "P-S", options: { size: "S" }, price: 5, qty: 0, image: "/a/b/p.jpg" }],
      },
      { toProductUrl: (sku) => `/p/${sku}`, toImageUrl: (path) => path.toUpperCase() },
    );
    expect(drafts.map(({ product }) => [product.sku, product.type, product.parentSku, product.visibility])).toEqual([
      ["P", "configurable", null, "both"],
      ["P-S", "variant", "P", "none"],
    ]);
    expect(drafts[1]!.product).toMatchObject({
      name: "Hoodie",
      categories: ["men/tops-men"],
      url: "/p/P",
      options: { size: "S" },
      inStock: false,
      images: ["/A/B/P.JPG"],
    });
  });

  it("names the variant that is at fault", () => {
    expect(faultsOf({ sku: "P", name: "P", variants: [{ sku: "P-1" }, { sku: "P-1", price: "x" }] })).toEqual([
      "/variants/1/price money",
      "/variants/1/sku duplicate",
    ]);
  });

  it("puts flagged products into the category of the flag", () => {
    const [draft] = parse(
      { sku: "a", name: "A", sale: "Yes", categories: "gear/bags" },
      { categoriesByFlag: { sale: "sale" } },
    );
    expect(draft!.product.categories).toEqual(["gear/bags", "sale"]);
  });
});

describe("category paths", () => {
  it("come from URL keys, from names, and from several name paths written as one", () => {
    const paths = createCategoryPaths(known);
    expect(paths.toPaths("gear/bags")).toEqual(["gear/bags"]);
    expect(paths.toPaths("Gear / Bags")).toEqual(["gear/bags"]);
    expect(paths.toPaths("Gear/Bags/Collections/Eco Friendly")).toEqual(["gear/bags", "collections/eco"]);
    expect(paths.toPaths("Men/Bras & Tanks")).toEqual(["men/bras-tanks"]);
    expect(paths.toPaths(" / ")).toEqual([]);
    expect(paths.implied().map((implied) => [implied.path, implied.name])).toEqual([
      ["men/bras-tanks", "Bras & Tanks"],
    ]);
  });
});
