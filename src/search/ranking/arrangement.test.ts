import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aProduct, dollars, searchOver } from "../search-fixture.ts";
import type { Arrangement, Pin } from "./arrangement.ts";
import { pinPlaces, withPins } from "./pin-places.ts";
import type { CandidateList, Reorder } from "./ranking-model.ts";

const skus = (result: { readonly items: readonly { readonly sku: string }[] }) => result.items.map(({ sku }) => sku);

const bags = Array.from({ length: 10 }, (_, at) =>
  aProduct({
    sku: `B${at}`,
    name: `Bag number${"x".repeat(at)}`,
    // A longer text weighs less, so the text order is B0, B1 …
    description: "word ".repeat(at * 3),
    createdAt: 100 - at,
    finalPrice: dollars(at),
    attributes: { color: at < 5 ? "red" : "blue" },
  }),
);

function arranged(fields: { hidden?: string[]; factors?: Record<string, number>; pins?: Pin[] }): Arrangement {
  return {
    hidden: new Set(fields.hidden ?? []),
    factorsOf: (list) => Float64Array.from(list, (sku) => fields.factors?.[sku] ?? 1),
    pins: fields.pins ?? [],
    effectsOf: (sku) => {
      const factor = fields.factors?.[sku];
      return factor === undefined
        ? []
        : [{ action: factor > 1 ? "boost" : "bury", ruleId: "r", ruleName: "Rule", factor, text: "a rule" }];
    },
  };
}

