import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAudienceRules } from "../../audiences/index.ts";
import { type CatalogProduct, createCatalogMemory, withPrices } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { createFixedClock, createLogger, type Money } from "../../kernel/index.ts";
import { aProduct } from "../../testing/a-product.ts";
import type { CatalogRuleBody } from "./catalog-rule.ts";
import { createCatalogPrices, type PriceAsker } from "./create-catalog-prices.ts";

const usd = (minor: number): Money => ({ minor, currency: "USD" });
const noon = Date.parse("2026-03-10T12:00:00Z");
const dayMs = 86_400_000;

type Given = Omit<Partial<LiveDefinition<CatalogRuleBody>>, "body"> & { readonly body: Partial<CatalogRuleBody> };

let made = 0;
const tenOff = { type: "by_percent", percent: "10" } as const;

function aRule({ body, ...more }: Given): LiveDefinition<CatalogRuleBody> {
  made += 1;
  const id = String(made).padStart(8, "0");
  return {
    ...{ id, kind: "catalog-price-rule", key: `r${made}`, name: `Rule ${made}`, version: 1, updatedAt: 0 },
    ...{ scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null } },
    ...more,
    body: { priority: 0, action: tenOff, ...body },
  };
}

function inCategory(path: string) {
  return { attribute: { path: "product.category_ids", op: "contains", value: path } };
}

function follow<H>(handlers: H[]) {
  return (handler: H) => {
    handlers.push(handler);
    return () => undefined;
  };
}

/** A catalog, live rules, and the prices over both, without any engine. */
function aShop(products: readonly CatalogProduct[], rules: readonly LiveDefinition<CatalogRuleBody>[] = []) {
  const clock = createFixedClock(noon);
  const memory = createCatalogMemory();
  memory.apply({ version: 1, upserted: products });
  let live: readonly LiveDefinition<CatalogRuleBody>[] = rules;
  const handlers: ((kind: string) => void)[] = [];
  const catalogHandlers: ((change: ReturnType<typeof memory.apply>) => void)[] = [];
  const shopRules = createAudienceRules({ catalog: memory, config: { timezone: "UTC" } });
  const warmed: unknown[] = [];
  const prices = createCatalogPrices({
    catalog: { current: memory.current, onChange: follow(catalogHandlers) },
    definitions: {
      live: <B>() => live as unknown as readonly LiveDefinition<B>[],
      onChange: follow(handlers),
    },
    rules: shopRules,
    rateOf: (from, to) => (from === "USD" && to === "EUR" ? "0.9" : undefined),
    websiteOf: (storeView) => (storeView.startsWith("b2b") ? "b2b" : "base"),
    timezone: "UTC",
    clock,
    logger: createLogger("silent"),
    warm: async (list) => void warmed.push(list),
  });
  return {
    ...{ clock, memory, prices, warmed, shopRules },
    apply: (update: Omit<Parameters<typeof memory.apply>[0], "version">) => {
      const change = memory.apply({ ...update, version: memory.current().version + 1 });
      for (const handler of catalogHandlers) handler(change);
    },
    setRules: async (next: readonly LiveDefinition<CatalogRuleBody>[]) => {
      live = next;
      for (const handler of handlers) handler("catalog-price-rule");
      await prices.settled();
    },
    priceOf: (sku: string, asker: Partial<PriceAsker> = {}) =>
      withPrices(memory.current(), prices.pricesFor({ storeView: "default", ...asker })).get(sku)?.finalPrice?.minor,
  };
}

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

const categories = ["a", "a/b", "c"];
const groups = ["general", "wholesale", "vip"];
const ruleArbitrary = fc.record(
  {
    priority: fc.integer({ min: 0, max: 3 }),
    stop: fc.boolean(),
    customerGroups: fc.subarray(groups, { minLength: 1 }),
    websites: fc.subarray(["base", "b2b"], { minLength: 1 }),
    from: fc.constantFrom("2026-03-09", "2026-03-10", "2026-03-11"),
    to: fc.constantFrom("2026-03-10", "2026-03-11"),
    conditions: fc.oneof(
      fc.constantFrom(...categories).map(inCategory),
      fc.nat(3_000).map((minor) => ({ attribute: { path: "product.price", op: "gt", value: usd(minor) } })),
      fc
        .constantFrom("red", "blue")
        .map((value) => ({ not: { attribute: { path: "product.color", op: "eq", value } } })),
    ),
    action: fc.oneof(
      fc.record({
        type: fc.constantFrom("by_percent" as const, "to_percent" as const),
        percent: fc.constantFrom("5", "12.5", "33.3333", "100"),
      }),
      fc.record({
        type: fc.constantFrom("by_fixed" as const, "to_fixed" as const),
        amounts: fc.nat(2_500).map((minor) => [usd(minor)]),
      }),
    ),
  },
  { requiredKeys: ["priority", "action"] },
);
const productArbitrary = fc
  .record({
    price: fc.integer({ min: 0, max: 5_000 }),
    currency: fc.constantFrom("USD", "EUR"),
    special: fc.option(fc.nat(5_000)),
    specialFrom: fc.constantFrom(null, "2026-03-10", "2026-03-11"),
    tier: fc.option(fc.record({ qty: fc.constantFrom(1, 3), group: fc.constantFrom(...groups), minor: fc.nat(5_000) })),
    categories: fc.subarray(categories),
    color: fc.constantFrom("red", "blue"),
  })
  .map(({ price, currency, special, specialFrom, tier, color, ...rest }): Omit<CatalogProduct, "sku"> => {
    const money = (minor: number): Money => ({ minor, currency });
    const isOn = specialFrom !== "2026-03-11";
    return aProduct("", {
      ...rest,
      attributes: { color },
      price: money(price),
      specialPrice: special === null ? null : money(special),
      ...(special === null ? {} : { specialDays: { from: specialFrom, to: null } }),
      ...(tier ? { tierPrices: [{ qty: tier.qty, group: tier.group, price: money(tier.minor) }] } : {}),
      finalPrice: money(special !== null && isOn ? Math.min(special, price) : price),
    });
  });

describe("gathered prices", () => {
  it("equal the slow evaluation for every product, group, website and day, also after changes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(ruleArbitrary, { maxLength: 7 }),
        fc.array(productArbitrary, { minLength: 1, maxLength: 12 }),
        fc.array(productArbitrary, { maxLength: 4 }),
        fc.nat(12),
        async (rules, before, after, gone) => {
          const named = before.map((product, at) => ({ ...product, sku: `p${at}` }));
          const shop = aShop(
            named,
            rules.map((body) => aRule({ body: body as Partial<CatalogRuleBody> })),
          );
          await shop.prices.start();
          const check = () => {
            for (const storeView of ["default", "b2b"])
              for (const customerGroup of groups)
                for (const days of [-1, 0, 1]) {
                  const asker = { storeView, customerGroup, at: noon + days * dayMs };
                  const list = shop.prices.pricesFor(asker);
                  for (const product of shop.memory.current().products.values()) {
                    const slow = shop.prices.explain(product.sku, asker)?.price.finalPrice;
                    expect(list ? list.finalPriceOf(product) : product.finalPrice).toEqual(slow);
                  }
                }
          };
          check();
          shop.apply({
            upserted: after.map((product, at) => ({ ...product, sku: `p${at * 3}` })),
            deleted: [`p${gone}`],
          });
          check();
          await shop.setRules(rules.slice(1).map((body) => aRule({ body: body as Partial<CatalogRuleBody> })));
          check();
        },
      ),
      { numRuns: 150 },
    );
  });
});
