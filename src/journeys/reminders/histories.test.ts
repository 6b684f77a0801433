// Random histories of carts, orders, consents, runs and sends against a naive reading of rules 1 to 4 of the contract: the whole of
// reminders on a real database on one side, a loop over the history of one customer on the other.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { aCartLine, aReminder, createWorld } from "../../testing/reminders/reminder-world.ts";
import { defaultSettings } from "./settings.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// Both clock changes of 2026 in Berlin and New York lie within the weeks after one of these.
const starts = [Date.parse("2026-03-01T01:30:00Z"), Date.parse("2026-10-10T00:30:00Z")];

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["journeys"]);
}, 60_000);
afterAll(() => engines.close());

type Act = "touch" | "empty" | "buy" | "allow" | "forbid";
type Moment = {
  readonly afterHours: number;
  readonly run: boolean;
  readonly send: boolean;
  readonly acts: readonly (Act | null)[];
};
type Rule = {
  readonly key: string;
  readonly afterHours: number;
  readonly repeat: readonly number[];
  readonly zone: string;
  readonly repeatable: boolean;
  readonly quietDays: number;
};

const people = 6;
const rules: readonly Rule[] = [
  { key: "berlin", afterHours: 24, repeat: [1, 3, 7], zone: "Europe/Berlin", repeatable: true, quietDays: 2 },
  { key: "york", afterHours: 30, repeat: [2, 20], zone: "America/New_York", repeatable: false, quietDays: 7 },
  { key: "plain", afterHours: 5, repeat: [], zone: "UTC", repeatable: true, quietDays: 0 },
];

/** The wall clock as text, from the runtime's own calendar. */
function shown(at: number, zone: string): string {
  return new Date(at).toLocaleString("sv-SE", { timeZone: zone });
}

/** The first instant at which the clock shows the time of `first` so many days later, else the first one past it. */
function dateOf(first: number, days: number, zone: string): number {
  if (days === 0) return first;
  const [day = "", time = ""] = shown(first, zone).split(" ");
  const later = new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
  const wanted = `${later} ${time}`;
  for (let at = first + days * dayMs - 2 * hourMs; ; at += 1_800_000)
    if (shown(at, zone) === wanted) return at;
    else if (shown(at, zone) > wanted) {
      // Skipped by the clock: back to the change.
      let change = at;
      while (shown(change - 60_000, zone) > wanted) change -= 60_000;
      return change;
    }
}

type Sent = { readonly at: number; readonly step: number };

/** What one customer gets of one rule, read off the history without any of the code under test. */
function naive(rule: Rule, history: readonly Moment[], who: number, start: number): { sent: Sent[]; skipped: number } {
  let touched: number | null = null;
  let ordered = Number.NEGATIVE_INFINITY;
  let allowed = true;
  let last: { cart: number; first: number; next: number; closed: number | null } | undefined;
  let pending: { step: number; of: NonNullable<typeof last> } | undefined;
  const sent: Sent[] = [];
  let skipped = 0;
  const days = [0, ...rule.repeat];
  const isOver = (of: NonNullable<typeof last>) => ordered >= of.first || touched !== of.cart;
  let at = start;
  for (const moment of history) {
    at += moment.afterHours * hourMs;
    const act = moment.acts[who];
    if (act === "touch") touched = at;
    else if (act === "empty") touched = null;
    else if (act === "buy") {
      touched = null;
      ordered = at;
    } else if (act === "allow") allowed = true;
    else if (act === "forbid") allowed = false;
    const make = (of: NonNullable<typeof last>, step: number) => {
      if (allowed) pending = { step, of };
      else skipped += 1;
      of.next = step + 1;
      if (of.next === days.length) of.closed = at;
    };
    if (moment.run) {
      if (last && last.closed === null) {
        if (isOver(last)) last.closed = at;
        else {
          const { first, next } = last;
          const due = days.flatMap((each, step) =>
            step >= next && dateOf(first, each, rule.zone) <= at ? [step] : [],
          );
          const newest = due.at(-1);
          if (newest !== undefined && !pending) {
            skipped += due.length - 1;
            make(last, newest);
          }
        }
      } else if (touched !== null && at - touched > rule.afterHours * hourMs) {
        const isNew = last === undefined || (rule.repeatable && last.cart !== touched && !pending);
        if (isNew && (last?.closed == null || at >= last.closed + rule.quietDays * dayMs)) {
          last = { cart: touched, first: at, next: 0, closed: null };
          make(last, 0);
        }
      }
    }
    if (moment.send && pending) {
      if (isOver(pending.of)) {
        pending.of.closed ??= at;
        skipped += 1;
      } else if (allowed) sent.push({ at, step: pending.step });
      else skipped += 1;
      pending = undefined;
    }
  }
  return { sent, skipped };
}

