import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { createSearch } from "../search/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { createMerchandisingShop } from "../testing/merchandising-shop.ts";
import { signalPercentiles } from "./rank-factors.ts";

const skus = Array.from({ length: 24 }, (_, at) => `S${at}`);
const products = skus.map((sku, at) =>
  aProduct(sku, {
    name: at % 3 === 0 ? `Blue shirt ${sku}` : `Red shirt ${sku}`,
    categories: ["shirts"],
    inStock: at % 4 !== 0,
    attributes: { weight: at },
    createdAt: at,
  }),
);

const conditions = [
  { attribute: { path: "product.in_stock", op: "is_false" } },
  { attribute: { path: "product.weight", op: "gt", value: 12 } },
];
const event = fc.oneof(
  fc.record({ action: fc.constantFrom("boost", "bury", "hide"), sku: fc.constantFrom(...skus) }),
  fc.record({ action: fc.constantFrom("boost", "bury", "hide"), where: fc.constantFrom(...conditions) }),
  fc.record({ action: fc.constant("pin"), sku: fc.constantFrom(...skus), position: fc.integer({ min: 1, max: 12 }) }),
);
const rule = fc.record({ events: fc.array(event, { maxLength: 6 }), priority: fc.nat({ max: 3 }) });
type Event = { action: string; sku?: string; where?: (typeof conditions)[number]; position?: number };

/** The first event for a product, by the rules one after the other: its SKU, then conditions. */
function naiveWinner(rules: readonly { readonly events: readonly Event[] }[], sku: string): Event | undefined {
  const product = products.find((each) => each.sku === sku);
  for (const { events } of rules) {
    const fits = ({ where }: Event) =>
      where === conditions[0] ? product?.inStock === false : where && Number(product?.attributes["weight"]) > 12;
    const found = events.find((each) => each.sku === sku) ?? events.find(fits);
    if (found) return found;
  }
  return undefined;
}

describe("An arranged list", () => {
  it("is a full page without repeats, keeps pins at their places and hidden products out, whatever the rules", async () => {
    const shop = createMerchandisingShop(products);
    const search = createSearch({ catalog: shop.catalog, clock: createFixedClock(0), logger: createLogger("silent") });
    await search.settled();
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 4 }),
        fc.constantFrom("shirt", "blue shirt", "", "price"),
        fc.integer({ min: 1, max: 24 }),
        (rules, q, limit) => {
          for (const { id } of shop.live("search-rule")) shop.remove("search-rule", id);
          const sorted = rules
            .map((body, at) => ({ body, id: shop.publish("search-rule", body, { updatedAt: at }), at }))
            .sort((a, b) => a.body.priority - b.body.priority || b.at - a.at);
          const ordered = sorted.map(({ body }) => body as { events: readonly Event[] });
          const sort = q === "price" ? { sort: "name:asc" } : {};
          const list = shop.forList(q === "price" ? "" : q);
          const request = { ...(q && q !== "price" ? { q } : {}), ...sort, limit };
          const plain = search.search({ ...request, limit: 24 });
          const shown = search.search({ ...request, ...(list.arrangement ? { arrangement: list.arrangement } : {}) });
          const found = plain.items.map(({ sku }) => sku);
          const visible = found.filter((sku) => naiveWinner(ordered, sku)?.action !== "hide");
          const order = shown.items.map(({ sku }) => sku);

          expect(shown.total).toBe(visible.length);
          expect(order).toHaveLength(Math.min(limit, visible.length));
          expect(new Set(order).size).toBe(order.length);
          expect(order.every((sku) => visible.includes(sku))).toBe(true);
          if (q === "price") {
            expect(order).toEqual(visible.slice(0, limit));
            return;
          }
          // Pins in order of position, then of their rules; a taken place moves the next one down.
          const places = new Map<number, string>();
          const pins = ordered
            .flatMap(({ events }, at) => events.map((each) => ({ ...each, at })))
            .filter((each) => each.action === "pin" && each.sku !== undefined && visible.includes(each.sku))
            .filter(({ at: _, ...each }) => {
              const winner = naiveWinner(ordered, each.sku ?? "");
              return winner?.action === "pin" && winner.position === each.position;
            })
            .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || a.at - b.at);
          for (const { sku = "", position = 1 } of pins) {
            if ([...places.values()].includes(sku)) continue;
            let place = position;
            while (places.has(place)) place += 1;
            places.set(place, sku);
          }
          for (const [place, sku] of places)
            if (place <= order.length && place <= visible.length - pins.length) expect(order[place - 1]).toBe(sku);
        },
      ),
      { numRuns: 300 },
    );
    search.close();
  });

  it("multiplies what text and taste say: boost, bury and ranking change who stands first", async () => {
    const shop = createMerchandisingShop(products, { signals: { views: { S7: 9 } } });
    const search = createSearch({ catalog: shop.catalog, clock: createFixedClock(0), logger: createLogger("silent") });
    await search.settled();
    shop.publish("search-rule", {
      ranking: { by: "most-viewed" },
      events: [
        { action: "boost", sku: "S5" },
        { action: "bury", sku: "S23" },
      ],
    });
    const { arrangement } = shop.forList("red shirt");
    const { items } = search.search({ q: "red shirt", ...(arrangement ? { arrangement } : {}), limit: 24 });
    const order = items.map(({ sku }) => sku);
    expect(order.slice(0, 2)).toEqual(["S5", "S7"]);
    const red = order.filter((sku) => Number(sku.slice(1)) % 3 !== 0);
    expect(red.at(-1)).toBe("S23");
    search.close();
  });

  it("puts what is sold out last where the settings say so, in the order by relevance", async () => {
    const shop = createMerchandisingShop(products);
    const search = createSearch({ catalog: shop.catalog, clock: createFixedClock(0), logger: createLogger("silent") });
    await search.settled();
    shop.publish("search-settings", { outOfStockLast: true });
    shop.publish("search-settings", { outOfStockLast: false }, { storeViews: ["de"] });
    const { arrangement } = shop.forList("blue shirt");
    const { items } = search.search({ q: "blue shirt", ...(arrangement ? { arrangement } : {}), limit: 24 });
    const stock = items.map(({ inStock }) => inStock);
    expect(stock.indexOf(false)).toBe(stock.lastIndexOf(true) + 1);
    expect(shop.forList("blue shirt", {}, { storeView: "de" }).arrangement).toBeUndefined();
    search.close();
  });
});

