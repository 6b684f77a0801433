import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { churnRates, repeatCurve, repeatProbability, suggestCutoff } from "./churn.ts";
import { gapsOf, median, medianOfCounts, nextOrder } from "./next-order.ts";
import { createOrderBook, daysOfCustomer, daysWithin, orderDaysOf, summarise } from "./order-book.ts";
import { bandOfRank, type RfmFacts, rfmLimits, rfmScores } from "./rfm.ts";
import { rfmSegments, segmentOf } from "./rfm-segments.data.ts";

const dayMs = 86_400_000;
const order = fc.record({
  customerId: fc.constantFrom("a", "b", "c", "d"),
  at: fc.integer({ min: -10 * dayMs, max: 400 * dayMs }),
  minor: fc.integer({ min: 0, max: 1e9 }),
});
const orders = fc.array(order, { maxLength: 40 });

describe("the order book", () => {
  it("holds each customer's orders by day, whatever their order", () => {
    fc.assert(
      fc.property(orders, (all) => {
        const book = createOrderBook(all);
        expect(book).toEqual(createOrderBook([...all].reverse()));
        for (const [index, id] of book.ids.entries()) {
          const own = all.filter(({ customerId }) => customerId === id);
          expect(daysOfCustomer(book, index)).toEqual(orderDaysOf(own));
          const days = [...new Set(own.map(({ at }) => Math.floor(at / dayMs)))].sort((a, b) => a - b);
          expect(daysOfCustomer(book, index).map(({ day }) => day)).toEqual(days);
        }
      }),
    );
  });

  it("keeps only the days of a window", () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: -10, max: 400 }), fc.integer({ min: 0, max: 400 }), (all, from, length) => {
        const [book, until] = [createOrderBook(all), from + length];
        const kept = daysWithin(book, from, until);
        for (const index of book.ids.keys())
          expect(daysOfCustomer(kept, index)).toEqual(
            daysOfCustomer(book, index).filter(({ day }) => day >= from && day <= until),
          );
      }),
    );
  });

  it.each([
    [{ at: Number.NaN, minor: 1 }],
    [{ at: 1e18, minor: 1 }],
    [{ at: 0, minor: 1.5 }],
    [{ at: 0, minor: Number.NaN }],
    [{ at: 0, minor: 2 ** 60 }],
  ])("refuses an order like %j", (bad) => {
    expect(() => createOrderBook([{ customerId: "a", ...bad }])).toThrow("no time in milliseconds or no whole number");
  });

  it("sees nobody before the first order", () => {
    expect(summarise(orderDaysOf([{ at: 10 * dayMs, minor: 1 }]), 9)).toBeUndefined();
    expect(summarise([], 9)).toBeUndefined();
  });
});

describe("RFM", () => {
  const facts = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      lastDay: fc.integer({ min: 0, max: 6 }),
      orders: fc.integer({ min: 1, max: 4 }),
      minor: fc.integer({ min: 0, max: 5 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 60 },
  );

  /** Rank by counting who is ahead. */
  function naive(all: readonly RfmFacts[], own: RfmFacts, value: (each: RfmFacts) => number): number {
    const ahead = all.filter((each) => value(each) > value(own) || (value(each) === value(own) && each.id < own.id));
    const percentile = Math.round(((ahead.length + 1) * 100) / all.length);
    if (percentile <= 20) return 5;
    if (percentile <= 40) return 4;
    if (percentile <= 60) return 3;
    return percentile <= 80 ? 2 : 1;
  }

  it("scores members of the population by their rank", () => {
    fc.assert(
      fc.property(facts, (all) => {
        const limits = rfmLimits(all);
        for (const own of all)
          expect(rfmScores(own, limits)).toEqual({
            r: naive(all, own, ({ lastDay }) => lastDay),
            f: naive(all, own, ({ orders: count }) => count),
            m: naive(all, own, ({ minor }) => minor),
          });
      }),
    );
  });

  it("never scores a customer with more below one with less", () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), (all, one, two) => {
        const limits = rfmLimits(all);
        const scoreOf = (minor: number) => rfmScores({ id: "x", lastDay: 0, orders: 1, minor }, limits).m;
        expect(scoreOf(Math.max(one, two))).toBeGreaterThanOrEqual(scoreOf(Math.min(one, two)));
      }),
    );
  });

  it("gives a population without orders the lowest band", () => {
    expect(rfmScores({ id: "a", lastDay: 1, orders: 1, minor: 1 }, rfmLimits([]))).toEqual({ r: 1, f: 1, m: 1 });
    expect(bandOfRank(1, 100_000)).toBe(5);
    expect(bandOfRank(100_000, 100_000)).toBe(1);
  });

  it("has a name for every score, and scores for each of the eleven names", () => {
    const one = [1, 2, 3, 4, 5];
    const found = one.flatMap((r) => one.flatMap((f) => one.map((m) => segmentOf({ r, f, m }))));
    expect(new Set(found)).toEqual(new Set(rfmSegments.map(({ key }) => key)));
    expect(segmentOf({ r: 5, f: 5, m: 5 })).toBe("champions");
    expect(segmentOf({ r: 1, f: 5, m: 5 })).toBe("cannot_lose");
    expect(segmentOf({ r: 1, f: 1, m: 1 })).toBe("lost");
    expect(segmentOf({ r: 5, f: 1, m: 1 })).toBe("new_customers");
  });
});

