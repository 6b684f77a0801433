import { describe, expect, it } from "vitest";
import type { Cart } from "../profiles/index.ts";
import { aProduct } from "../testing/a-product.ts";
import type { Rotation } from "./list-kind.ts";
import { defaultSettings } from "./list-kind.ts";
import { aCategory, anAttribute, everyone, is, noon, startShop } from "./shop-fixture.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const cartOf = (...skus: string[]): Cart => ({
  cartId: null,
  updatedAt: noon,
  items: skus.map((sku) => ({ sku, qty: 1, lineTotal: usd(0) })),
});
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(2, "0")}`);

/** The example of the documentation: limit 20, maximum 6, rules of 2, 6 and 20 products. */
function exampleShop() {
  const groups = { one: names("c-", 2), two: names("b-", 6), three: names("a-", 20) };
  const shop = startShop({
    upserted: [
      aProduct("page"),
      ...Object.entries(groups).flatMap(([brand, skus]) => skus.map((sku) => aProduct(sku, { brand }))),
    ],
  });
  for (const [at, brand] of Object.keys(groups).entries()) {
    shop.rule(`rule-${brand}`, {
      priority: at + 1,
      resultLimit: 20,
      match: is("product.sku", "eq", "page"),
      display: is("product.brand", "eq", brand),
    });
  }
  return { shop, groups };
}

describe("a list of related products", () => {
  it("gathers 2 + 6 + 18 = 26 candidates of three rules and shows 6, by priority then SKU", () => {
    const { shop, groups } = exampleShop();
    const settings = defaultSettings("related");
    const query = { settings, items: ["page"], profile: null, cart: null, storeView: "default", seed: "x" };
    const { items, explain, propensity } = shop.related.answer(query);
    expect(items.map(({ sku }) => sku)).toEqual([...groups.one, ...groups.two.slice(0, 4)]);
    expect(propensity).toBe(1);
    expect(explain().candidates).toBe(26);
    expect(explain().rules.map(({ candidates }) => candidates)).toEqual([2, 6, 18]);
  });

  it.each<[Rotation]>([["priority-then-id"], ["priority-then-random"], ["weighted-random"]])(
    "shows links that people set before anything that rules display, rotated %s",
    (rotation) => {
      const { shop, groups } = exampleShop();
      shop.products([
        aProduct("page", { related: ["a-20", "gone", "page", "a-07", "hidden"] }),
        aProduct("hidden", { visibility: "none" }),
      ]);
      const settings = { ...defaultSettings("related"), rotation };
      for (const seed of ["1", "2", "3", "4"]) {
        const shown = shop.shown("related", ["page"], { settings, seed });
        expect(shown.slice(0, 2)).toEqual(["a-20", "a-07"]);
        expect(shown).toHaveLength(6);
        expect(new Set(shown).size).toBe(6);
        if (rotation === "priority-then-random") expect(shown.slice(2, 4).sort()).toEqual(groups.one);
      }
    },
  );

  it("rotates by seed: the same seed shows the same products, other seeds show others", () => {
    const { shop } = exampleShop();
    const settings = { ...defaultSettings("related"), rotation: "weighted-random" as const };
    const draw = (seed: string) => shop.shown("related", ["page"], { settings, seed }).join();
    expect(draw("a")).toBe(draw("a"));
    expect(new Set(names("seed", 20).map(draw)).size).toBeGreaterThan(15);
  });

  it("shows only links or only rules where its settings say so", () => {
    const { shop, groups } = exampleShop();
    shop.products([aProduct("page", { related: ["a-20"] })]);
    const settings = defaultSettings("related");
    expect(shop.shown("related", ["page"], { settings: { ...settings, show: "selected" } })).toEqual(["a-20"]);
    expect(shop.shown("related", ["page"], { settings: { ...settings, show: "rules", maximum: 2 } })).toEqual(
      groups.one,
    );
  });

  it("shows products of the matched product's own categories, of their children, and within a share of its price", () => {
    const shop = startShop({
      categories: ["gear", "gear/bags", "gear/bags/small", "tops"].map(aCategory),
      upserted: [
        aProduct("page", { categories: ["gear/bags"], brand: "Acme", finalPrice: usd(5_000) }),
        aProduct("bag", { categories: ["gear/bags"], brand: "ACME", finalPrice: usd(4_001) }),
        aProduct("small", { categories: ["gear/bags/small"], brand: "Other", finalPrice: usd(4_000) }),
        aProduct("top", { categories: ["tops"], brand: "Acme", finalPrice: usd(3_999) }),
        aProduct("bare"),
      ],
    });
    const lists = [
      ["same-brand", is("product.brand", "eq", { ref: "matched.brand" }), ["bag", "top"]],
      ["same-category", is("product.category_ids", "in", { ref: "matched.category_ids" }), ["bag", "small"]],
      [
        "child-category",
        is("product.category_ids", "in", { ref: "matched.category_ids", relation: "children" }),
        ["bag", "small"],
      ],
      ["cheaper", is("product.final_price", "lte", { ref: "matched.final_price", percent: 80 }), ["small", "top"]],
      ["dearer", is("product.final_price", "gt", { ref: "matched.final_price", percent: "80" }), ["bag"]],
      ["other-brand", is("product.brand", "neq", { ref: "matched.brand" }), ["bare", "small"]],
    ] as const;
    for (const [key, display, expected] of lists) {
      shop.unpublish();
      shop.rule(key, { display });
      expect([key, shop.shown("related", ["page"])]).toEqual([key, expected]);
    }
    // Without a brand to compare with, nothing has the same and everything another.
    shop.unpublish();
    shop.rule("same-brand", { display: is("product.brand", "eq", { ref: "matched.brand" }) });
    expect(shop.shown("related", ["bare"])).toEqual([]);
  });

  it("stands for the configurable product where a variant is given, and shows configurable products, never variants", () => {
    const shop = startShop({
      upserted: [
        aProduct("jacket", { type: "configurable", categories: ["tops"] }),
        aProduct("jacket-s", { type: "variant", parentSku: "jacket", options: { size: "S" } }),
        aProduct("shirt", { type: "configurable", categories: ["tops"] }),
        aProduct("shirt-s", { type: "variant", parentSku: "shirt" }),
      ],
    });
    shop.rule("same", { display: is("product.category_ids", "in", { ref: "matched.category_ids" }) });
    expect(shop.shown("related", ["jacket-s"])).toEqual(["shirt"]);
  });

  it("shows nothing that is out of stock or hidden, and follows each change of the catalog at once", () => {
    const shop = startShop({ upserted: [aProduct("page"), aProduct("a"), aProduct("b")] });
    shop.rule("all", { display: is("product.name", "not_in", ["x"]) });
    shop.rule("color", { priority: 2, display: is("product.color", "eq", "red") });
    expect(shop.shown("related", ["page"])).toEqual(["a", "b"]);
    shop.products([aProduct("a", { inStock: false }), aProduct("c", { visibility: "none" })]);
    expect(shop.shown("related", ["page"])).toEqual(["b"]);
    shop.products([aProduct("a"), aProduct("0", { name: "x", attributes: { color: "red" } })], ["b"]);
    expect(shop.shown("related", ["page"])).toEqual(["a", "0"]);
    shop.products([aProduct("0", { name: "x", attributes: { color: "blue" } })]);
    expect(shop.shown("related", ["page"])).toEqual(["a"]);
  });

  it("keeps a list of cross-sells about the cart free of what is in it, and says nothing of a product twice", () => {
    const shop = startShop({
      upserted: [
        aProduct("tent", { crosssell: ["peg", "mat"], brand: "a" }),
        aProduct("mat", { brand: "b" }),
        ...["peg", "rope", "lamp"].map((sku) => aProduct(sku, { brand: "c" })),
        aProduct("lamp-xl", { type: "variant", parentSku: "lamp" }),
      ],
    });
    shop.rule("tents", {
      applyTo: "crosssell",
      match: is("product.brand", "eq", "a"),
      display: is("product.brand", "eq", "c"),
    });
    expect(shop.shown("crosssell", [], { cart: cartOf("mat", "tent", "lamp-xl") })).toEqual(["peg", "rope"]);
    expect(shop.shown("crosssell", [], { cart: cartOf("mat") })).toEqual([]);
    expect(shop.shown("crosssell", [])).toEqual([]);
    expect(shop.shown("crosssell", ["tent"], { cart: cartOf("peg") })).toEqual(["mat", "lamp", "rope"]);
  });

  it("asks each rule for its store view, its dates, and its audiences", () => {
    const shop = startShop({ upserted: [aProduct("page"), ...["a", "b", "c", "d"].map((sku) => aProduct(sku))] });
    const show = (sku: string) => ({ display: is("product.sku", "eq", sku) });
    shop.rule("german", show("a"), { scope: { storeViews: ["de"] } });
    shop.rule("past", show("b"), { window: { fromMs: null, toMs: noon } });
    shop.rule("future", show("c"), { window: { fromMs: noon + 1, toMs: null } });
    shop.rule("vip", { ...show("d"), audiences: ["vip", "staff"] });
    expect(shop.shown("related", ["page"])).toEqual([]);
    expect(shop.shown("related", ["page"], { storeView: "de" })).toEqual(["a"]);
    expect(shop.shown("related", ["page"], { nowMs: noon - 1 })).toEqual(["b"]);
    expect(shop.shown("related", ["page"], { nowMs: noon + 1 })).toEqual(["c"]);
    shop.audiences.add("staff");
    expect(shop.shown("related", ["page"])).toEqual(["d"]);
    const settings = defaultSettings("related");
    const query = { settings, items: ["page"], profile: null, cart: null, storeView: "default" };
    expect(
      shop.related
        .answer(query)
        .explain()
        .rules.map(({ key, outcome, text }) => [key, outcome, text]),
    ).toEqual([
      ["future", "refused", "Outside its schedule"],
      ["german", "refused", "Not for store view default"],
      ["past", "refused", "Outside its schedule"],
      ["vip", "used", "It matches page"],
    ]);
  });

  it("explains each product: the rule, what it matched, and both trees leaf by leaf", () => {
    const shop = startShop({
      attributes: [anAttribute("style", "select")],
      upserted: [
        aProduct("page", { attributes: { style: "bold" } }),
        aProduct("other", { attributes: { style: "BOLD" } }),
      ],
    });
    shop.rule("style", {
      match: is("product.style", "exists"),
      display: is("product.style", "eq", { ref: "matched.style" }),
    });
    const settings = defaultSettings("related");
    const { explain, items, origins } = shop.related.answer({
      ...{ settings, items: ["page"], profile: null, cart: null, storeView: "default" },
    });
    expect(items[0]).toMatchObject({
      sku: "other",
      source: "rule",
      ruleId: "id-style",
      reasons: [{ code: "rule", text: "Goes with page" }],
    });
    expect(origins).toEqual(["rule:id-style"]);
    expect(explain().items).toMatchObject([
      {
        ...{ sku: "other", matched: "page", rule: "style" },
        match: { truth: true, path: "product.style", observed: "bold" },
        display: { truth: true, path: "product.style", observed: "BOLD" },
      },
    ]);
    expect(() => JSON.stringify(explain())).not.toThrow();
  });

  it("takes its settings from the first live list of that name, or by key, and never shows more than they allow", () => {
    const { shop } = exampleShop();
    shop.list("second", { priority: 5, maximum: 2 });
    shop.list("first", { priority: 4, maximum: 3 });
    shop.list("german", { priority: 1, maximum: 1 }, { scope: { storeViews: ["de"] } });
    expect(shop.shown("related", ["page"])).toHaveLength(3);
    expect(shop.shown("second", ["page"])).toHaveLength(2);
    const visitor = { profile: null, cart: null, storeView: "default" };
    expect(shop.related.settings("id-second", visitor)?.maximum).toBe(2);
    expect(shop.related.settings("upsell", visitor)).toMatchObject({ id: "", maximum: 6 });
    expect(shop.related.settings("nope", visitor)).toBeUndefined();
    const first = shop.related.settings("related", visitor);
    expect(first && shop.related.withLimit(first, 20).maximum).toBe(3);
    expect(first && shop.related.withLimit(first, 1).maximum).toBe(1);
  });

  it("gives a list for some visitors to them only", () => {
    const { shop } = exampleShop();
    shop.list("everybody", { priority: 9, maximum: 2 });
    shop.list("phones", { priority: 3, maximum: 3, rule: is("context.device", "eq", "phone") });
    shop.list("vip", { priority: 2, maximum: 4, audiences: ["vip"] });
    shop.list("over", { priority: 1, maximum: 5 }, { window: { fromMs: null, toMs: noon } });
    expect(shop.shown("related", ["page"])).toHaveLength(2);
    expect(shop.shown("related", ["page"], { context: { device: "phone" } })).toHaveLength(3);
    shop.audiences.add("vip");
    expect(shop.shown("related", ["page"])).toHaveLength(4);
    expect(shop.shown("related", ["page"], { nowMs: noon - 1 })).toHaveLength(5);
    expect(() => shop.shown("over", ["page"])).toThrow("no list over");
  });

  it("leaves out what is shown elsewhere on the page, and tells what it shows", () => {
    const { shop, groups } = exampleShop();
    const seen = new Set(groups.one);
    expect(shop.shown("related", ["page"], { seen })).toEqual(groups.two);
    expect(shop.shown("related", ["page"], { seen })).toEqual(names("a-", 6));
  });

  it("shows nothing by a rule over an attribute that has gone, and the other rules go on", () => {
    const shop = startShop({ upserted: [aProduct("page"), aProduct("a"), aProduct("b")] });
    shop.rule("broken", { display: is("product.brand", "nonsense", 1) });
    shop.rule("hostile", { match: { attribute: { path: "__proto__.x", op: "eq", value: "y" } } });
    shop.rule("sound", { priority: 2, match: everyone });
    expect(shop.shown("related", ["page"])).toEqual(["a", "b"]);
    expect(shop.shown("related", ["unknown", "__proto__", ""])).toEqual([]);
  });

  it("tells the editor of a rule what it matches and displays", () => {
    const { shop } = exampleShop();
    const body = {
      match: is("product.brand", "in", ["one", "two"]),
      display: is("product.brand", "eq", { ref: "matched.brand" }),
      resultLimit: 3,
    };
    expect(shop.related.tryRule(body, ["c-01", "page"])).toEqual({
      matching: 8,
      examples: [...names("b-", 6), ...names("c-", 2)],
      displayed: [
        { sku: "c-01", isMatched: true, items: ["c-02"] },
        { sku: "page", isMatched: false, items: [] },
      ],
    });
    expect(shop.related.tryRule(body, []).displayed.map(({ items }) => items)).toEqual([
      ["b-02", "b-03", "b-04"],
      ["b-01", "b-03", "b-04"],
      ["b-01", "b-02", "b-04"],
    ]);
  });
});
