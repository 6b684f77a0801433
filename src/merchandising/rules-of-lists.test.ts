import { describe, expect, it } from "vitest";
import { aProduct } from "../testing/a-product.ts";
import { createMerchandisingShop, type MerchandisingShop } from "../testing/merchandising-shop.ts";

const skus = ["A", "B", "C", "D", "E"];
const shopOf = (signals: Parameters<typeof createMerchandisingShop>[1] = {}) =>
  createMerchandisingShop(
    skus.map((sku) => aProduct(sku)),
    signals,
  );
const is = (value: string) => ({ match: "any", conditions: [{ operator: "is", value }] });
const contains = (value: string) => ({ match: "any", conditions: [{ operator: "contains", value }] });
const boost = (sku: string) => ({ events: [{ action: "boost", sku }] });

/** Ids of the rules that apply, in their order. */
const applied = (shop: MerchandisingShop, subject: string, ...rest: [object?, object?]) =>
  shop
    .forList(subject, ...rest)
    .considered.filter(({ isApplied }) => isApplied)
    .map(({ id }) => id);
const factors = (list: ReturnType<MerchandisingShop["forList"]>, of = skus) =>
  Object.fromEntries([...(list.arrangement?.factorsOf(of) ?? [])].map((factor, at) => [of[at], factor]));

describe("Precedence of search rules", () => {
  it("is: an exact query, then priority, then the last change, then the id", () => {
    const shop = shopOf();
    shop.publish("search-rule", { query: contains("shoe"), ...boost("A") }, { id: "old", updatedAt: 1 });
    shop.publish("search-rule", { query: contains("shoe"), ...boost("A") }, { id: "new", updatedAt: 9 });
    shop.publish("search-rule", { query: contains("shoe"), ...boost("A"), priority: 1 }, { id: "late", updatedAt: 99 });
    shop.publish("search-rule", { query: is("red shoe"), ...boost("A"), priority: 5 }, { id: "exact", updatedAt: 0 });
    shop.publish("search-rule", { query: contains("red"), ...boost("A") }, { id: "also-new", updatedAt: 9 });
    expect(applied(shop, "Red, shoe!")).toEqual(["exact", "also-new", "new", "old", "late"]);
    expect(applied(shop, "blue shoes")).toEqual(["new", "old", "late"]);
  });

  it("gives a product to the first rule that names it, and tells the others that they lost", () => {
    const shop = shopOf();
    shop.publish("search-rule", { events: [{ action: "bury", sku: "A" }] }, { id: "weak", name: "Weak", updatedAt: 1 });
    shop.publish(
      "search-rule",
      { events: [{ action: "boost", sku: "A" }] },
      { id: "strong", name: "Strong", updatedAt: 2 },
    );
    const list = shop.forList("anything");
    expect(factors(list)).toEqual({ A: 4, B: 1, C: 1, D: 1, E: 1 });
    expect(list.considered.map(({ id, reason }) => [id, reason])).toEqual([
      ["strong", "for every list"],
      ["weak", 'for every list; its bury of A lost to the boost by "Strong"'],
    ]);
    expect(list.arrangement?.effectsOf("A")).toMatchObject([{ action: "boost", ruleId: "strong", factor: 4 }]);
  });

  it("takes the ranking from the first rule that has one; `none` is one", () => {
    const shop = shopOf({ signals: { views: { A: 10 }, purchases: { B: 10 } } });
    shop.publish("search-rule", { ranking: { by: "most-viewed" } }, { updatedAt: 1 });
    expect(factors(shop.forList("x"))).toMatchObject({ A: 1.5, B: 1 });
    shop.publish("search-rule", { ranking: { by: "most-purchased", boost: 100 } }, { updatedAt: 2 });
    expect(factors(shop.forList("x"))).toMatchObject({ A: 1, B: 11 });
    shop.publish("search-rule", boost("C"), { updatedAt: 3 });
    expect(factors(shop.forList("x"))).toMatchObject({ A: 1, B: 11, C: 4 });
    shop.publish("search-rule", { ranking: { by: "none" } }, { updatedAt: 4, name: "Plain" });
    expect(factors(shop.forList("x"))).toMatchObject({ A: 1, B: 1, C: 4 });
    expect(shop.forList("x").considered.map(({ reason }) => reason)).toEqual([
      "for every list",
      "for every list",
      'for every list; its ranking lost to that of "Plain"',
      'for every list; its ranking lost to that of "Plain"',
    ]);
  });

  it("puts a rule's SKU before its conditions, and an earlier rule's condition before a later rule's SKU", () => {
    const shop = shopOf();
    const all = { attribute: { path: "product.in_stock", op: "is_true" } };
    shop.publish("search-rule", { events: [{ action: "hide", sku: "B" }] }, { updatedAt: 1 });
    shop.publish(
      "search-rule",
      {
        events: [
          { action: "bury", where: all },
          { action: "boost", sku: "A" },
        ],
      },
      { updatedAt: 2 },
    );
    const list = shop.forList("x");
    expect(factors(list)).toMatchObject({ A: 4, B: 0.1, C: 0.1 });
    expect([...(list.arrangement?.hidden ?? [])]).toEqual([]);
  });
});

