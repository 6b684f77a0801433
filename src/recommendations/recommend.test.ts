import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CatalogProduct, type CatalogSnapshot, createCatalogMemory } from "../catalog/index.ts";
import { emptyState, type ProfileState } from "../profiles/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { createCategoryRankings } from "./category-rankings.ts";
import { createNextItems, type LearnedSession } from "./learners/index.ts";
import {
  buildModel,
  type CountedTogether,
  emptyModel,
  learnTogether,
  nothingTogether,
  type RecommendationModel,
} from "./model.ts";
import { noChanges } from "./product-changes.ts";
import { type RecommendRequest, recommend } from "./recommend.ts";
import { createSimilarProducts } from "./similar-products.ts";
import type { ProductCounts } from "./store.clickhouse.ts";
import { strategies, strategyFacts } from "./strategy.ts";
import { unitSettings } from "./unit.ts";

const now = Date.UTC(2026, 2, 20, 12);
const day = 86_400_000;

const catalogOf = (...products: readonly CatalogProduct[]): CatalogSnapshot => {
  const memory = createCatalogMemory();
  memory.apply({
    version: 1,
    upserted: products,
    categories: [{ path: "gear/bags", name: "Bags", urlKey: "bags", parentPath: "gear", position: 0, inMenu: true }],
  });
  return memory.current();
};
const bag = (sku: string, more: Partial<CatalogProduct> = {}) =>
  aProduct(sku, { name: `Bag ${sku}`, categories: ["gear/bags"], ...more });
const shirt = (sku: string, more: Partial<CatalogProduct> = {}) =>
  aProduct(sku, { name: `Shirt ${sku}`, categories: ["men/tops"], ...more });
const catalog = catalogOf(bag("b1"), bag("b2"), bag("b3"), shirt("s1"), shirt("s2"), shirt("s3"));

const countsOf = (sku: string, viewSessions: number): ProductCounts => ({
  sku,
  popularity: viewSessions,
  viewSessions,
  cartSessions: 0,
  orders: 0,
  viewAndCartSessions: 0,
  viewAndBuySessions: 0,
});
const modelOf = (
  views: Readonly<Record<string, number>>,
  { sessions = [], ...together }: Partial<CountedTogether> & { readonly sessions?: readonly LearnedSession[] } = {},
  changes = noChanges,
): RecommendationModel =>
  buildModel(
    {
      nowMs: now,
      overview: {
        events: 1_000,
        views: 1_000,
        sessions: 1_000,
        orders: 12,
        firstEventAt: now - 60 * day,
        lastReceivedAt: now,
      },
      products: Object.entries(views).map(([sku, sessions]) => countsOf(sku, sessions)),
      trends: { counts: [], weekdayFactor: 1 },
    },
    learnTogether({ ...nothingTogether, ...together }),
    { next: createNextItems(sessions), changes },
  );
const popular = modelOf({ s1: 90, s2: 80, b1: 70, s3: 60, b2: 50, b3: 40 });

type Ask = Partial<Omit<RecommendRequest, "unit">> & {
  readonly strategy: string;
  readonly limit?: number;
  readonly fallback?: boolean;
  readonly excludePurchased?: boolean;
  readonly category?: string;
};
const ask = (
  { strategy, limit = 5, fallback = true, excludePurchased = false, category, ...request }: Ask,
  model = popular,
  snapshot = catalog,
) =>
  recommend(
    {
      unit: unitSettings({ strategy, limit, fallback, excludePurchased, ...(category ? { category } : {}) }),
      profile: null,
      items: [],
      cart: null,
      categoryPath: null,
      seen: new Set(),
      nowMs: now,
      ...request,
    },
    { model, catalog: snapshot, similar: createSimilarProducts(), categoryRankings: createCategoryRankings() },
  );
const skusOf = (answer: ReturnType<typeof ask>) => answer.items.map((item) => item.sku);
const shopper = (more: Partial<ProfileState>): ProfileState => ({ ...emptyState(now), ...more });
const viewed = (...skus: readonly string[]) => skus.map((sku, back) => ({ sku, at: now - back * 1_000, count: 1 }));

