import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAudienceRules } from "../../audiences/index.ts";
import { createCatalogMemory } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { aProduct } from "../../testing/a-product.ts";
import { type CartRuleBody, createCartRules } from "../cart-rules/index.ts";
import { addOrder, createTally, type Outcome } from "../simulation/add-up.ts";
import type { ReplayStart } from "../simulation/simulation-job.ts";
import { cartOutcome } from "./judge-cart.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const skus = ["bag", "tent", "mug"];

function liveOf(key: string, body: object): LiveDefinition<CartRuleBody> {
  return {
    ...{ id: key, kind: "cart-price-rule", key, name: key, version: 1, updatedAt: 0, scope: { storeViews: null } },
    ...{ schedule: null, window: { fromMs: null, toMs: null }, body: body as CartRuleBody },
  };
}

const catalog = createCatalogMemory();
catalog.apply({
  version: 1,
  upserted: skus.map((sku, at) =>
    aProduct(sku, { price: usd(1_000), finalPrice: usd(1_000), ...(at < 2 ? { attributes: { cost: "8" } } : {}) }),
  ),
});
const rules = createAudienceRules({ catalog, config: { timezone: "UTC" } });
const isSku = (value: string) => ({ attribute: { path: "item.sku", op: "eq", value } });

const percent = (share: number, more: object) => ({ action: { type: "percent", percent: String(share) }, ...more });
const body = fc.oneof(
  fc
    .record({ share: fc.integer({ min: 1, max: 60 }), priority: fc.integer({ min: 1, max: 3 }), stop: fc.boolean() })
    .map(({ share, priority, stop }) => percent(share, { priority, stop })),
  fc
    .record({
      share: fc.integer({ min: 1, max: 60 }),
      priority: fc.integer({ min: 1, max: 3 }),
      sku: fc.constantFrom(...skus),
    })
    .map(({ share, priority, sku }) => percent(share, { priority, targets: isSku(sku) })),
);
const cart = fc
  .array(
    fc.record({
      sku: fc.constantFrom(...skus),
      qty: fc.integer({ min: 1, max: 5 }),
      price: fc.integer({ min: 1, max: 5_000 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((lines) => ({
    currency: "USD",
    lines: lines.map(({ sku, qty, price }, at) => ({
      ...{ id: String(at + 1), sku, qty: BigInt(qty) * 1_000_000n, price: BigInt(price) * 1_000_000n },
    })),
  }));

describe("what is kept of carts", () => {
  it("comes to what a simulation of the same carts adds up", async () => {
    await fc.assert(
      fc.asyncProperty(
        ...[fc.array(body, { minLength: 1, maxLength: 4 }), fc.array(body, { minLength: 1, maxLength: 2 })],
        fc.array(cart, { minLength: 1, maxLength: 4 }),
        async (bodies, changes, carts) => {
          const live = bodies.map((each, at) => liveOf(`rule-${at}`, each));
          const changed = changes.map((each, at) => liveOf(`rule-${at * 3}`, each));
          const cartRules = createCartRules({ live: () => live, rules, rateOf: undefined, websiteOf: () => "base" });
          const beside = cartRules.beside({ rules: changed, removed: ["rule-1"] });
          const draft = [
            ...live.filter(({ key }) => key !== "rule-1" && !changed.some((each) => each.key === key)),
            ...changed,
          ];
          const keys = changed.map(({ key }) => key);
          const start = { live, draft, changed: keys, currency: "USD", marginFloor: 0.1 };
          // What adding up reads of it.
          const tally = createTally(start as unknown as ReplayStart);
          const asPublished = createCartRules({ live: () => draft, rules, rateOf: undefined, websiteOf: () => "base" });
          const sums = { subtotal: 0, live: 0, draft: 0, changed: 0, marginLive: 0, marginDraft: 0, costed: 0, low: 0 };
          const applied = new Map<string, number>();
          for (const each of carts) {
            const shopper = {
              profileId: null,
              customerId: null,
              customerGroup: "general",
              storeView: "default",
              subject: {},
            };
            const call = { cart: each, couponCodes: [], shopper, nowMs: 0 };
            const judged = await cartRules.judge(call);
            const outcome: Outcome = { live: judged.evaluation, draft: cartRules.judgeBy(call, beside(call, judged)) };
            // The rules beside the live ones are the draft as if it were published.
            const { units, total } = await asPublished.evaluate(call);
            expect({ units: outcome.draft.units, total: outcome.draft.total }).toEqual({ units, total });
            addOrder(tally, outcome);
            const kept = cartOutcome(outcome, { changed: new Set(keys), currency: "USD", marginFloor: 0.1 });
            sums.subtotal += kept.subtotal;
            sums.live += kept.given.live;
            sums.draft += kept.given.draft;
            sums.changed += kept.isChanged ? 1 : 0;
            sums.marginLive += kept.margins?.margin.live ?? 0;
            sums.marginDraft += kept.margins?.margin.draft ?? 0;
            sums.costed += kept.margins?.costedSubtotal ?? 0;
            sums.low += kept.margins?.isBelow.draft ? 1 : 0;
            for (const rule of kept.rules)
              if (rule.outcome.draft === "applied") applied.set(rule.key, (applied.get(rule.key) ?? 0) + 1);
          }
          const totals = tally.totals.get("USD");
          expect(sums).toEqual({
            ...{ subtotal: totals?.subtotal, live: totals?.discount.live, draft: totals?.discount.draft },
            ...{ changed: totals?.changed, marginLive: totals?.margin.live, marginDraft: totals?.margin.draft },
            ...{ costed: totals?.costedSubtotal, low: totals?.belowFloor.draft },
          });
          for (const [key, { orders }] of tally.rules)
            expect([key, applied.get(key) ?? 0]).toEqual([key, orders.draft]);
        },
      ),
      { numRuns: 150 },
    );
  });
});
