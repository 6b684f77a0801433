import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomCatalog } from "../../testing/rules/arbitrary-rule.ts";
import { expectNoChangeBetween } from "../../testing/rules/next-changes.ts";
import { compileRule } from "./compile.ts";
import type { RuleEvent } from "./event-leaf-spec.ts";
import type { RuleNode } from "./grammar.ts";
import { sortLeafRows } from "./leaf-rows.ts";
import type { RuleSubject } from "./subject.ts";
import { dayMs, startOfLocalDay } from "./time.ts";

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const halfHourMs = 1_800_000;
const horizonMs = 5 * dayMs;

/** Instants at which clocks change: by an hour, by half an hour, over midnight forwards and back. */
const switches: readonly (readonly [zone: string, at: string])[] = [
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["America/Santiago", "2026-04-05T03:00:00Z"],
  ["America/Santiago", "2026-09-06T04:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["Africa/Cairo", "2026-10-29T21:00:00Z"],
  ["UTC", "2026-02-28T00:00:00Z"],
];

const duration = pick(["45m", "6h", "1d", "25h", "2d", "4d"]);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function windowsAt(timezone: string, start: number): fc.Arbitrary<unknown> {
  const day = fc.integer({ min: -2, max: 5 }).map((days) => dayOf(start + days * dayMs));
  const instant = fc.integer({ min: -80, max: 240 }).map((n) => new Date(start + n * halfHourMs).toISOString());
  return fc.oneof(
    duration.map((last) => ({ last })),
    pick([
      ["1d", "6h"],
      ["25h", "1d"],
      ["2d", "45m"],
    ]).map((between) => ({ between })),
    duration.map((before) => ({ before })),
    fc.record({
      calendar: pick(["day", "week", "month", "quarter", "year"]),
      offset: pick([-2, -1, 0, 1]),
      timezone: fc.constant(timezone),
    }),
    fc.record({ from: day, to: day, timezone: fc.constant(timezone) }, { requiredKeys: ["timezone", "from"] }),
    fc.record({ since: instant, until: instant }, { requiredKeys: ["since"] }),
    pick(["30m", "6h"]).map((session) => ({ session })),
  );
}

const comparison = pick(["eq", "neq", "gt", "gte", "lt", "lte"]);
const count = fc.record({ op: comparison, value: fc.integer({ min: 0, max: 3 }) });

function leafAt(timezone: string, start: number): fc.Arbitrary<unknown> {
  const window = windowsAt(timezone, start);
  const name = pick(["pageView", "addToCart"]);
  const instant = pick(["within_last", "before_last", "within_next", "after_next"]);
  const relative = fc
    .record({ path: pick(["profile.a_instant", "profile.a_date"]), op: instant, value: duration })
    .map((attribute) => ({ attribute: { ...attribute, timezone } }));
  const anniversary = fc
    .record({ path: pick(["profile.a_instant", "profile.a_date"]), value: fc.integer({ min: 0, max: 4 }) })
    .map((attribute) => ({ attribute: { ...attribute, op: "anniversary_within", timezone } }));
  const days = fc
    .record({ op: comparison, value: fc.integer({ min: 0, max: 5 }) })
    .map((attribute) => ({ attribute: { path: "profile.days", ...attribute } }));
  const event = fc.oneof(
    fc.record({ name, window, count, distinct: pick(["event.properties.text"]) }, { requiredKeys: ["name", "window"] }),
    fc.record({
      name,
      window,
      aggregate: fc.record({
        fn: pick(["sum", "average", "min", "max"]),
        path: fc.constant("event.properties.number"),
        op: comparison,
        value: fc.integer({ min: 0, max: 6 }),
      }),
    }),
  );
  const sequence = fc.record({
    window,
    steps: fc.array(fc.record({ name, within: duration }, { requiredKeys: ["name"] }), { minLength: 2, maxLength: 3 }),
  });
  const items = pick(["viewed", "orders", "ordered"]).chain((of) =>
    fc.oneof(
      fc.record({ of: fc.constant(of), match: pick(["some", "none", "every"]), window }),
      fc.record({
        of: fc.constant(of),
        measure: pick(["count", "quantity"]),
        op: comparison,
        value: fc.integer({ min: 0, max: 3 }),
        window,
      }),
    ),
  );
  return fc.oneof(
    relative,
    anniversary,
    days,
    event.map((each) => ({ event: each })),
    sequence.map((each) => ({ sequence: each })),
    items.map((each) => ({ items: each })),
    fc.record({ member: fc.boolean(), for: duration }).map((audience) => ({ audience: { id: "vip", ...audience } })),
    fc
      .record({ state: pick(["active", "completed", "exited"]), within: duration })
      .map((journey) => ({ journey: { id: "welcome", ...journey } })),
    fc.record({ count, window }).map((message) => ({ message: { channel: "email", event: "opened", ...message } })),
    fc
      .record({ status: pick(["granted", "denied", "unset"]) })
      .map((consent) => ({ consent: { category: "marketing", ...consent } })),
  );
}

const scene = pick(switches).chain(([timezone, at]) =>
  fc.integer({ min: 0, max: 144 }).chain((before) => {
    const start = Date.parse(at) - before * halfHourMs + (before % 3);
    // On the half hour and a millisecond beside it.
    const time = fc
      .tuple(fc.integer({ min: -240, max: 240 }), pick([-1, 0, 1]))
      .map(([slots, more]) => Date.parse(at) + slots * halfHourMs + more);
    const times = fc.array(time, { maxLength: 4 }).map((all) => all.sort((a, b) => a - b));
    const leaf = leafAt(timezone, start);
    return fc.record({
      timezone: fc.constant(timezone),
      start: fc.constant(start),
      rule: fc.oneof(
        { weight: 3, arbitrary: leaf },
        { weight: 1, arbitrary: leaf.map((not) => ({ not })) },
        { weight: 1, arbitrary: fc.array(leaf, { minLength: 2, maxLength: 3 }).map((all) => ({ all })) },
        { weight: 1, arbitrary: fc.array(leaf, { minLength: 2, maxLength: 3 }).map((any) => ({ any })) },
      ),
      instant: fc.option(time, { nil: undefined }),
      date: time.map((ms) => dayOf(ms)),
      events: fc.array(
        fc.record({
          timestamp: time,
          type: pick(["pageView", "addToCart"]),
          text: pick(["a", "b"]),
          number: fc.nat(4),
        }),
        { maxLength: 6 },
      ),
      times,
      member: fc.boolean(),
      changedAt: time,
      state: pick(["active", "completed", "exited"] as const),
      session: fc.boolean(),
      grantEndsAt: time,
    });
  }),
);

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** The person as a rule sees them at an instant: days pass and grants end by themselves. */
function subjectAt(drawn: Scene, rows: ReadonlyMap<string, readonly number[]>): (nowMs: number) => RuleSubject {
  const { instant, date, times, changedAt, member, state, grantEndsAt } = drawn;
  const list = times.map((at) => ({ sku: "s-1", qty: 1, at, status: "placed" }));
  return (nowMs) => ({
    profile: {
      a_instant: instant,
      a_date: date,
      ...(instant === undefined ? {} : { days: Math.max(0, Math.floor((nowMs - instant) / dayMs)) }),
    },
    list: () => list,
    eventTimes: (hash) => rows.get(hash) ?? [],
    member: () => (member ? { since: changedAt } : undefined),
    outsideSince: () => changedAt,
    journey: () => ({ state, at: changedAt }),
    messageTimes: () => times,
    session: drawn.session ? { startedAt: changedAt - 2 * halfHourMs, lastAt: changedAt } : undefined,
    consent: () => (nowMs < grantEndsAt ? "granted" : undefined),
    consentChangesAt: () => (nowMs < grantEndsAt ? grantEndsAt : undefined),
  });
}

describe("the next change of a rule", () => {
  it("is never too late for any leaf that time changes, also where clocks are put forward or back", () => {
    const runs = process.env["CLIENTELE_TEST_LONG"] ? 6_000 : 400;
    let changes = 0;
    fc.assert(
      fc.property(scene, (drawn) => {
        const { timezone, start } = drawn;
        // Made by a generator of valid rules.
        const rule = compileRule(drawn.rule as RuleNode, { catalog: randomCatalog, timezone });
        expect(rule.broken).toBe(false);
        const events = drawn.events.map(
          ({ timestamp, type, text, number }): RuleEvent => ({ timestamp, type, properties: { text, number } }),
        );
        const rows = new Map(
          rule.eventLeaves.map((leaf) => [
            leaf.hash,
            sortLeafRows(
              events.flatMap((event) => leaf.rowsOf(event, {})),
              leaf.stride,
            ),
          ]),
        );
        const midnights = Array.from({ length: 7 }, (_, day) =>
          startOfLocalDay(Math.floor(start / dayMs) + day, timezone),
        );
        changes += expectNoChangeBetween(rule, subjectAt(drawn, rows), {
          from: start,
          to: start + horizonMs,
          stepMs: halfHourMs / 2,
          edges: midnights,
        });
      }),
      { numRuns: runs },
    );
    expect(changes).toBeGreaterThan(runs / 4);
  }, 600_000);
});
