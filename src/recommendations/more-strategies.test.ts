import { describe, expect, it } from "vitest";
import { type CatalogProduct, createCatalogMemory } from "../catalog/index.ts";
import { emptyState, type Order, type ProfileState } from "../profiles/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { createCategoryRankings } from "./category-rankings.ts";
import { type CountedTogether, emptyModel, learnTogether, nothingTogether } from "./model.ts";
import { noChanges } from "./product-changes.ts";
import { recommend } from "./recommend.ts";
import { createSimilarProducts } from "./similar-products.ts";
import { type UnitBody, unitSettings } from "./unit.ts";

const now = Date.UTC(2026, 2, 20, 12);
const day = 86_400_000;
const usd = (minor: number) => ({ minor, currency: "USD" });
const tee = (sku: string, more: Partial<CatalogProduct> = {}) =>
  aProduct(sku, { categories: ["men/tops/tees"], price: usd(2_000), finalPrice: usd(2_000), ...more });
const catalogOf = (products: readonly CatalogProduct[]) => {
  const memory = createCatalogMemory();
  memory.apply({ version: 1, upserted: products });
  return memory.current();
};
const order = (placedAt: number, ...skus: readonly string[]): Order => ({
  orderId: `o-${placedAt}-${skus.join()}`,
  placedAt,
  status: "completed",
  total: usd(1),
  refunded: usd(0),
  items: skus.map((sku) => ({ sku, qty: 1, lineTotal: usd(1) })),
  confirmedBy: "back_office",
});
const shopper = (more: Partial<ProfileState>): ProfileState => ({ ...emptyState(now), ...more });
const pairs = (entries: readonly (readonly [string, string, number])[]) => ({
  total: { n: 1_000, w: 1_000 },
  items: new Map(entries.flatMap(([a, b]) => [[a, { n: 60, w: 60 }] as const, [b, { n: 60, w: 60 }] as const])),
  pairs: entries.flatMap(([a, b, n]) => [
    { a, b, n, w: n },
    { a: b, b: a, n, w: n },
  ]),
});

type Ask = {
  readonly products: readonly CatalogProduct[];
  readonly unit: Pick<UnitBody, "strategy"> & Partial<UnitBody>;
  readonly items?: readonly string[];
  readonly profile?: ProfileState;
  readonly together?: Partial<CountedTogether>;
  readonly changes?: typeof noChanges;
  readonly currentPrice?: { minor: number; currency: string };
};
const ask = ({ products, unit, items = [], profile, together = {}, changes = noChanges, currentPrice }: Ask) =>
  recommend(
    {
      unit: unitSettings({ limit: 10, ...unit }),
      items,
      profile: profile ?? null,
      cart: null,
      categoryPath: null,
      seen: new Set(),
      nowMs: now,
      currentPrice: currentPrice ?? null,
    },
    {
      model: { ...emptyModel(now), ...learnTogether({ ...nothingTogether, ...together }), changes },
      catalog: catalogOf(products),
      similar: createSimilarProducts(),
      categoryRankings: createCategoryRankings(),
    },
  );
const skusOf = (answer: ReturnType<typeof ask>) => answer.items.map(({ sku }) => sku);

describe("what a shopper bought", () => {
  const products = ["soap", "tea", "lamp"].map((sku) => aProduct(sku, { categories: [sku === "lamp" ? "y" : "x"] }));
  const gaps = [
    { sku: "soap", gaps: 40, p25Ms: 20 * day, p50Ms: 30 * day, p90Ms: 60 * day },
    { sku: "tea", gaps: 30, p25Ms: 5 * day, p50Ms: 10 * day, p90Ms: 15 * day },
  ];
  const profile = shopper({
    orders: [order(now - 30 * day, "soap", "lamp"), order(now - 20 * day, "tea"), order(now - 70 * day, "soap")],
  });

  it("is offered again by how often and how lately, what is due first", () => {
    const answer = ask({ products, unit: { strategy: "buy-again" }, profile, together: { repurchases: gaps } });
    expect(skusOf(answer)).toEqual(["soap", "tea", "lamp"]);
    expect(answer.items[0]?.reasons[0]?.code).toBe("due");
    expect(answer.items[2]?.reasons[0]?.code).toBe("bought_before");
  });

  it("is due between the 25th and the 90th percentile of the gaps, and nothing else fills the list", () => {
    const answer = ask({ products, unit: { strategy: "replenishment" }, profile, together: { repurchases: gaps } });
    expect(answer.items).toMatchObject([
      { sku: "soap", reasons: [{ code: "due", text: "Usually bought again after 30 days" }] },
    ]);
    // The lamp has no gaps of its own; beside soap and tea it is due by theirs.
    const one = products.map((product) => ({ ...product, categories: ["x"] }));
    const byCategory = ask({
      products: one,
      unit: { strategy: "replenishment" },
      profile,
      together: { repurchases: gaps },
    });
    expect(skusOf(byCategory)).toEqual(["soap", "lamp"]);
  });

  it("is left out of other units, unless it is due", () => {
    const unit = { strategy: "new-arrivals" };
    expect(skusOf(ask({ products, unit, profile }))).toEqual([]);
    expect(skusOf(ask({ products, unit, profile, together: { repurchases: gaps } }))).toContain("soap");
    expect(skusOf(ask({ products, unit: { ...unit, excludePurchased: false }, profile }))).toHaveLength(3);
  });
});

