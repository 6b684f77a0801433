import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noon, ruleOf, subjectWithEvents } from "../../testing/rules/subjects.ts";
import type { RuleEvent } from "./event-leaf-spec.ts";
import type { RuleSubject } from "./subject.ts";
import { calendarPeriod, dayMs, startOfLocalDay } from "./time.ts";

const hour = 3_600_000;

function event(type: string, timestamp: number, properties: Record<string, unknown> = {}, context = {}): RuleEvent {
  return { type, timestamp, properties, context };
}

function views(...times: readonly number[]): readonly RuleEvent[] {
  return times.map((time) => event("productPageView", time));
}

function holds(rule: unknown, events: readonly RuleEvent[], nowMs = noon, more: RuleSubject = {}): boolean {
  const compiled = ruleOf(rule);
  return compiled.test(subjectWithEvents(compiled, events, more), nowMs);
}

const view = (more: object): unknown => ({ event: { name: "productPageView", ...more } });

describe("event windows", () => {
  it("are inclusive at now − D and leave out what lies after now", () => {
    expect(holds(view({ window: { last: "1d" } }), views(noon - dayMs))).toBe(true);
    expect(holds(view({ window: { last: "1d" } }), views(noon - dayMs - 1))).toBe(false);
    expect(holds(view({}), views(noon + 1))).toBe(false);
    expect(holds(view({ window: { between: ["2d", "1d"] } }), views(noon - dayMs))).toBe(false);
    expect(holds(view({ window: { between: ["2d", "1d"] } }), views(noon - 2 * dayMs))).toBe(true);
    expect(holds(view({ window: { before: "1d" } }), views(noon - dayMs))).toBe(false);
    expect(holds(view({ window: { before: "1d" } }), views(noon - dayMs - 1))).toBe(true);
    expect(
      holds(view({ window: { since: "2026-03-10T10:00:00Z", until: "2026-03-10T11:00:00Z" } }), views(noon - hour)),
    ).toBe(false);
  });

  it("cover whole local periods, summer time included", () => {
    const lastMonth = view({ window: { calendar: "month", offset: -1, timezone: "Europe/Berlin" } });
    expect(holds(lastMonth, views(Date.parse("2026-01-31T22:59:59.999Z")))).toBe(false);
    expect(holds(lastMonth, views(Date.parse("2026-01-31T23:00:00Z")))).toBe(true);
    expect(holds(lastMonth, views(Date.parse("2026-02-28T23:00:00Z")))).toBe(false);
    const day = calendarPeriod(Date.parse("2026-03-29T10:00:00Z"), "day", 0, "Europe/Berlin");
    expect(day.end - day.start).toBe(23 * hour);
    const week = calendarPeriod(noon, "week", 0, "UTC");
    expect(new Date(week.start).toISOString()).toBe("2026-03-09T00:00:00.000Z");
    const quarter = calendarPeriod(noon, "quarter", -1, "UTC");
    expect(new Date(quarter.start).toISOString()).toBe("2025-10-01T00:00:00.000Z");
    // Clocks in Santiago skip midnight on 2026-09-06: the day starts at 01:00.
    const start = startOfLocalDay(Date.parse("2026-09-06T00:00:00Z") / dayMs, "America/Santiago");
    expect(new Date(start).toISOString()).toBe("2026-09-06T04:00:00.000Z");
    expect(
      holds(
        view({ window: { from: "2026-03-10", to: "2026-03-10", timezone: "Asia/Tokyo" } }),
        views(Date.parse("2026-03-09T15:00:00Z")),
      ),
    ).toBe(true);
  });

  it("follow the session until it ends", () => {
    const rule = ruleOf(view({ window: { session: "30m" } }));
    const session = { startedAt: noon - hour, lastAt: noon - 60_000 };
    const subject = subjectWithEvents(rule, views(noon - hour), { session });
    expect(rule.test(subject, noon)).toBe(true);
    const end = rule.nextChangeAt(subject, noon);
    expect(end).toBe(noon - 60_000 + 30 * 60_000 + 1);
    expect(rule.test(subject, end ?? 0)).toBe(false);
  });
});