describe("A rule", () => {
  it("is for the shoppers of its audiences whose condition holds", () => {
    const shop = shopOf();
    const onMobile = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    const id = shop.publish("search-rule", { audiences: ["vip", "staff"], rule: onMobile, ...boost("A") });
    const mobile = { subject: { context: { device: "mobile" } } };
    expect(applied(shop, "x", { audiences: ["staff"], ...mobile })).toEqual([id]);
    expect(shop.forList("x", mobile).considered).toMatchObject([
      { isApplied: false, reason: "the shopper is in none of: vip, staff" },
    ]);
    expect(shop.forList("x", { audiences: ["vip"] }).considered).toMatchObject([
      { isApplied: false, reason: "its condition on the shopper does not hold" },
    ]);
  });

  it("holds in its store views and within its dates, from the moment on", () => {
    const shop = shopOf();
    const now = shop.clock.now();
    const id = shop.publish("search-rule", boost("A"), { storeViews: ["de"], fromMs: now + 1_000, toMs: now + 2_000 });
    const at = (storeView: string, nowMs: number) => applied(shop, "x", {}, { storeView, nowMs });
    expect(at("de", now + 999)).toEqual([]);
    expect(at("de", now + 1_000)).toEqual([id]);
    expect(at("fr", now + 1_000)).toEqual([]);
    expect(at("de", now + 2_000)).toEqual([]);
    shop.remove("search-rule", id);
    expect(at("de", now + 1_000)).toEqual([]);
  });

  it("may ask how product and shopper go together", () => {
    const shop = createMerchandisingShop([aProduct("A", { brand: "Luma" }), aProduct("B", { brand: "Other" })]);
    const favourite = { attribute: { path: "product.brand", op: "eq", value: { ref: "profile.favourite_brand" } } };
    shop.publish("search-rule", { events: [{ action: "boost", where: favourite, factor: 2 }] });
    const of = (brand: string) =>
      factors(shop.forList("x", { subject: { profile: { favourite_brand: brand } } }), ["A", "B"]);
    expect(of("luma")).toEqual({ A: 2, B: 1 });
    expect(of("Other")).toEqual({ A: 1, B: 2 });
  });

  it("by condition means a configurable product by its variants: lifted by one of them, hidden by all", () => {
    const variant = (sku: string, color: string) =>
      aProduct(sku, { type: "variant", parentSku: "P", options: { color }, visibility: "none" });
    const shop = createMerchandisingShop([
      aProduct("P", { type: "configurable", variants: ["P-1", "P-2"] }),
      variant("P-1", "Red"),
      variant("P-2", "Blue"),
    ]);
    const red = { attribute: { path: "product.color", op: "eq", value: "Red" } };
    const boosting = shop.publish("search-rule", { events: [{ action: "boost", where: red }] });
    expect(factors(shop.forList("x"), ["P"])).toEqual({ P: 4 });
    shop.remove("search-rule", boosting);
    shop.publish("search-rule", { events: [{ action: "hide", where: red }] });
    expect(shop.forList("x").arrangement?.hidden.has("P")).toBe(false);
    shop.catalog.apply({ upserted: [variant("P-2", "Red")] });
    expect(shop.forList("x").arrangement?.hidden.has("P")).toBe(true);
  });

  it("that names a variant means its parent", () => {
    const shop = createMerchandisingShop([
      aProduct("P", { type: "configurable", variants: ["P-1"] }),
      aProduct("P-1", { type: "variant", parentSku: "P" }),
    ]);
    shop.publish("search-rule", { events: [{ action: "pin", sku: "P-1", position: 2 }] });
    expect(shop.forList("x").arrangement?.pins).toEqual([{ sku: "P", position: 2 }]);
  });

  it("orders by margin, where the shop tells what products cost", () => {
    const priced = (sku: string, cost: number) =>
      aProduct(sku, { finalPrice: { minor: 10_000, currency: "EUR" }, attributes: { cost } });
    const shop = createMerchandisingShop([priced("A", 90), priced("B", 20), priced("C", 50), aProduct("D")]);
    shop.publish("search-rule", { ranking: { by: "attribute", attribute: "margin", boost: 10 } });
    expect(factors(shop.forList("x"), ["A", "B", "C", "D"])).toEqual({ A: 1 + 1 / 3, B: 2, C: 1 + 2 / 3, D: 1 });
    const good = { attribute: { path: "product.margin", op: "gte", value: 0.5 } };
    shop.publish("search-rule", { events: [{ action: "bury", where: { not: good } }] });
    expect(shop.forList("x").arrangement?.effectsOf("A")).toMatchObject([{ action: "bury", factor: 0.1 }, {}]);
  });

  it("ranks by what is viewed together with what the shopper viewed", () => {
    const shop = shopOf({ signals: { "with Z": { B: 3, C: 1 } } });
    shop.publish("search-rule", { ranking: { by: "recommended-for-you", boost: 10 } });
    expect(factors(shop.forList("x", { viewed: ["Z"] }))).toEqual({ A: 1, B: 2, C: 1.75, D: 1, E: 1 });
    expect(factors(shop.forList("x"))).toEqual({ A: 1, B: 1, C: 1, D: 1, E: 1 });
  });

  it("ranks by a formula of several signals", () => {
    const shop = shopOf({ signals: { views: { A: 1 }, "trending 14": { A: 5, B: 9 } } });
    const terms = [
      { by: "most-viewed", weight: 1 },
      { by: "trending", windowDays: 14, weight: 3 },
    ];
    shop.publish("search-rule", { ranking: { by: "formula", terms, boost: 10 } });
    expect(factors(shop.forList("x"))).toEqual({ A: 1 + (1 + 3 * 0.75) / 4, B: 1.75, C: 1, D: 1, E: 1 });
  });
});

