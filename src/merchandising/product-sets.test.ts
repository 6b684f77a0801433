import { setImmediate as tick } from "node:timers/promises";
import { expect, it } from "vitest";
import { createAudienceRules } from "../audiences/index.ts";
import { createFixedClock } from "../kernel/index.ts";
import { createTestCatalog } from "../search/search-fixture.ts";
import { aProduct } from "../testing/a-product.ts";
import { createProductSets } from "./product-sets.ts";

const heavy = { attribute: { path: "product.weight", op: "gte", value: 5 } };
const weighs = (sku: string, weight: number) => aProduct(sku, { attributes: { weight } });

function setUp(products: number) {
  const catalog = createTestCatalog();
  catalog.apply({ upserted: Array.from({ length: products }, (_, at) => weighs(`S${at}`, at % 10)) });
  const rules = createAudienceRules({ catalog, config: { timezone: "UTC" } });
  let looked = 0;
  const sets = createProductSets({
    catalog,
    rules: {
      compile: rules.compile,
      productOf: (sku) => {
        looked += 1;
        return rules.productOf(sku);
      },
    },
    clock: createFixedClock(0),
  });
  const expected = () =>
    [...catalog.current().products.values()]
      .filter(({ attributes }) => Number(attributes["weight"]) >= 5)
      .map(({ sku }) => sku);
  return { catalog, sets, expected, looked: () => looked };
}

it("makes the set of a condition a little at a time, so that a request finds it made", async () => {
  const { sets, expected, looked } = setUp(2_500);
  sets.follow([{ where: heavy, quantifier: "some" }]);
  expect(looked()).toBe(0);
  for (let steps = 0; !sets.isSteady(heavy, "some") && steps < 50; steps += 1) await tick();
  const before = looked();
  expect([...sets.setOf(heavy, "some", 0)].sort()).toEqual(expected().sort());
  expect(looked()).toBe(before);
  sets.close();
});

it("keeps what the catalog changes while a set is being made, and finishes it for a request that comes before", async () => {
  const { catalog, sets, expected } = setUp(2_500);
  sets.follow([{ where: heavy, quantifier: "some" }]);
  await tick();
  expect(sets.isSteady(heavy, "some")).toBe(false);
  catalog.apply({
    upserted: [weighs("S0", 9), weighs("S5", 0), weighs("S2400", 9), weighs("S2405", 0), weighs("new", 7)],
    deleted: ["S6", "S2406"],
  });
  expect([...sets.setOf(heavy, "some", 0)].sort()).toEqual(expected().sort());
  sets.close();
});

it("makes sets anew when the attributes of the shop change", () => {
  const { catalog, sets, expected } = setUp(30);
  expect(sets.setOf(heavy, "some", 0).size).toBe(15);
  catalog.apply({ upserted: [weighs("S0", 9)], categories: [] });
  expect([...sets.setOf(heavy, "some", 0)].sort()).toEqual(expected().sort());
  sets.close();
});