describe("a recommendation", () => {
  it("follows the views of the visitor and says so", () => {
    const model = modelOf(
      { s1: 90, s2: 80, s3: 70, b1: 5, b2: 5, b3: 5 },
      {
        sessions: [
          ...Array.from({ length: 20 }, () => ({ items: ["s1", "s2"], hasPurchase: false })),
          ...Array.from({ length: 5 }, () => ({ items: ["b1", "b2"], hasPurchase: false })),
        ],
      },
    );
    const stranger = ask({ strategy: "recommended-for-you" }, model);
    expect(skusOf(stranger)[0]).toBe("s1");
    expect(stranger.items[0]?.reasons[0]?.code).toBe("most_viewed");

    const visitor = shopper({
      viewed: viewed("b1", "b4", "b5"),
      affinity: { category: { "gear/bags": { s: 3, at: now }, gear: { s: 1.5, at: now } } },
    });
    const snapshot = catalogOf(...catalog.products.values(), bag("b4"), bag("b5"));
    const personal = ask({ strategy: "recommended-for-you", profile: visitor }, model, snapshot);
    expect(skusOf(personal)[0]).toBe("b2");
    expect(personal.items[0]?.reasons).toEqual([{ code: "because_viewed", text: "Because you viewed Bag b1" }]);
    expect(personal.items[1]).toMatchObject({ sku: "b3", reasons: [{ code: "taste", text: "Because you like Bags" }] });
    expect(skusOf(personal).slice(0, 2)).not.toContain("b1");
  });

  it("shows what goes with the product of the page, and fills up with similar ones", () => {
    const counted = {
      total: { n: 1_000, w: 1_000 },
      items: new Map([
        ["b1", { n: 50, w: 50 }],
        ["s3", { n: 50, w: 50 }],
      ]),
      pairs: [{ a: "b1", b: "s3", n: 30, w: 30 }],
    };
    const model = modelOf({ s1: 9 }, { viewed: counted, bought: counted });
    const answer = ask({ strategy: "viewed-also-viewed", items: ["b1"] }, model);
    expect(answer.items[0]).toMatchObject({
      sku: "s3",
      isFallback: false,
      reasons: [{ code: "viewed_together", text: "Often viewed with Bag b1" }],
    });
    expect(answer.items.slice(1, 3).map((item) => [item.sku, item.isFallback, item.reasons[0]?.code])).toEqual([
      ["b2", true, "similar"],
      ["b3", true, "similar"],
    ]);
    expect(skusOf(ask({ strategy: "bought-together", items: ["b1"], fallback: false }, model))).toEqual(["s3"]);
  });

  it("starts from the cart where the page names no product, with the shop's own links before likeness", () => {
    const snapshot = catalogOf(
      bag("b1", { crosssell: ["s2", "gone"], related: ["s1"] }),
      bag("b2"),
      shirt("s1"),
      shirt("s2"),
    );
    const cart = {
      cartId: null,
      items: [{ sku: "b1", qty: 1, lineTotal: { minor: 1, currency: "USD" } }],
      updatedAt: now,
    };
    const answer = ask({ strategy: "bought-together", cart }, popular, snapshot);
    expect(answer.items.slice(0, 2).map((item) => [item.sku, item.reasons[0]?.text])).toEqual([
      ["s2", "Goes well with Bag b1"],
      ["b2", "Similar to Bag b1"],
    ]);
    expect(answer.strategyUsed).toBe("linked-products");
    expect(skusOf(ask({ strategy: "viewed-also-viewed", items: ["b1"] }, popular, snapshot))[0]).toBe("s1");
  });

  it("says what a strategy still has to see", () => {
    const answer = ask({ strategy: "bought-together", items: ["b1"] });
    expect(answer.readiness).toEqual({ trained: false, reasons: ["12 of 100 orders"] });
    expect(answer.reasons).toContainEqual({ code: "not_trained", text: "bought-together has seen 12 of 100 orders" });
    expect(answer.strategyUsed).toBe("more-like-this");
    expect(answer.items).not.toEqual([]);
  });

  it("on a category page stays in the category and names it", () => {
    const answer = ask({ strategy: "most-viewed", categoryPath: "gear/bags" });
    expect(skusOf(answer)).toEqual(["b1", "b2", "b3"]);
    expect(answer.items[0]?.reasons[0]?.text).toBe("Popular in Bags this week");
    expect(skusOf(ask({ strategy: "recommended-for-you", category: "gear" }))).toEqual(
      expect.arrayContaining(["b1", "b2", "b3"]),
    );
    expect(skusOf(ask({ strategy: "recommended-for-you", category: "gear" }))).toHaveLength(3);
  });

  it("lists recently viewed products, newest first, without the one on the page, and may be empty", () => {
    const profile = shopper({ viewed: viewed("s2", "b1", "s1") });
    expect(skusOf(ask({ strategy: "recently-viewed", profile, items: ["b1"], fallback: false }))).toEqual(["s2", "s1"]);
    const nobody = ask({ strategy: "recently-viewed", fallback: false });
    expect(nobody.items).toEqual([]);
    expect(nobody.reasons.at(-1)?.code).toBe("empty");
  });

  it("leaves out the cart and, where asked, what was bought; a variant stands for its product", () => {
    const snapshot = catalogOf(
      bag("b1"),
      bag("b2"),
      bag("p", { type: "configurable", variants: ["p-1"] }),
      bag("p-1", { type: "variant", parentSku: "p", visibility: "none" }),
    );
    const line = { sku: "p-1", qty: 1, lineTotal: { minor: 100, currency: "USD" } };
    const inCart = shopper({ cart: { cartId: "c", items: [line], updatedAt: now } });
    expect(skusOf(ask({ strategy: "new-arrivals", profile: inCart }, popular, snapshot))).toEqual(["b1", "b2"]);
    const order = {
      orderId: "1",
      placedAt: now - day,
      status: "completed" as const,
      total: { minor: 1, currency: "USD" },
      refunded: { minor: 0, currency: "USD" },
      items: [{ ...line, sku: "b1" }],
      confirmedBy: "back_office" as const,
    };
    const bought = shopper({ orders: [order] });
    expect(
      skusOf(ask({ strategy: "new-arrivals", profile: bought, excludePurchased: true }, popular, snapshot)),
    ).toEqual(["b2", "p"]);
    expect(skusOf(ask({ strategy: "new-arrivals", profile: bought }, popular, snapshot))).toEqual(["b1", "b2", "p"]);
  });

  it("never repeats a product on a page", () => {
    const seen = new Set<string>();
    const first = skusOf(ask({ strategy: "most-viewed", limit: 2, seen }));
    const second = skusOf(ask({ strategy: "most-viewed", limit: 2, seen }));
    expect(first).toEqual(["s1", "s2"]);
    expect(second).toEqual(["b1", "s3"]);
  });

  it("works without a single event", () => {
    for (const strategy of strategies.filter((name) => strategyFacts[name].isFillable)) {
      const answer = ask({ strategy, items: ["b1"] }, emptyModel(now));
      expect([strategy, answer.items.length]).toEqual([strategy, 5]);
    }
  });

  it("shows only what may be shown, never twice, and fills every place that can be filled", () => {
    const product = fc.record({
      sku: fc.constantFrom(..."abcdefghij"),
      inStock: fc.boolean(),
      visibility: fc.constantFrom("both" as const, "none" as const),
      path: fc.constantFrom("x", "x/y", "z"),
    });
    const request = fc.record({
      strategy: fc.constantFrom(...strategies.filter((name) => strategyFacts[name].isFillable)),
      limit: fc.integer({ min: 1, max: 8 }),
      items: fc.subarray(["a", "b", "c"]),
      seen: fc.subarray(["d", "e", "f"]),
      cart: fc.subarray(["g", "h"]),
      history: fc.shuffledSubarray(["a", "c", "g", "i", "j"]),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(product, { selector: (one) => one.sku }),
        request,
        (products, { strategy, limit, items, seen, cart, history }) => {
          const snapshot = catalogOf(
            ...products.map((one) =>
              aProduct(one.sku, { inStock: one.inStock, visibility: one.visibility, categories: [one.path] }),
            ),
          );
          const lines = cart.map((sku) => ({ sku, qty: 1, lineTotal: { minor: 1, currency: "USD" } }));
          const profile = shopper({ viewed: viewed(...history) });
          const model = modelOf(
            { a: 5, b: 4, c: 3, g: 2, i: 1 },
            {
              sessions: [
                { items: ["a", "j"], hasPurchase: false },
                { items: ["c", "i", "gone"], hasPurchase: true },
              ],
            },
          );
          const answer = ask(
            {
              strategy,
              limit,
              items,
              seen: new Set(seen),
              profile,
              cart: { cartId: null, items: lines, updatedAt: now },
            },
            model,
            snapshot,
          );
          const eligible = products
            .filter(
              (one) =>
                one.inStock &&
                one.visibility === "both" &&
                ![...(strategy === "next" ? [] : items), ...seen, ...cart].includes(one.sku),
            )
            .map((one) => one.sku);
          const shown = skusOf(answer);
          expect(new Set(shown).size).toBe(shown.length);
          for (const sku of shown) expect(eligible).toContain(sku);
          expect(shown.length).toBe(Math.min(limit, eligible.length));
          for (const item of answer.items) expect(item.reasons.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
