import { describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import { aProduct, createTestCatalog, dollars } from "../search-fixture.ts";
import { keepIndex } from "./keep-index.ts";

const words = ["bag", "belt", "boot", "cap", "coat", "glove", "hat", "scarf", "shirt", "tee"];
const products = Array.from({ length: 900 }, (_, at) =>
  aProduct({
    sku: `P${at}`,
    name: `${words[at % 10]} ${words[(at * 7) % 9]}`,
    brand: `brand${at % 13}`,
    finalPrice: dollars(at),
    attributes: { color: at % 3 === 0 ? "Red" : "Blue" },
  }),
);

function keeperOver(catalog: ReturnType<typeof createTestCatalog>, workerAbove: number) {
  return keepIndex({ catalog, locale: "en", clock: createFixedClock(0), logger: createLogger("silent"), workerAbove });
}

describe("an index that is built in a thread of its own", () => {
  it("is the same as one that is built between requests", async () => {
    const catalog = createTestCatalog();
    catalog.apply({ upserted: products });
    const [apart, here] = [keeperOver(catalog, 0), keeperOver(catalog, 1e9)];
    await Promise.all([apart.settled(), here.settled()]);
    expect(apart.index().statistics()).toEqual(here.index().statistics());
    for (const word of [...words, "brand7", "p11"])
      expect([word, apart.index().documentCount(word)]).toEqual([word, here.index().documentCount(word)]);
    expect(
      apart
        .index()
        .segments()
        .flatMap(({ skus }) => skus),
    ).toEqual(products.map(({ sku }) => sku));
    for (const { sku } of products) expect(apart.index().has(sku)).toBe(true);
    expect(apart.index().values.state()).toEqual(here.index().values.state());
    apart.close();
    here.close();
  });

  it("holds what changed while it was built", async () => {
    const catalog = createTestCatalog();
    catalog.apply({ upserted: products });
    const keeper = keeperOver(catalog, 0);
    catalog.apply({ upserted: [aProduct({ sku: "P5", name: "umbrella" })], deleted: ["P6"] });
    await keeper.settled();
    const index = keeper.index();
    expect(index.documentCount("umbrella")).toBe(1);
    expect([index.has("P5"), index.has("P6"), index.statistics().size]).toEqual([true, false, 899]);
    keeper.close();
  });

  it("is given up when the keeper closes", async () => {
    const catalog = createTestCatalog();
    catalog.apply({ upserted: products });
    const keeper = keeperOver(catalog, 0);
    keeper.close();
    await keeper.settled();
    expect(keeper.index().statistics().size).toBe(0);
  });
});