describe("A category", () => {
  const ranking = (by: string) => ({ ranking: { by } });
  const signals = { views: { A: 1 }, purchases: { B: 1 } };

  it("takes the ranking of the one above over, never its events; a rule of its own stands before it until it goes", () => {
    const shop = shopOf({ signals });
    const above = shop.publish("category-rule", {
      category: "women",
      applyToSubcategories: true,
      ...ranking("most-viewed"),
      events: [{ action: "boost", sku: "C" }],
    });
    expect(factors(shop.forList("category:women"))).toMatchObject({ A: 1.5, B: 1, C: 4 });
    expect(factors(shop.forList("category:/women/tops/"))).toMatchObject({ A: 1.5, B: 1, C: 1 });
    expect(shop.forList("category:women/tops").considered).toMatchObject([
      { id: above, isApplied: true, reason: "its ranking is inherited from the category women" },
    ]);
    expect(shop.forList("category:womenswear").arrangement).toBeUndefined();
    const own = shop.publish("category-rule", { category: "women/tops", ...ranking("most-purchased") });
    expect(factors(shop.forList("category:women/tops"))).toMatchObject({ A: 1, B: 1.5, C: 1 });
    expect(factors(shop.forList("category:women/tops/tees"))).toMatchObject({ A: 1.5, B: 1 });
    shop.remove("category-rule", own);
    expect(factors(shop.forList("category:women/tops"))).toMatchObject({ A: 1.5, B: 1, C: 1 });
    shop.publish("category-rule", { category: "women/tops", ...boost("D") });
    expect(factors(shop.forList("category:women/tops"))).toMatchObject({ A: 1.5, C: 1, D: 4 });
  });

  it("obeys rules for all lists after its own, and no rule for searches", () => {
    const shop = shopOf({ signals });
    const general = shop.publish("search-rule", { lists: "all", ...ranking("most-purchased"), ...boost("C") });
    shop.publish("search-rule", boost("E"));
    const own = shop.publish("category-rule", { category: "gear", ...ranking("most-viewed") });
    expect(applied(shop, "category:gear")).toEqual([own, general]);
    expect(factors(shop.forList("category:gear"))).toEqual({ A: 1.5, B: 1, C: 4, D: 1, E: 1 });
  });

  it("may be made of products that fit a condition, as they are now", () => {
    const shop = createMerchandisingShop([
      aProduct("A", { finalPrice: { minor: 1_000, currency: "EUR" } }),
      aProduct("B", { finalPrice: { minor: 9_000, currency: "EUR" } }),
    ]);
    const cheap = { attribute: { path: "product.final_price", op: "lt", value: { minor: 5_000, currency: "EUR" } } };
    shop.publish("dynamic-category", { category: "sale/cheap", name: "Cheap", where: cheap });
    expect([...(shop.forList("category:sale/cheap").members ?? [])]).toEqual(["A"]);
    shop.catalog.apply({
      upserted: [aProduct("B", { finalPrice: { minor: 900, currency: "EUR" } })],
      deleted: ["A"],
    });
    expect([...(shop.forList("category:sale/cheap").members ?? [])]).toEqual(["B"]);
    expect(shop.forList("category:sale").members).toBeUndefined();
    expect(shop.merchandising.dynamicCategories("default")).toEqual([{ category: "sale/cheap", name: "Cheap" }]);
  });
});