const act = fc.oneof(
  { weight: 12, arbitrary: fc.constant(null) },
  { weight: 4, arbitrary: fc.constant<Act>("touch") },
  { weight: 1, arbitrary: fc.constantFrom<Act>("empty", "buy", "allow", "forbid") },
);
const moment: fc.Arbitrary<Moment> = fc.record({
  afterHours: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(0.5), fc.integer({ min: 40, max: 200 })),
  run: fc.boolean(),
  send: fc.boolean(),
  acts: fc.array(act, { minLength: people, maxLength: people }),
});
const history = fc.array(moment, { minLength: 10, maxLength: 30 });

const types: Readonly<Record<Act, string>> = {
  touch: "addToCart",
  empty: "removeFromCart",
  buy: "orderPlaced",
  allow: "consentUpdated",
  forbid: "consentUpdated",
};

async function played(moments: readonly Moment[], start: number) {
  for (const table of ["state", "watch", "queue", "sweeps", "sequences", "mails", "addresses", "runs"])
    await engines.postgres.query(`delete from reminder_${table}`);
  const clock = createFixedClock(start);
  const world = createWorld({
    postgres: engines.postgres,
    clock,
    rules: rules.map(({ key, afterHours, repeat, zone, repeatable, quietDays }) =>
      aReminder(key, {
        triggers: [{ kind: "cart", after: `${afterHours}h` }],
        repeat: repeat.join(","),
        timezone: zone,
        repeatable,
        quietPeriod: `${quietDays}d`,
      }),
    ),
  });
  await world.changeSettings({ ...defaultSettings, failureThreshold: 0 });
  const names = Array.from({ length: people }, (_, who) => `n${who}`);
  for (const name of names) world.add(name);
  const sent = new Map<string, Sent[]>();
  const ids = new Set<string>();
  for (const { afterHours, run, send, acts } of moments) {
    clock.advance(afterHours * hourMs);
    for (const [who, what] of acts.entries()) {
      const name = names[who];
      if (!what || !name) continue;
      const removed = what === "empty" ? { items: [{ ...aCartLine, qty: 1_000 }] } : { items: [aCartLine] };
      const consent = { channels: { email: what === "allow" } };
      const order = {
        orderId: `o-${who}-${clock.now()}`,
        items: [aCartLine],
        orderTotal: aCartLine["lineTotal"] ?? null,
      };
      const properties = what === "buy" ? order : what === "allow" || what === "forbid" ? consent : removed;
      await world.happen(name, types[what], properties);
    }
    if (run) await world.reminders.runNow();
    if (!send) continue;
    for (const { id, rule, profileId, step } of await world.sendAll()) {
      expect(ids.has(id), "an id is given out once").toBe(false);
      ids.add(id);
      const who = names.findIndex((name) => world.idOf(name) === profileId);
      const key = `${rule.key} ${who}`;
      sent.set(key, [...(sent.get(key) ?? []), { at: clock.now(), step }]);
    }
  }
  const skipped = await world.rows<{ rule_id: string; profile_id: string; n: number }>(
    "select m.rule_id, m.profile_id, count(*) as n from reminder_mails m where m.state = 'skipped' group by 1, 2",
  );
  const skippedOf = (rule: string, who: number) =>
    skipped.find((row) => row.rule_id === world.idOf(`rule ${rule}`) && row.profile_id === world.idOf(`n${who}`))?.n ??
    0;
  return { sent, skippedOf };
}

it("reminds as the contract reads: never twice, never after buying, on the right days in any zone", async () => {
  let mails = 0;
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(...starts), async (moments, start) => {
      const { sent, skippedOf } = await played(moments, start);
      for (const rule of rules)
        for (let who = 0; who < people; who += 1) {
          const expected = naive(rule, moments, who, start);
          const got = sent.get(`${rule.key} ${who}`) ?? [];
          mails += got.length;
          expect(got, `${rule.key} ${who}`).toEqual(expected.sent);
          expect(skippedOf(rule.key, who), `skipped ${rule.key} ${who}`).toBe(expected.skipped);
        }
    }),
    { numRuns: process.env["CLIENTELE_TEST_LONG"] ? 200 : 8 },
  );
  // The histories are such that something happens.
  expect(mails).toBeGreaterThan(15);
}, 120_000);