describe("what became cheaper or came back", () => {
  const products = [
    tee("seen", { finalPrice: usd(1_500) }),
    tee("other", { finalPrice: usd(1_000) }),
    tee("raised-again", { finalPrice: usd(2_500) }),
    tee("back"),
    tee("gone-again", { inStock: false }),
  ];
  const changes = {
    drops: ["seen", "other", "raised-again"].map((sku) => ({ sku, at: now - day, fromMinor: 2_000, currency: "USD" })),
    restocks: ["gone-again", "back"].map((sku) => ({ sku, at: now - day })),
  };
  const profile = shopper({ viewed: [{ sku: "seen", at: now - 2 * day, count: 2 }] });

  it("names what the shopper looked at before the drop first, and nothing whose price is up again", () => {
    const answer = ask({ products, unit: { strategy: "price-drop" }, profile, changes });
    expect(answer.items.map(({ sku, reasons }) => [sku, reasons[0]?.text])).toEqual([
      ["seen", "25 % cheaper than when you looked"],
      ["other", "50 % cheaper than before"],
    ]);
  });

  it("says of a later look only that the price fell", () => {
    const late = shopper({ viewed: [{ sku: "seen", at: now - day / 2, count: 1 }] });
    const answer = ask({ products, unit: { strategy: "price-drop" }, profile: late, changes });
    expect(answer.items.find(({ sku }) => sku === "seen")?.reasons[0]?.code).toBe("price_drop");
  });

  it("lists what can be had again", () => {
    expect(skusOf(ask({ products, unit: { strategy: "back-in-stock" }, changes }))).toEqual(["back"]);
  });
});

describe("what goes with a product", () => {
  const products = [
    tee("tee-1", { attributes: { color: "Blue" } }),
    tee("tee-2", { attributes: { color: "Blue" } }),
    aProduct("shorts", { categories: ["men/bottoms/shorts"], attributes: { color: "Blue" } }),
    aProduct("pants", { categories: ["men/bottoms/pants"], attributes: { color: "Red" } }),
    aProduct("dress", { categories: ["women/dresses"], attributes: { color: "Blue" } }),
    aProduct("socks", { categories: ["men/socks"] }),
  ];
  const bought = pairs([
    ["tee-1", "shorts", 30],
    ["tee-1", "socks", 25],
    ["tee-1", "tee-2", 40],
    ["shorts", "pants", 50],
  ]);

  it("makes a set without two of a kind", () => {
    const answer = ask({
      products,
      unit: { strategy: "frequently-bought-together" },
      items: ["tee-1"],
      together: { bought },
    });
    expect(skusOf(answer)).toEqual(["shorts", "socks"]);
  });

  it("completes a look with other kinds of the same root, by style where nobody bought anything yet", () => {
    const learned = ask({
      products,
      unit: { strategy: "complete-the-look" },
      items: ["tee-1"],
      together: { bought },
    });
    expect(skusOf(learned).slice(0, 2)).toEqual(["shorts", "socks"]);
    const cold = ask({ products, unit: { strategy: "complete-the-look" }, items: ["tee-1"] });
    expect(skusOf(cold)).toEqual(["shorts"]);
    expect(skusOf(cold)).not.toContain("dress");
  });

  it("puts a substitute of the same kind in its place", () => {
    const answer = ask({ products, unit: { strategy: "substitutes", fallback: false }, items: ["tee-1"] });
    expect(answer.items).toMatchObject([{ sku: "tee-2", reasons: [{ code: "substitute" }] }]);
  });

  it("shows nothing where a unit compares with a price that nobody knows", () => {
    const filters = { inclusions: [{ by: "currentPrice", operator: "atMost", offsetMinor: 100 } as const] };
    const unit = { strategy: "more-like-this", filters };
    const unknown = ask({ products, unit, items: ["shorts"] });
    expect(unknown.items).toEqual([]);
    expect(unknown.reasons.map(({ code }) => code)).toContain("no_price");
    expect(skusOf(ask({ products, unit, items: ["tee-1"] }))).toEqual(["tee-2"]);
    expect(ask({ products, unit, items: ["tee-1"], currentPrice: usd(500) }).items).toEqual([]);
  });
});