describe("A preview", () => {
  it("shows a rule as it is edited, before all but an exact one, whatever its dates and theirs", () => {
    const shop = shopOf();
    const now = shop.clock.now();
    shop.publish("search-rule", { query: is("red shoe"), ...boost("B") }, { id: "exact" });
    shop.publish("search-rule", { ...boost("A"), priority: 9 }, { id: "edited", fromMs: now + 5, name: "Mine" });
    shop.publish("search-rule", boost("C"), { id: "over", toMs: now - 5 });
    const draft = { kind: "search-rule", id: "edited", body: { events: [{ action: "bury", sku: "A" }] } };
    expect(applied(shop, "red shoe")).toEqual(["exact"]);
    expect(applied(shop, "red shoe", {}, { preview: { draft } })).toEqual(["exact", "edited", "over"]);
    expect(applied(shop, "red shoe", {}, { preview: { draft, asOf: now } })).toEqual(["exact", "edited"]);
    expect(factors(shop.forList("hat", {}, { preview: { draft } }))).toMatchObject({ A: 0.1, C: 4 });
    expect(applied(shop, "hat", {}, { preview: { asOf: now + 5 } })).toEqual(["edited"]);
    expect(factors(shop.forList("hat"))).toEqual({});
  });

  it("refuses a draft that its kind would not save, with all faults", () => {
    const shop = shopOf();
    const body = { events: [{ action: "explode", sku: "A" }], priority: -1 };
    expect(() => shop.forList("x", {}, { preview: { draft: { kind: "search-rule", id: "n", body } } })).toThrow(
      expect.objectContaining({ code: "merchandising.badDraft" }),
    );
    const halfDone = { events: [{ action: "boost" }, { action: "pin", sku: "A" }] };
    expect(() =>
      shop.forList("x", {}, { preview: { draft: { kind: "search-rule", id: "n", body: halfDone } } }),
    ).toThrow(
      expect.objectContaining({
        code: "merchandising.badDraft",
        details: [
          expect.objectContaining({ path: "/body/events/0" }),
          expect.objectContaining({ path: "/body/events/1/position" }),
        ],
      }),
    );
    expect(() => shop.forList("x", {}, { preview: { draft: { kind: "audience", id: "n", body: {} } } })).toThrow(
      expect.objectContaining({ code: "merchandising.badDraft" }),
    );
  });

  it("can do without rules", () => {
    const shop = shopOf();
    shop.publish("search-rule", boost("A"));
    shop.publish("redirect", { query: is("x"), url: "/x" });
    const list = shop.forList("x", {}, { preview: { isRulesOff: true } });
    expect(list).toMatchObject({ arrangement: undefined, redirect: null, considered: [] });
  });
});