describe("churn", () => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }))
    .map(([one, two]) => ({ firstDay: 20_000 + Math.min(one, two), lastDay: 20_000 + Math.max(one, two) }));

  it("is a share of those who were there to lose, and counts everybody once", () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 30 }), fc.integer({ min: 1, max: 400 }), (customers, cutoff) => {
        const months = churnRates(customers, 20_560, cutoff);
        for (const { churnRate, churned } of months) {
          if (churnRate === null) expect(churned).toBe(0);
          else expect(churnRate >= 0 && churnRate <= 1).toBe(true);
        }
        if (customers.length > 0) expect(months.at(-1)?.cumulativeNew).toBe(customers.length);
        const lost = customers.filter(({ lastDay }) => 20_560 - lastDay >= cutoff).length;
        expect(months.reduce((sum, { churned }) => sum + churned, 0)).toBe(lost);
      }),
    );
  });

  it("suggests the first day on which another order is less likely than 10 %", () => {
    // Of 100 customers 80 came back after 10 days, 5 after 30, 15 have waited for 50 or more.
    const curve = repeatCurve(
      new Map([
        [10, 80],
        [30, 5],
      ]),
      new Map([[50, 15]]),
    );
    expect(repeatProbability(curve, 0)).toBeCloseTo(0.85);
    expect(repeatProbability(curve, 9)).toBeCloseTo(0.85);
    expect(repeatProbability(curve, 10)).toBeCloseTo(0.25);
    expect(repeatProbability(curve, 31)).toBe(0);
    expect(suggestCutoff(curve)).toBe(30);
  });

  it("does not take young customers for lost", () => {
    // A thousand newcomers of yesterday say nothing about day 20.
    const curve = repeatCurve(
      new Map([[20, 10]]),
      new Map([
        [1, 1_000],
        [40, 10],
      ]),
    );
    expect(repeatProbability(curve, 19)).toBeCloseTo(0.5);
  });

  it("suggests nothing where nobody comes back", () => {
    expect(suggestCutoff(repeatCurve(new Map(), new Map([[5, 3]])))).toBeNull();
    expect(suggestCutoff(repeatCurve(new Map(), new Map()))).toBeNull();
    expect(churnRates([], 20_000, 100)).toEqual([]);
  });
});

describe("the next order", () => {
  it("has the median of a histogram as of its values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (values) => {
        const counts = new Map<number, number>();
        for (const each of values) counts.set(each, (counts.get(each) ?? 0) + 1);
        expect(medianOfCounts(counts)).toBe(median(values));
      }),
    );
  });

  it("is later than the last one, and unknown without anything to go by", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1 }), (unsorted) => {
        const days = [...unsorted].sort((a, b) => a - b);
        const found = nextOrder(days, 30.5);
        expect(found!.day).toBeGreaterThan(days.at(-1)!);
        expect(found!.basis).toBe(gapsOf(days).length >= 2 ? "customer" : "population");
      }),
    );
    expect(nextOrder([], 30)).toBeUndefined();
    expect(nextOrder([5, 9], undefined)).toBeUndefined();
  });
});