describe("The percentile of a signal", () => {
  it("counts smaller values and half of the equal ones; a product without the signal has none", () => {
    const value = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), (values) => {
        const names = values.map((_, at) => String(at));
        const found = signalPercentiles(names, (sku) => values[Number(sku)]);
        const lowest = -100;
        for (const [at, own] of values.entries()) {
          const others = values.filter((_, other) => other !== at).map((each) => each ?? lowest);
          const smaller = others.filter((each) => each < (own ?? lowest)).length;
          const equal = others.filter((each) => each === own).length;
          const expected = values.length === 1 ? 0.5 : (smaller + equal / 2) / (values.length - 1);
          expect(found[at]).toBeCloseTo(own === undefined ? 0 : expected, 12);
        }
      }),
    );
  });
});

describe("Products by condition", () => {
  it("are as if judged anew after any change of the catalog or of the time", () => {
    const day = 86_400_000;
    const wheres = [
      { attribute: { path: "product.in_stock", op: "is_true" } },
      { attribute: { path: "product.created_at", op: "within_last", value: "10d" } },
      { attribute: { path: "product.category_ids", op: "contains", value: "sale" } },
    ];
    const change = fc.record({
      sku: fc.constantFrom("A", "B", "C", "D"),
      inStock: fc.boolean(),
      age: fc.integer({ min: 0, max: 20 }),
      isOnSale: fc.boolean(),
      isDeleted: fc.boolean(),
      laterDays: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const shop = createMerchandisingShop([]);
        for (const [at, where] of wheres.entries())
          shop.publish("dynamic-category", { category: `by/${at}`, name: "By rule", where });
        const expected = new Map<string, { inStock: boolean; createdAt: number; isOnSale: boolean }>();
        for (const { sku, inStock, age, isOnSale, isDeleted, laterDays } of changes) {
          const createdAt = shop.clock.now() - age * day;
          if (isDeleted) {
            shop.catalog.apply({ deleted: [sku] });
            expected.delete(sku);
          } else {
            const categories = isOnSale ? ["sale/shirts"] : [];
            shop.catalog.apply({ upserted: [aProduct(sku, { inStock, createdAt, categories })] });
            expected.set(sku, { inStock, createdAt, isOnSale });
          }
          shop.clock.advance(laterDays * day);
          const now = shop.clock.now();
          const tests = [
            (each: { inStock: boolean }) => each.inStock,
            (each: { createdAt: number }) => each.createdAt >= now - 10 * day,
            (each: { isOnSale: boolean }) => each.isOnSale,
          ];
          for (const [index, test] of tests.entries()) {
            const fitting = [...expected].filter(([, each]) => test(each)).map(([found]) => found);
            expect([...(shop.forList(`category:by/${index}`).members ?? [])].sort()).toEqual(fitting.sort());
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