describe("counts", () => {
  it("say did-not with a count of 0", () => {
    const none = view({ window: { last: "7d" }, count: { op: "eq", value: 0 } });
    expect(holds(none, [])).toBe(true);
    expect(holds(none, views(noon - dayMs))).toBe(false);
  });

  it("filter by the event's properties, its lines and their products", () => {
    const rule = {
      event: {
        name: ["addToCart", "openCart"],
        where: {
          items: {
            of: "event",
            match: "some",
            where: { attribute: { path: "product.brand", op: "eq", value: "Acme" } },
          },
        },
      },
    };
    const productOf = (sku: string): Record<string, unknown> => ({ sku, brand: sku === "a" ? "ACME" : "other" });
    const added = (sku: string): RuleEvent => event("addToCart", noon, { items: [{ sku }] });
    expect(holds(rule, [added("b")], noon, { productOf })).toBe(false);
    expect(holds(rule, [added("b"), added("a")], noon, { productOf })).toBe(true);
  });

  it("count different values with distinct, each product line giving one", () => {
    const rule = view({
      window: { last: "14d" },
      count: { op: "gte", value: 3 },
      distinct: "event.properties.items.sku",
    });
    const seen = (...skus: readonly string[]): RuleEvent =>
      event("productPageView", noon, { items: skus.map((sku) => ({ sku })) });
    expect(holds(rule, [seen("a"), seen("A"), seen("b")])).toBe(false);
    expect(holds(rule, [seen("a", "b"), seen("c")])).toBe(true);
  });

  it("add up numbers and money, and are false over nothing", () => {
    const total = (fn: string, op: string, minor: unknown): unknown => ({
      event: {
        name: "orderPlaced",
        aggregate: { fn, path: "event.properties.orderTotal", op, value: { minor, currency: "EUR" } },
      },
    });
    const orders = [100, 25, 25].map((minor) => event("orderPlaced", noon, { orderTotal: { minor, currency: "EUR" } }));
    expect(holds(total("sum", "eq", 150), orders)).toBe(true);
    expect(holds(total("average", "eq", 50), orders)).toBe(true);
    expect(holds(total("average", "gt", "49.99"), orders)).toBe(true);
    expect([holds(total("min", "eq", 25), orders), holds(total("max", "eq", 100), orders)]).toEqual([true, true]);
    expect([holds(total("sum", "lt", 1), []), holds(total("sum", "neq", 1), [])]).toEqual([false, true]);
    const foreign = [event("orderPlaced", noon, { orderTotal: { minor: 100, currency: "USD" } })];
    expect(holds(total("sum", "gte", 1), foreign)).toBe(false);
  });

  it("judge the members of an account", () => {
    const rule = ruleOf(view({ account: "all" }));
    const [hit, miss] = [subjectWithEvents(rule, views(noon)), subjectWithEvents(rule, [])];
    const members = (...all: readonly RuleSubject[]): RuleSubject => ({ accountMembers: () => all });
    expect(rule.test(members(hit, hit), noon)).toBe(true);
    expect(rule.test(members(hit, miss), noon)).toBe(false);
    expect(rule.test({}, noon)).toBe(false);
    expect(ruleOf(view({ account: "none" })).test({}, noon)).toBe(true);
  });
});

