import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct, CustomOption } from "../../catalog/index.ts";
import type { Money } from "../../kernel/index.ts";
import { aProduct } from "../../testing/a-product.ts";
import type { CatalogRuleBody } from "./catalog-rule.ts";
import { aRule, aShop, dayMs, inCategory, noon, usd } from "./shop-fixture.ts";

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
const optionPrice = fc.option(
  fc.oneof(
    fc.tuple(fc.nat(900), fc.constantFrom("USD", "EUR")).map(([minor, currency]) => ({ amount: { minor, currency } })),
    fc.constantFrom("0", "10", "33.3333", "0.5", "150").map((percent) => ({ percent })),
  ),
  { nil: undefined },
);
const priced = optionPrice.map((price) => (price ? { price } : {}));
const optionArbitrary: fc.Arbitrary<CustomOption> = fc
  .tuple(fc.boolean(), priced, fc.option(fc.array(priced, { minLength: 1, maxLength: 3 })))
  .map(([isRequired, price, values]) => ({
    ...{ title: "Gift wrap", type: values ? "drop_down" : "field", isRequired, ...price },
    ...(values ? { values: values.map((each, at) => ({ title: `v${at}`, ...each })) } : {}),
  }));

/** The contract read word by word: the cheapest choice of each required option, of what the product costs without them. */
function naiveFinal(lowest: number, currency: string, options: readonly CustomOption[]): number {
  let sum = lowest;
  for (const { isRequired, price, values } of options) {
    if (!isRequired) continue;
    const costs = (values ?? [{ price }]).flatMap((each): number[] => {
      if (!each.price) return [0];
      if ("amount" in each.price) return each.price.amount.currency === currency ? [each.price.amount.minor] : [];
      const [whole = "0", places = ""] = each.price.percent.split(".");
      const share = BigInt(whole + places.padEnd(4, "0"));
      return [Number((BigInt(lowest) * share * 2n + 1_000_000n) / 2_000_000n)];
    });
    if (costs.length > 0) sum += Math.min(...costs);
  }
  return sum;
}

const productArbitrary = fc
  .record({
    price: fc.integer({ min: 0, max: 5_000 }),
    currency: fc.constantFrom("USD", "EUR"),
    special: fc.option(fc.nat(5_000)),
    specialFrom: fc.constantFrom(null, "2026-03-10", "2026-03-11"),
    tier: fc.option(fc.record({ qty: fc.constantFrom(1, 3), group: fc.constantFrom(...groups), minor: fc.nat(5_000) })),
    categories: fc.subarray(categories),
    color: fc.constantFrom("red", "blue"),
    options: fc.array(optionArbitrary, { maxLength: 3 }),
  })
  .map(({ price, currency, special, specialFrom, tier, color, options, ...rest }): Omit<CatalogProduct, "sku"> => {
    const money = (minor: number): Money => ({ minor, currency });
    const isOn = specialFrom !== "2026-03-11";
    return aProduct("", {
      ...rest,
      attributes: { color },
      price: money(price),
      specialPrice: special === null ? null : money(special),
      ...(special === null ? {} : { specialDays: { from: specialFrom, to: null } }),
      ...(tier ? { tierPrices: [{ qty: tier.qty, group: tier.group, price: money(tier.minor) }] } : {}),
      ...(options.length > 0 ? { customOptions: options } : {}),
      finalPrice: money(naiveFinal(special !== null && isOn ? Math.min(special, price) : price, currency, options)),
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
        fc.array(optionArbitrary, { maxLength: 2 }),
        async (rules, before, after, gone, options) => {
          const parent = aProduct("parent", {
            ...{ type: "configurable", variants: ["p0", "p1"] },
            ...(options.length > 0 ? { customOptions: options } : {}),
          });
          const named = [parent, ...before.map((product, at) => ({ ...product, sku: `p${at}` }))];
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
                    const slow = shop.prices.explain(product.sku, asker)?.price;
                    expect(list ? list.finalPriceOf(product) : product.finalPrice).toEqual(slow?.finalPrice ?? null);
                    if (!slow || product === shop.memory.current().get("parent")) continue;
                    const lowest = [slow.list, slow.tier, slow.special, slow.rulePrice].flatMap(
                      (each) => each?.minor ?? [],
                    );
                    const { minor, currency } = slow.finalPrice;
                    expect(minor).toBe(naiveFinal(Math.min(...lowest), currency, product.customOptions ?? []));
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
