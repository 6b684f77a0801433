import { describe, expect, it } from "vitest";
import { pricesOfMany } from "../../catalog/index.ts";
import { aProduct } from "../../testing/a-product.ts";
import { aRule, aShop, inCategory, usd } from "./shop-fixture.ts";

const products = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    aProduct(`p${at}`, { price: usd(1_000), finalPrice: usd(1_000), categories: [at % 2 === 0 ? "a" : "b"] }),
  );
const rules = [
  aRule({ body: { conditions: inCategory("a"), action: { type: "by_percent", percent: "50" } } }),
  aRule({ body: { priority: 1, conditions: inCategory("a"), action: { type: "by_fixed", amounts: [usd(100)] } } }),
];

describe("prices while all products are judged for the first time", () => {
  it("are those of the rules at once, product by product, and the same ones afterwards", async () => {
    const shop = aShop(products(30_000), rules);
    const started = shop.prices.start();
    expect(shop.prices.state()).toBe("computing");
    const early = products(40).map(({ sku }) => shop.priceOf(sku));
    expect(early.slice(0, 2)).toEqual([400, 1_000]);
    expect(shop.prices.explain("p0", { storeView: "default" }, 1, "reaching")?.price.finalPrice).toEqual(usd(400));
    expect(shop.prices.firedRules({ storeView: "default" }, ["p0"])).toHaveLength(2);
    await started;
    await shop.prices.settled();
    expect(shop.prices.state()).toBe("ready");
    expect(products(40).map(({ sku }) => shop.priceOf(sku))).toEqual(early);
  });

  it("are not for whoever goes through all products", async () => {
    const shop = aShop(products(30_000), rules);
    const started = shop.prices.start();
    const early = shop.prices.pricesFor({ storeView: "default" });
    expect(early).toBeDefined();
    expect(pricesOfMany(early)).toBeUndefined();
    await started;
    await shop.prices.settled();
    const late = shop.prices.pricesFor({ storeView: "default" });
    expect(pricesOfMany(late)).toBe(late);
    expect(late).toBeDefined();
  });

  it("follow a product that changes meanwhile", async () => {
    const shop = aShop(products(30_000), rules);
    const started = shop.prices.start();
    expect(shop.priceOf("p0")).toBe(400);
    shop.apply({ upserted: [aProduct("p0", { price: usd(1_000), finalPrice: usd(1_000), categories: ["b"] })] });
    expect(shop.priceOf("p0")).toBe(1_000);
    await started;
    await shop.prices.settled();
    expect(shop.priceOf("p0")).toBe(1_000);
  });
});