describe("the state of an event leaf", () => {
  it("is shared by leaves that differ in window and count only", () => {
    const rule = ruleOf({
      all: [
        view({ window: { last: "1d" } }),
        view({ count: { op: "gte", value: 9 } }),
        view({ distinct: "event.properties.items.sku" }),
      ],
    });
    expect(rule.eventLeaves.map(({ stride }) => stride)).toEqual([1, 2]);
    expect(rule.eventLeaves[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(ruleOf(view({ window: { before: "2d" } })).eventLeaves[0]?.hash).toBe(rule.eventLeaves[0]?.hash);
  });
});

describe("sequences", () => {
  const cart = (type: string, time: number, cartId = "c1"): RuleEvent => event(type, noon + time, { cartId });
  const rule = {
    sequence: {
      window: { last: "30d" },
      steps: [
        { name: "addToCart" },
        {
          name: "startCheckout",
          within: "1h",
          notBetween: [{ name: "removeFromCart" }],
          same: [{ step: 0, path: "event.properties.cartId", otherPath: "event.properties.cartId" }],
        },
        { name: "completeCheckout", within: "2h" },
      ],
    },
  };

  it("hold when some choice of events fits order, gaps, exclusions and equal values", () => {
    const good = [cart("addToCart", -5 * hour), cart("startCheckout", -4 * hour), cart("completeCheckout", -2 * hour)];
    expect(holds(rule, good)).toBe(true);
    expect(holds(rule, [...good, cart("removeFromCart", -4.5 * hour)])).toBe(false);
    expect(holds(rule, [...good, cart("removeFromCart", -5 * hour), cart("removeFromCart", -4 * hour)])).toBe(true);
    expect(holds(rule, [cart("addToCart", -5 * hour, "other"), ...good.slice(1)])).toBe(false);
    expect(holds(rule, [...good.slice(0, 2), cart("completeCheckout", -2 * hour + 1)])).toBe(false);
    expect(holds(rule, [cart("addToCart", -4 * hour), cart("startCheckout", -5 * hour), good[2] as RuleEvent])).toBe(
      false,
    );
  });

  it("agree with trying every choice of events", () => {
    const steps = [{ name: "a" }, { name: "b", within: "1h", notBetween: [{ name: "x" }] }, { name: "a" }];
    const events = fc.array(
      fc.record({ type: fc.constantFrom("a", "b", "x"), slot: fc.integer({ min: 0, max: 12 }) }),
      { maxLength: 9 },
    );
    const compiled = ruleOf({ sequence: { steps } });
    fc.assert(
      fc.property(events, (drawn) => {
        const list = drawn.map(({ type, slot }) => event(type, noon - 6 * hour + slot * (hour / 2)));
        const xs = list.filter(({ type }) => type === "x").map(({ timestamp }) => timestamp);
        const times = (type: string): number[] =>
          list.filter((each) => each.type === type).map((each) => each.timestamp);
        const naive = times("a").some((t0) =>
          times("b").some(
            (t1) => t0 < t1 && t1 - t0 <= hour && !xs.some((x) => x > t0 && x < t1) && times("a").some((t2) => t2 > t1),
          ),
        );
        expect(compiled.test(subjectWithEvents(compiled, list), noon)).toBe(naive);
      }),
    );
  });
});

describe("nextChangeAt", () => {
  const windows = [
    { last: "3h" },
    { between: ["6h", "2h"] },
    { before: "4h" },
    { calendar: "day", offset: 0, timezone: "Europe/Berlin" },
    { calendar: "day", offset: -1, timezone: "UTC" },
    { from: "2026-03-10", to: "2026-03-10", timezone: "UTC" },
    { since: "2026-03-10T09:00:00Z", until: "2026-03-10T14:00:00Z" },
    undefined,
  ];

  it("is never too late: until then the truth stays, for counts, distinct values, aggregates and sequences", () => {
    const slot = hour / 2;
    const leaf = fc.oneof(
      fc.record({
        window: fc.constantFrom(...windows),
        op: fc.constantFrom("eq", "neq", "gt", "gte", "lt", "lte"),
        value: fc.integer({ min: 0, max: 3 }),
        kind: fc.constantFrom("count", "distinct", "sum"),
      }),
    );
    const times = fc.array(fc.integer({ min: -24, max: 12 }), { maxLength: 6 });
    fc.assert(
      fc.property(leaf, times, ({ window, op, value, kind }, slots) => {
        const spread = window === undefined ? {} : { window };
        const path = "event.properties.n";
        const test =
          kind === "sum"
            ? { aggregate: { fn: "sum", path, op, value } }
            : { count: { op, value }, ...(kind === "distinct" ? { distinct: path } : {}) };
        const compiled = ruleOf({ not: { event: { name: "productPageView", ...spread, ...test } } });
        const events = slots.map((at, index) => event("productPageView", noon + at * slot, { n: index % 2 }));
        const subject = subjectWithEvents(compiled, events);
        const truth = compiled.test(subject, noon);
        const next = compiled.nextChangeAt(subject, noon) ?? Number.POSITIVE_INFINITY;
        expect(next).toBeGreaterThan(noon);
        for (let step = 0; step <= 72; step += 1) {
          for (const now of [noon + step * slot - 1, noon + step * slot, noon + step * slot + 1]) {
            if (now >= noon && now < next) expect(compiled.test(subject, now), `at ${now - noon}`).toBe(truth);
          }
        }
      }),
      { numRuns: 600 },
    );
  });

  it("is never too late for groups of several leaves either", () => {
    const leaf = fc
      .record({
        name: fc.constantFrom("a", "b"),
        window: fc.constantFrom(...windows.slice(0, 5)),
        value: fc.integer({ min: 0, max: 2 }),
      })
      .map(({ name, window, value }): unknown => ({ event: { name, window, count: { op: "eq", value } } }));
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        tie("node").map((not) => ({ not })),
      ),
    })).node;
    const drawn = fc.array(fc.record({ type: fc.constantFrom("a", "b"), at: fc.integer({ min: -24, max: 8 }) }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(tree, drawn, (rule, events) => {
        const compiled = ruleOf(rule);
        const subject = subjectWithEvents(
          compiled,
          events.map(({ type, at }) => event(type, noon + at * hour)),
        );
        const truth = compiled.test(subject, noon);
        const next = compiled.nextChangeAt(subject, noon) ?? Number.POSITIVE_INFINITY;
        for (let step = 1; step <= 40; step += 1) {
          for (const now of [noon + step * hour, noon + step * hour + 1]) {
            if (now < next) expect(compiled.test(subject, now), `at ${now - noon}`).toBe(truth);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it("is exact for counts in sliding windows: the event that decides", () => {
    const compiled = ruleOf(view({ window: { last: "1d" }, count: { op: "gte", value: 2 } }));
    const subject = subjectWithEvents(compiled, views(noon - 20 * hour, noon - 3 * hour, noon - 2 * hour));
    const next = compiled.nextChangeAt(subject, noon) ?? 0;
    expect(next).toBe(noon - 3 * hour + dayMs + 1);
    expect([compiled.test(subject, next - 1), compiled.test(subject, next)]).toEqual([true, false]);
    expect(compiled.nextChangeAt(subject, next)).toBeNull();
  });

  it("covers dates: relative operators, anniversaries, days since", () => {
    const at = (path: string, op: string, value: unknown, profile: Record<string, unknown>): number | null =>
      ruleOf({ attribute: { path, op, value, timezone: "Europe/Berlin" } }).nextChangeAt({ profile }, noon);
    const created = { created_at: noon - dayMs };
    expect(at("profile.created_at", "within_last", "2d", created)).toBe(noon + dayMs + 1);
    expect(at("profile.created_at", "before_last", "2d", created)).toBe(noon + dayMs + 1);
    expect(at("profile.created_at", "within_last", "2h", created)).toBeNull();
    expect(at("profile.created_at", "within_next", "1d", { created_at: noon + 3 * dayMs })).toBe(noon + 2 * dayMs);
    const birthday = at("profile.birth_date", "anniversary_within", 7, { birth_date: "1990-03-20" });
    expect(new Date(birthday ?? 0).toISOString()).toBe("2026-03-12T23:00:00.000Z");
    expect(at("profile.days_since_last_order", "gt", 3, { last_order_at: noon - 36 * hour })).toBe(noon + 12 * hour);
    expect(at("profile.gender", "eq", "female", {})).toBeNull();
  });

  it("covers windows over items", () => {
    const rule = ruleOf({ items: { of: "viewed", match: "some", window: { last: "7d" } } });
    const list = (): readonly Record<string, unknown>[] => [{ sku: "a", at: noon - 6 * dayMs }];
    expect(rule.nextChangeAt({ list }, noon)).toBe(noon + dayMs + 1);
  });
});
