import { describe, expect, it } from "vitest";
import { localDayOf } from "../../kernel/rules/index.ts";
import { readFixture } from "../../testing/rules/fixtures.ts";
import {
  type CatalogRuleCase,
  nowOfCase,
  productOfCase,
  rulesOfCase,
} from "../../testing/rules/translate-catalog-rule.ts";
import { foldCode } from "../fold-code.ts";
import { notLoggedIn } from "./catalog-rule.ts";
import { evaluatePrice } from "./evaluate-price.ts";

const cases = readFixture<readonly CatalogRuleCase[]>("promotions/catalog-rules.json");
if (!cases) console.warn("catalog price rules: skipped, promotions/catalog-rules.json is not there");

describe.skipIf(!cases)("the cases of catalog price rules", () => {
  it("are there", () => {
    expect(cases?.length).toBeGreaterThan(10);
  });

  it.each((cases ?? []).map((each) => [each.name, each] as const))("%s", (_, given) => {
    const nowMs = nowOfCase(given);
    const { context, product, expected } = given;
    const price = evaluatePrice({
      rules: rulesOfCase(given),
      product: productOfCase(given),
      facts: [{ ...product.attributes, sku: product.sku, price: { minor: product.price, currency: given.currency } }],
      context: {
        storeView: "default",
        website: foldCode(context.website),
        customerGroup: foldCode(context.customerGroup ?? notLoggedIn),
        nowMs,
        day: localDayOf(nowMs, context.timezone),
      },
      qty: Number(context.qty ?? 1),
      rateOf: () => undefined,
    });
    expect({
      rulePrice: price?.rulePrice?.minor ?? null,
      finalPrice: price?.finalPrice.minor,
      appliedRules: price?.outcomes.filter(({ isApplied }) => isApplied).map(({ rule }) => Number(rule.key)),
    }).toEqual(expected);
  });
});