describe("an arranged list", () => {
  it("multiplies boosts and buries, and says by which rule", async () => {
    const { search } = await searchOver(bags);
    const plain = skus(search.search({}));
    expect(plain.slice(0, 3)).toEqual(["B0", "B1", "B2"]);
    const result = search.search({ arrangement: arranged({ factors: { B7: 4, B0: 0.1 } }), explain: true });
    expect(skus(result)).toEqual(["B7", "B1", "B2", "B3", "B4", "B5", "B6", "B8", "B9", "B0"]);
    expect(result.items[0]).toMatchObject({
      score: 4,
      explain: { base: 1, factor: 4, isPinned: false, effects: [{ action: "boost", ruleId: "r" }] },
    });
    const searched = search.search({ q: "bag", arrangement: arranged({ factors: { B9: 4 } }), explain: true });
    expect(skus(searched)[0]).toBe("B9");
    expect(searched.items[0]?.score).toBeCloseTo((searched.items[0]?.explain?.base ?? 0) * 4, 10);
  });

  it("puts pins to their places, moves the second of one place down, and shows no pin that does not match", async () => {
    const { search } = await searchOver([...bags, aProduct({ sku: "BELT", name: "Belt" })]);
    const arrangement = arranged({
      pins: [
        { sku: "B9", position: 2 },
        { sku: "B8", position: 2 },
        { sku: "BELT", position: 1 },
        { sku: "B7", position: 500 },
      ],
    });
    const result = search.search({ q: "bag", arrangement, explain: true });
    expect(skus(result)).toEqual(["B0", "B9", "B8", "B1", "B2", "B3", "B4", "B5", "B6", "B7"]);
    expect(result.items.filter(({ explain }) => explain?.isPinned).map(({ sku }) => sku)).toEqual(["B9", "B8", "B7"]);
    const paged = [0, 3, 6, 9].flatMap((offset) => skus(search.search({ q: "bag", arrangement, offset, limit: 3 })));
    expect(paged).toEqual(skus(result));
  });

  it("pins what is boosted too, and says both", async () => {
    const { search } = await searchOver(bags);
    const arrangement = arranged({ factors: { B9: 4, B3: 2 }, pins: [{ sku: "B9", position: 2 }] });
    const { items } = search.search({ q: "bag", arrangement, explain: true });
    expect(items.slice(0, 2).map(({ sku }) => sku)).toEqual(["B3", "B9"]);
    expect(items[1]?.explain).toMatchObject({ isPinned: true, factor: 4, effects: [{ action: "boost" }] });
  });

  it("hides before counting, in every order, and leaves other orders alone", async () => {
    const { search } = await searchOver(bags);
    const arrangement = arranged({ hidden: ["B1", "B6"], factors: { B9: 4 }, pins: [{ sku: "B8", position: 1 }] });
    const byPrice = search.search({ arrangement, sort: "price", facets: ["color"] });
    expect(skus(byPrice)).toEqual(["B0", "B2", "B3", "B4", "B5", "B7", "B8", "B9"]);
    expect(byPrice.total).toBe(8);
    expect(byPrice.facets[0]?.buckets.map(({ count }) => count)).toEqual([4, 4]);
    expect(skus(search.search({ q: "bag", arrangement }))).not.toContain("B1");
    expect(skus(search.search({ arrangement })).slice(0, 2)).toEqual(["B8", "B9"]);
  });

  it("lists each product once on full pages whatever is pinned, hidden and reordered", async () => {
    const { search } = await searchOver(bags);
    const all = bags.map(({ sku }) => sku);
    const reverse: Reorder = ({ skus: list }) => ({
      order: list.map((_, at) => list.length - 1 - at),
      propensities: new Float64Array(list.length).fill(0.5),
    });
    fc.assert(
      fc.property(
        fc.subarray(all),
        fc.array(fc.record({ sku: fc.constantFrom(...all, "NONE"), position: fc.integer({ min: 1, max: 14 }) })),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.constantFrom("", "bag"),
        (hidden, pins, limit, reordered, q) => {
          const request = {
            q,
            arrangement: arranged({ hidden, pins }),
            ...(reordered ? { reorder: reverse } : {}),
          };
          const whole = skus(search.search({ ...request, limit: 200 }));
          expect([...whole].sort()).toEqual(all.filter((sku) => !hidden.includes(sku)));
          const places = pinPlaces(
            pins.filter(({ sku }) => whole.includes(sku)),
            whole.length,
          );
          for (const [sku, place] of places) expect(whole[place]).toBe(sku);
          const paged: string[] = [];
          for (let offset = 0; offset < whole.length; offset += limit)
            paged.push(...skus(search.search({ ...request, limit, offset })));
          expect(paged).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps what is out of stock behind while browsing, however it is boosted", async () => {
    const { search } = await searchOver([...bags, aProduct({ sku: "GONE", name: "Bag", inStock: false })]);
    expect(skus(search.search({ arrangement: arranged({ factors: { GONE: 4 } }) })).at(-1)).toBe("GONE");
  });
});

describe("pins", () => {
  it("stay inside the list and never share a place", () => {
    const pin = fc.record({ sku: fc.constantFrom(..."abcdefgh"), position: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(fc.array(pin, { maxLength: 12 }), fc.integer({ min: 8, max: 12 }), (pins, total) => {
        const places = pinPlaces(pins, total);
        expect(new Set(places.values()).size).toBe(places.size);
        for (const place of places.values()) expect(place).toBeLessThan(total);
        const rest = Array.from({ length: total - places.size }, (_, at) => `r${at}`);
        const list = withPins(rest, places, (sku) => sku);
        expect(list.length).toBe(total);
        for (const [sku, place] of places) expect(list[place]).toBe(sku);
      }),
    );
  });
});

describe("a ranking model", () => {
  it("takes the place of text and signals, sees what the text says, and leaves the rest behind it", async () => {
    const { search } = await searchOver(bags);
    let seen: CandidateList | undefined;
    const model = {
      candidates: 4,
      score: (list: CandidateList) => {
        seen = list;
        return Float64Array.from(list.skus, (_, at) => (at + 1) / 10);
      },
    };
    const plain = skus(search.search({ q: "bag" }));
    const result = search.search({ q: "bag", model, explain: true });
    expect(skus(result)).toEqual([...plain.slice(0, 4).reverse(), ...plain.slice(4)]);
    expect(result.items[0]?.explain).toMatchObject({ model: 0.4, score: 0.4 });
    expect(seen?.skus).toEqual(plain.slice(0, 4));
    const text = seen?.textOf(0);
    expect(text).toMatchObject({ coverage: 1, isExactName: false, isExactSku: false, edits: 0 });
    expect((text?.score ?? 0) / (text?.fieldScores[0] ?? 1)).toBeCloseTo(2, 4);
    search.search({ q: "bag numebrx", model });
    expect(seen?.textOf(0)).toMatchObject({ coverage: 1, edits: 1 });
    search.search({ q: "b3", model });
    expect(seen?.textOf(0)).toMatchObject({ isExactSku: true, isExactName: false });
    search.search({ model });
    expect(seen?.textOf(0)).toBeUndefined();
  });

  it("that cannot judge a list leaves it as it was", async () => {
    const { search } = await searchOver(bags);
    const model = { candidates: 100, score: () => undefined };
    expect(skus(search.search({ q: "bag", model }))).toEqual(skus(search.search({ q: "bag" })));
  });
});

describe("a reordering", () => {
  it("has the last word below the pins, and its chances are reported", async () => {
    const { search } = await searchOver(bags);
    let pinnedPlaces: readonly number[] = [];
    const reorder: Reorder = ({ skus: list, pinned }) => {
      pinnedPlaces = [...pinned];
      const [first = 0, second = 0, ...rest] = list.map((_, at) => at);
      const propensities = new Float64Array(list.length).fill(1);
      propensities[0] = 0.25;
      return { order: [second, first, ...rest], propensities };
    };
    const result = search.search({ reorder, arrangement: arranged({ pins: [{ sku: "B5", position: 1 }] }) });
    expect(skus(result).slice(0, 4)).toEqual(["B5", "B1", "B0", "B2"]);
    expect(pinnedPlaces).toEqual([0]);
    expect(result.items.slice(0, 3).map(({ propensity }) => propensity)).toEqual([1, 0.25, 1]);
  });

  it("that loses a product is refused", async () => {
    const { search } = await searchOver(bags);
    const reorder: Reorder = ({ skus: list }) => ({ order: list.map(() => 0), propensities: new Float64Array(0) });
    expect(() => search.search({ reorder })).toThrow("reordering");
  });
});
