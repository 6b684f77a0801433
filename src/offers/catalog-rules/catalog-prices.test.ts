import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aProduct } from "../../testing/a-product.ts";
import { aRule, aShop, dayMs, inCategory, noon, usd } from "./shop-fixture.ts";

const shirt = aProduct("shirt", { price: usd(10_000), finalPrice: usd(10_000), categories: ["men/shirts"] });
const cap = aProduct("cap", { price: usd(2_000), finalPrice: usd(2_000), categories: ["men/caps"] });

describe("prices of a catalog", () => {
  it("are the catalog's own as long as nothing changes them", async () => {
    const shop = aShop([shirt]);
    await shop.prices.start();
    expect(shop.prices.pricesFor({ storeView: "default" })).toBeUndefined();
    await shop.setRules([aRule({ body: { customerGroups: ["wholesale"] } })]);
    expect(shop.prices.pricesFor({ storeView: "default" })).toBeUndefined();
  });

  it("follow a rule from the moment it is published, and go back when it is paused", async () => {
    const shop = aShop([shirt, cap]);
    await shop.prices.start();
    await shop.setRules([aRule({ body: { conditions: inCategory("men/shirts") } })]);
    expect([shop.priceOf("shirt"), shop.priceOf("cap")]).toEqual([9_000, 2_000]);
    await shop.setRules([]);
    expect(shop.priceOf("shirt")).toBe(10_000);
  });

  it("are those of the visitor's group, website and store view", async () => {
    const shop = aShop(
      [shirt],
      [
        aRule({ body: { customerGroups: ["Wholesale"] } }),
        aRule({ body: { websites: ["B2B"], action: { type: "to_fixed", amounts: [usd(7_000)] } } }),
        aRule({ scope: { storeViews: ["de"] }, body: { action: { type: "by_percent", percent: "50" } } }),
      ],
    );
    await shop.prices.start();
    expect(shop.priceOf("shirt")).toBe(10_000);
    expect(shop.priceOf("shirt", { customerGroup: "wholesale " })).toBe(9_000);
    expect(shop.priceOf("shirt", { storeView: "b2b_en" })).toBe(7_000);
    expect(shop.priceOf("shirt", { storeView: "de", customerGroup: "wholesale" })).toBe(4_500);
  });

  it("change with the local day without any work", async () => {
    const shop = aShop([shirt], [aRule({ body: { from: "2026-03-11", to: "2026-03-11" } })]);
    await shop.prices.start();
    const at = (days: number) => shop.priceOf("shirt", { at: noon + days * dayMs });
    expect([at(-1), at(0), at(1), at(2)]).toEqual([10_000, 10_000, 9_000, 10_000]);
    shop.clock.advance(dayMs);
    expect(shop.priceOf("shirt")).toBe(9_000);
  });

  it("give members of an audience their rule only when the storefront says who asks", async () => {
    const shop = aShop([shirt], [aRule({ body: { audiences: ["vip"] } })]);
    await shop.prices.start();
    expect(shop.priceOf("shirt")).toBe(10_000);
    expect(shop.priceOf("shirt", { isMember: (key) => key === "vip" })).toBe(9_000);
    expect(shop.priceOf("shirt", { isMember: () => false })).toBe(10_000);
  });

  it("take the lowest of list, group, special and rule price; they do not add up", async () => {
    const tiers = [
      { qty: 1, group: "Wholesale", price: usd(8_500) },
      { qty: 10, price: usd(1_000) },
    ];
    const days = { from: "2026-03-11", to: null };
    const product = { ...shirt, tierPrices: tiers, specialPrice: usd(8_000), specialDays: days };
    const shop = aShop([product], [aRule({ body: {} })]);
    await shop.prices.start();
    expect(shop.priceOf("shirt")).toBe(9_000);
    expect(shop.priceOf("shirt", { customerGroup: "wholesale" })).toBe(8_500);
    expect(shop.priceOf("shirt", { customerGroup: "wholesale", at: noon + dayMs })).toBe(8_000);
    expect(shop.prices.explain("shirt", { storeView: "default" }, 10)?.price).toMatchObject({
      finalPrice: usd(1_000),
      source: "tier",
      rulePrice: usd(9_000),
    });
  });

  it("of a configurable product are those of its cheapest variant, which a rule for the parent reaches too", async () => {
    const parent = aProduct("tee", { type: "configurable", categories: ["men/tees"], variants: ["tee-s", "tee-m"] });
    const variant = (sku: string, minor: number, inStock = true) =>
      aProduct(sku, { type: "variant", parentSku: "tee", price: usd(minor), finalPrice: usd(minor), inStock });
    const bundle = aProduct("set", {
      type: "bundle",
      components: [
        { label: "Tee", skus: ["tee"] },
        { label: "Cap", skus: ["cap"] },
      ],
    });
    const rule = aRule({ body: { conditions: { attribute: { path: "product.sku", op: "eq", value: "tee" } } } });
    const shop = aShop([parent, variant("tee-s", 1_000, false), variant("tee-m", 3_000), cap, bundle], [rule]);
    await shop.prices.start();
    expect([shop.priceOf("tee-s"), shop.priceOf("tee-m"), shop.priceOf("tee")]).toEqual([900, 2_700, 2_700]);
    expect(shop.priceOf("set")).toBe(4_700);
    expect(shop.prices.explain("tee", { storeView: "default" })).toMatchObject({ pricedSku: "tee-m" });
  });

  it("end for a bundle that holds itself", async () => {
    const loop = aProduct("loop", { type: "bundle", components: [{ label: "Itself", skus: ["loop", "cap"] }] });
    const shop = aShop([loop, cap], [aRule({ body: {} })]);
    await shop.prices.start();
    expect(shop.priceOf("loop")).toBe(1_800);
  });

  it("follow changes of products, their parents and the catalog", async () => {
    const parent = aProduct("tee", { type: "configurable", variants: ["tee-m"] });
    const variant = aProduct("tee-m", { type: "variant", parentSku: "tee", price: usd(3_000), finalPrice: usd(3_000) });
    const shop = aShop([parent, variant, cap], [aRule({ body: { conditions: inCategory("sale") } })]);
    await shop.prices.start();
    expect(shop.priceOf("tee")).toBe(3_000);
    shop.apply({
      upserted: [
        { ...parent, categories: ["sale"] },
        { ...cap, categories: ["sale/caps"] },
      ],
    });
    expect([shop.priceOf("tee-m"), shop.priceOf("tee"), shop.priceOf("cap")]).toEqual([2_700, 2_700, 1_800]);
    shop.apply({ deleted: ["cap"], upserted: [shirt] });
    expect([shop.priceOf("cap"), shop.priceOf("shirt")]).toEqual([undefined, 10_000]);
    shop.apply({ upserted: [{ ...cap, categories: ["sale"] }] });
    expect(shop.priceOf("cap")).toBe(1_800);
  });

  it("keep what time alone changes in step", async () => {
    const recent = { attribute: { path: "product.created_at", op: "within_last", value: "2d" } };
    const shop = aShop([{ ...shirt, createdAt: noon - dayMs }], [aRule({ body: { conditions: recent } })]);
    await shop.prices.start();
    expect(shop.priceOf("shirt")).toBe(9_000);
    shop.clock.advance(dayMs + 60_000);
    shop.priceOf("shirt");
    await shop.prices.settled();
    expect(shop.priceOf("shirt")).toBe(10_000);
  });

  it("answer equal visitors with the same object, which is prepared before new rules come into effect", async () => {
    const shop = aShop([shirt], [aRule({ body: {} })]);
    await shop.prices.start();
    const list = shop.prices.pricesFor({ storeView: "default", customerGroup: "a" });
    expect(shop.prices.pricesFor({ storeView: "other", customerGroup: "b" })).toBe(list);
    await shop.setRules([aRule({ body: { action: { type: "by_percent", percent: "20" } } })]);
    expect(shop.warmed).toContain(shop.prices.pricesFor({ storeView: "default", customerGroup: "a" }));
    expect(shop.priceOf("shirt")).toBe(8_000);
  });

  it("lose no change of a product that comes while rules are judged", async () => {
    const many = Array.from({ length: 4_000 }, (_, at) =>
      aProduct(`p${at}`, { price: usd(1_000 + at), finalPrice: usd(1_000 + at), categories: [`c${at % 7}`] }),
    );
    const shop = aShop(many);
    await shop.prices.start();
    const rules = Array.from({ length: 60 }, (_, at) =>
      aRule({ body: { conditions: { all: [inCategory(`c${at % 7}`), { not: inCategory(`d${at}`) }] } } }),
    );
    const published = shop.setRules(rules);
    // Judging takes several turns, so these come in the middle of it.
    expect(shop.priceOf("p0")).toBe(1_000);
    shop.apply({ upserted: [{ ...shirt, categories: ["c1"] }], deleted: ["p1"] });
    await nextTurn();
    const moved = many.flatMap((product, at) => (at % 500 === 0 ? [{ ...product, categories: ["none"] }] : []));
    shop.apply({ upserted: moved });
    await published;
    shop.apply({ upserted: [{ ...cap, categories: ["c2"] }] });
    const list = shop.prices.pricesFor({ storeView: "default" });
    for (const sku of ["shirt", "cap", "p2", "p3999", ...moved.map((product) => product.sku)]) {
      const product = shop.memory.current().get(sku);
      const slow = shop.prices.explain(sku, { storeView: "default" })?.price.finalPrice;
      expect([sku, product && list?.finalPriceOf(product)]).toEqual([sku, slow]);
    }
    expect([shop.priceOf("p0"), shop.priceOf("p1")]).toEqual([1_000, undefined]);
    expect(shop.priceOf("p2")).toBeLessThan(1_002);
  });

  it("tell which rules reach products for a visitor", async () => {
    const [one, other] = [
      aRule({ key: "one", body: { conditions: inCategory("men/caps") } }),
      aRule({ key: "other", body: { customerGroups: ["x"] } }),
    ];
    const shop = aShop([shirt, cap], [one, other]);
    await shop.prices.start();
    expect(shop.prices.firedRules({ storeView: "default" }, ["cap", "shirt"])).toEqual(["one"]);
    expect(shop.prices.firedRules({ storeView: "default", customerGroup: "X" }, ["shirt"])).toEqual(["other"]);
  });

  it("read the facts of products that every other rule reads", async () => {
    const { productFacts } = await import("./product-facts.ts");
    const parent = aProduct("tee", {
      type: "configurable",
      brand: "Luma",
      categories: ["men/tees"],
      attributes: { color: "red", size: "-", toString: "x" },
    });
    const variant = aProduct("tee-m", {
      type: "variant",
      parentSku: "tee",
      price: usd(1),
      options: { size: "M" },
      categories: ["sale"],
      rating: { average: 4, count: 1 },
      qty: 3,
    });
    const shop = aShop([parent, variant]);
    const keys = [
      "sku",
      "parent_sku",
      "type",
      "name",
      "brand",
      "category_ids",
      "price",
      "special_price",
      "final_price",
      "in_stock",
      "stock_qty",
      "rating",
      "created_at",
      "color",
      "size",
      "toString",
      "constructor",
      "none",
    ];
    for (const sku of ["tee", "tee-m"]) {
      const product = shop.memory.current().get(sku);
      const expected = shop.shopRules.productOf(sku) ?? {};
      const own =
        product &&
        productFacts(product, product.parentSku ? shop.memory.current().get(product.parentSku) : undefined, keys);
      for (const key of keys)
        expect([sku, key, own?.[key]]).toEqual([sku, key, Object.hasOwn(expected, key) ? expected[key] : undefined]);
    }
  });
});
