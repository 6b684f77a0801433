import fc from "fast-check";
import { expect, it } from "vitest";
import { createAudienceRules } from "../audiences/index.ts";
import type { CatalogProduct, ProductPrices } from "../catalog/index.ts";
import { createFixedClock, type JsonValue } from "../kernel/index.ts";
import { createTestCatalog } from "../search/search-fixture.ts";
import { aProduct } from "../testing/a-product.ts";
import { createProductSets, type Quantifier } from "./product-sets.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const cheap: JsonValue = { attribute: { path: "product.final_price", op: "lt", value: usd(500) } };
const poor: JsonValue = { attribute: { path: "product.margin", op: "lt", value: "0.5" } };
const red: JsonValue = { attribute: { path: "product.color", op: "eq", value: "red" } };

/** Half price for brand A, for who has these prices. */
const halfForA: ProductPrices = {
  finalPriceOf: ({ brand, finalPrice }) =>
    finalPrice && brand === "A" ? usd(Math.floor(finalPrice.minor / 2)) : finalPrice,
};

function setUp(products: readonly CatalogProduct[]) {
  const catalog = createTestCatalog();
  catalog.apply({ upserted: products });
  const rules = createAudienceRules({ catalog, config: { timezone: "UTC" } });
  const judged: string[] = [];
  const sets = createProductSets({
    catalog,
    rules: {
      compile: rules.compile,
      productOf: (sku, prices) => {
        if (prices) judged.push(sku);
        return rules.productOf(sku, prices);
      },
    },
    clock: createFixedClock(0),
  });
  return { catalog, sets, judged };
}

const priceArbitrary = fc.constantFrom(300, 499, 500, 800, 999, 1_000, 2_000);
const productArbitrary = fc.record({
  sku: fc.constantFrom(...Array.from({ length: 12 }, (_, at) => `S${at}`)),
  minor: priceArbitrary,
  brand: fc.constantFrom("A", "B"),
  variants: fc.array(fc.record({ minor: priceArbitrary, brand: fc.constantFrom("A", "B") }), { maxLength: 2 }),
  isShown: fc.boolean(),
});
type Given = typeof productArbitrary extends fc.Arbitrary<infer T> ? T : never;
const productsOf = ({ sku, minor, brand, variants, isShown }: Given): readonly CatalogProduct[] => {
  const parts = variants.map((each, at) =>
    aProduct(`${sku}-${at}`, {
      ...{ type: "variant", parentSku: sku, brand: each.brand },
      ...{ price: usd(each.minor), finalPrice: usd(each.minor), attributes: { cost: 3 } },
    }),
  );
  const parent = aProduct(sku, {
    ...{ brand, price: usd(minor), finalPrice: usd(minor), attributes: { cost: 3 } },
    ...{ variants: parts.map((part) => part.sku), visibility: isShown ? "both" : "none" },
    ...(parts.length > 0 ? { type: "configurable" } : {}),
  });
  return [...parts, parent];
};

it("is what a look at every product at those prices finds, through changes of the catalog", () => {
  const change = fc.record({
    upserted: fc.array(productArbitrary, { maxLength: 4 }),
    deleted: fc.subarray(["S0", "S5"]),
  });
  fc.assert(
    fc.property(fc.array(productArbitrary, { maxLength: 12 }), fc.array(change, { maxLength: 4 }), (first, changes) => {
      const { catalog, sets } = setUp(first.flatMap(productsOf));
      const compare = () => {
        for (const quantifier of ["some", "every"] as const satisfies readonly Quantifier[]) {
          for (const where of [cheap, poor]) {
            const found = [...sets.setOf(where, quantifier, 0, halfForA)].sort();
            expect(found).toEqual([...sets.passOver(where, quantifier, 0, halfForA)].sort());
          }
        }
      };
      compare();
      for (const { upserted, deleted } of changes) {
        catalog.apply({ upserted: upserted.flatMap(productsOf), deleted });
        compare();
      }
      sets.close();
    }),
    { numRuns: 60 },
  );
});

it("differs from the set at the catalog's own prices, and leaves that as it is", () => {
  const { sets, judged } = setUp([
    aProduct("a", { brand: "A", price: usd(800), finalPrice: usd(800) }),
    aProduct("b", { brand: "B", price: usd(800), finalPrice: usd(800) }),
  ]);
  expect([...sets.setOf(cheap, "some", 0, halfForA)]).toEqual(["a"]);
  expect([...sets.setOf(cheap, "some", 0)]).toEqual([]);
  // Who costs the same is not judged again.
  expect(judged).toEqual(expect.arrayContaining(["a"]));
  expect(judged).not.toContain("b");
  sets.close();
});

it("is the same set for a condition that does not ask for a price", () => {
  const { sets } = setUp([aProduct("a", { brand: "A", attributes: { color: "red" } })]);
  expect(sets.setOf(red, "some", 0, halfForA)).toBe(sets.setOf(red, "some", 0));
  sets.close();
});

it("is prepared for prices that are about to come into effect", async () => {
  const { sets, judged } = setUp(
    Array.from({ length: 2_500 }, (_, at) => aProduct(`S${at}`, { brand: "A", price: usd(800), finalPrice: usd(800) })),
  );
  sets.follow([{ where: cheap, quantifier: "some" }]);
  expect(sets.isSteady(cheap, "some", halfForA)).toBe(false);
  await sets.prepare(halfForA);
  expect(sets.isSteady(cheap, "some", halfForA)).toBe(true);
  judged.length = 0;
  expect(sets.setOf(cheap, "some", 0, halfForA).size).toBe(2_500);
  expect(judged).toEqual([]);
  sets.close();
});
