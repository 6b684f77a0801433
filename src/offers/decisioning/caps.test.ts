import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { periodUnits } from "./bodies.ts";
import { compileCap, countWithin, periodStart, reachedCap } from "./caps.ts";
import { survivorsOf } from "./observe-counts.ts";

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe("the period of a cap", () => {
  it.each([
    ["2026-11-22", 1, "day", "2026-11-22"],
    // A Sunday: its week began on Monday.
    ["2026-11-22", 1, "week", "2026-11-16"],
    ["2026-11-23", 1, "week", "2026-11-23"],
    ["2026-11-22", 1, "month", "2026-11-01"],
    // Counted from January 1970 on: quarters are those of the calendar.
    ["2026-11-22", 3, "month", "2026-10-01"],
    ["2026-11-22", 12, "month", "2026-01-01"],
  ] as const)("of %s, every %i %s, begins on %s", (today, every, unit, start) => {
    expect(periodStart(day(today), every, unit)).toBe(day(start));
  });

  it("holds its day, and each day of it begins it on the same one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 1, max: 24 }),
        fc.constantFrom(...periodUnits),
        (today, every, unit) => {
          const start = periodStart(today, every, unit);
          expect(start).toBeLessThanOrEqual(today);
          expect(periodStart(start, every, unit)).toBe(start);
          expect(today - start).toBeLessThan(every * { day: 1, week: 7, month: 31 }[unit]);
          const next = periodStart(today + 1, every, unit);
          expect(next === start || next === today + 1).toBe(true);
        },
      ),
    );
  });
});

describe("a cap", () => {
  const happened = fc.record({
    profile: fc.constantFrom("p", "q"),
    counted: fc.constantFrom("decision", "impression", "click"),
    placement: fc.constantFrom("home", "cart"),
    day: fc.integer({ min: 20_000, max: 20_100 }),
  });
  const rule = fc.record(
    {
      counted: fc.constantFrom("decision" as const, "impression" as const, "click" as const),
      limit: fc.integer({ min: 1, max: 6 }),
      per: fc.constantFrom("profile" as const, "total" as const),
      placements: fc.constantFrom("each" as const, "all" as const),
      period: fc.record({ every: fc.integer({ min: 1, max: 5 }), unit: fc.constantFrom(...periodUnits) }),
    },
    { requiredKeys: ["counted", "limit", "per"] },
  );

  it("is reached exactly when a naive count of the events says so", () => {
    fc.assert(
      fc.property(
        fc.array(happened, { maxLength: 60 }),
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20_000, max: 20_110 }),
        fc.constantFrom("home", "cart"),
        (events, rules, today, placement) => {
          // Counts as they are kept: cells, in any number of rows each.
          const toCounts = (list: typeof events) => list.map((event) => ({ ...event, n: 1 }));
          const naive = rules.find((one) => {
            const from = one.period ? periodStart(today, one.period.every, one.period.unit) : 0;
            const seen = events.filter(
              (event) =>
                event.counted === one.counted &&
                event.day >= from &&
                (one.per === "total" || event.profile === "p") &&
                (one.placements !== "each" || event.placement === placement),
            );
            return seen.length >= one.limit;
          });
          const reached = reachedCap(rules.map(compileCap), {
            ofProfile: toCounts(events.filter(({ profile }) => profile === "p")),
            ofAll: toCounts(events),
            placement,
            today,
          });
          expect(reached?.rule).toBe(naive);
        },
      ),
    );
  });

  it("stops its offer while it is not known how often the visitor had it, and never for everybody's sake", () => {
    const own = compileCap({ counted: "click", limit: 5, per: "profile" });
    const all = compileCap({ counted: "click", limit: 5, per: "total" });
    const facts = { ofProfile: null, ofAll: [], placement: "home", today: 20_000 };
    expect(reachedCap([own], facts)).toMatchObject({ count: null });
    expect(reachedCap([all], facts)).toBeUndefined();
  });

  it("counts events of the shop by event and rule", () => {
    const custom = { counted: "custom", event: "couponShown", limit: 1, per: "profile" } as const;
    const code = compileCap(custom).counted;
    expect(compileCap({ ...custom, limit: 9 }).counted).toBe(code);
    expect(compileCap({ ...custom, rule: { everyone: true } }).counted).not.toBe(code);
    expect(countWithin([{ counted: code, placement: "", day: 1, n: 3 }], compileCap(custom), "home", 20_000)).toBe(3);
  });
});

it("follows mergers to the end", () => {
  const merged = new Map([
    ["a", "b"],
    ["b", "c"],
    ["d", "c"],
  ]);
  expect(Object.fromEntries(survivorsOf(merged))).toEqual({ a: "c", b: "c", d: "c" });
  // Never endless, whatever comes.
  expect(
    survivorsOf(
      new Map([
        ["a", "b"],
        ["b", "a"],
      ]),
    ).size,
  ).toBe(2);
});
