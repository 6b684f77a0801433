import { expect, it } from "vitest";
import { createAudienceRules } from "../../audiences/index.ts";
import { createCatalogMemory } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import { createLiveRules } from "./live-rules.ts";

const ofBrand = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });

function definition(at: number, version: number, brand: string): LiveDefinition<CartRuleBody> {
  return {
    ...{ id: `id-${at}`, kind: "cart-price-rule", key: `rule-${at}`, name: `Rule ${at}`, version, updatedAt: 0 },
    ...{ scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null } },
    body: { priority: at, action: { type: "percent", percent: "5" }, targets: ofBrand(brand) },
  };
}

/** Live rules whose compilations are counted; `live.now` is what is published. */
function counted() {
  const rules = createAudienceRules({ catalog: createCatalogMemory(), config: { timezone: "UTC" } });
  const live = { now: [] as readonly LiveDefinition<CartRuleBody>[], compiled: 0 };
  const index = createLiveRules(
    {
      attributes: rules.attributes,
      read: (rule, options) => {
        live.compiled += 1;
        return rules.read(rule, options);
      },
    },
    () => live.now,
  );
  return { live, index };
}

it("compiles once what several rules say, and anew what an edit says anew", async () => {
  const { live, index } = counted();
  live.now = [definition(1, 1, "Luma"), definition(2, 1, "Luma"), definition(3, 1, "Acme")];
  await index.warm();
  expect(live.compiled).toBe(2);
  const [first, second, third] = [...index().byKey.values()];
  expect(first?.targets).toBe(second?.targets);
  expect(first?.targets).not.toBe(third?.targets);
  live.now = [definition(1, 2, "Nova"), ...live.now.slice(1)];
  await index.warm();
  expect(live.compiled).toBe(3);
  const bag = { product: { brand: "Nova" } };
  const holds = index().byKey.get("rule-1")?.targets?.rule.test(bag, 0);
  expect([holds, index().byKey.get("rule-2")?.targets?.rule.test(bag, 0)]).toEqual([true, false]);
});

it("forgets what rules of before said, however often they are edited", async () => {
  const { live, index } = counted();
  for (let version = 1; version <= 1_100; version += 1) {
    live.now = [definition(1, version, `Brand ${version}`)];
    await index.warm();
  }
  expect(live.compiled).toBe(1_100);
  // The first brand is compiled again: its tree has gone with the rules that named it.
  live.now = [definition(1, 1_101, "Brand 1")];
  await index.warm();
  expect(live.compiled).toBe(1_101);
});
