// Random calls against a model that keeps no books: what is used is worked out anew from the orders after each call.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ClienteleError, createFixedClock, createLogger } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { type CouponRule, createCoupons } from "./index.ts";

const minute = 60_000;
const runs = process.env["CLIENTELE_TEST_LONG"] ? 300 : 25;
const rules: readonly CouponRule[] = [
  { key: "one", coupon: { type: "specific", code: "ONE", usesPerCoupon: 1 } },
  { key: "two", coupon: { type: "specific", code: "TWO", usesPerCoupon: 2 }, usesPerCustomer: 1 },
  { key: "auto", coupon: { type: "none" }, budget: { spend: { minor: 500, currency: "EUR" }, uses: 3 } },
];

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["offers"]);
});
afterAll(() => engines.close());

type Body = {
  readonly uses: readonly { readonly rule: "one" | "two" | "auto"; readonly minor: number }[];
  readonly customer: string | null;
};
type Operation =
  | { readonly do: "reserve" | "redeem"; readonly id: number; readonly body: Body; readonly replaces: number | null }
  | { readonly do: "redeemReserved"; readonly id: number }
  | { readonly do: "release"; readonly id: number }
  | { readonly do: "wait"; readonly minutes: number };

const id = fc.integer({ min: 0, max: 3 });
const body: fc.Arbitrary<Body> = fc.record({
  uses: fc.uniqueArray(
    fc.record({ rule: fc.constantFrom("one", "two", "auto"), minor: fc.integer({ min: 1, max: 300 }) }),
    {
      minLength: 1,
      maxLength: 3,
      selector: ({ rule }) => rule,
    },
  ),
  customer: fc.constantFrom(null, "x", "y"),
});
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("reserve"), id, body, replaces: fc.option(id, { freq: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("redeem"), id, body, replaces: fc.option(id, { freq: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("redeemReserved"), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release"), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), minutes: fc.integer({ min: 1, max: 40 }) }) },
) as fc.Arbitrary<Operation>;
/** By chance alone an order is seldom placed and then edited. */
const edited = fc.tuple(id, id, body, body).map(([first, second, before, after]): readonly Operation[] => [
  { do: "redeem", id: first, body: before, replaces: null },
  { do: "reserve", id: second, body: after, replaces: first },
]);
const operations = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: operation.map((each): readonly Operation[] => [each]) },
      { weight: 1, arbitrary: edited },
    ),
    { minLength: 5, maxLength: 30 },
  )
  .map((all) => all.flat());

type Known = { status: string; body: Body; replaces: number | null; until: number };

/** What one order uses, a line each: counter, amount, limit. */
function usesOf({ uses, customer }: Body): ReadonlyMap<string, { n: number; max: number }> {
  const all = new Map<string, { n: number; max: number }>();
  const none = Number.POSITIVE_INFINITY;
  for (const { rule, minor } of uses) {
    all.set(`rule ${rule} ${rule}`, { n: 1, max: rule === "auto" ? 3 : none });
    if (rule === "auto") all.set("spend auto auto EUR", { n: minor, max: 500 });
    if (rule === "one") all.set("code one ONE", { n: 1, max: 1 });
    if (rule === "two") all.set("code two TWO", { n: 1, max: 2 });
    if (customer) all.set(`customer ${rule} customer:${customer}`, { n: 1, max: rule === "two" ? 1 : none });
  }
  return all;
}

function createModel() {
  const orders = new Map<number, Known>();
  let now = 0;
  const isActive = (order: Known | undefined): order is Known =>
    order?.status === "reserved" || order?.status === "redeemed";
  const editOf = (target: number) =>
    [...orders].find(([, order]) => order.status === "reserved" && order.replaces === target)?.[0];
  /** Of an order and its edit that is not placed, the larger counts. */
  const used = (without?: number): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const [number, order] of orders) {
      if (!isActive(order) || number === without) continue;
      const edit = editOf(number);
      const own = usesOf(order.body);
      const replaced = order.status === "reserved" && order.replaces !== null ? orders.get(order.replaces) : undefined;
      if (replaced && isActive(replaced)) continue;
      const other =
        edit === undefined || edit === without ? new Map<string, { n: number }>() : usesOf(orders.get(edit)!.body);
      for (const key of new Set([...own.keys(), ...other.keys()])) {
        const n = Math.max(own.get(key)?.n ?? 0, other.get(key)?.n ?? 0);
        sums.set(key, (sums.get(key) ?? 0) + n);
      }
    }
    return sums;
  };
  const take = (number: number, given: Body, replaces: number | null, status: string): string => {
    const previous = replaces === null ? undefined : orders.get(replaces);
    if (replaces !== null) {
      const edit = editOf(replaces);
      const isWhole =
        previous?.status === "redeemed" ||
        previous?.replaces === null ||
        !isActive(orders.get(previous?.replaces ?? -1));
      if (!isActive(previous) || (edit !== undefined && edit !== number) || !isWhole) return "coupons.replaces";
    }
    const before = used(number);
    const own = previous ? usesOf(previous.body) : new Map<string, { n: number }>();
    for (const [key, { n, max }] of usesOf(given)) {
      const more = Math.max(0, n - (own.get(key)?.n ?? 0));
      if (more > 0 && (before.get(key) ?? 0) + more > max) return "rejected";
    }
    orders.set(number, { status, body: given, replaces, until: now + 30 });
    if (status === "redeemed" && previous) previous.status = "replaced";
    return "ok";
  };
  const give = (number: number, status: string) => {
    const order = orders.get(number)!;
    const edit = editOf(number);
    // The edit stands alone from now on.
    if (edit !== undefined) orders.get(edit)!.replaces = null;
    order.status = status;
    order.replaces = null;
  };
  return { orders, used, take, give, isActive, wait: (minutes: number) => (now += minutes), now: () => now };
}

/** What was asked under an id, to tell a repetition from a conflict. */
const spelling = (given: Body, replaces: number | null) =>
  JSON.stringify([given.customer, given.uses.map(({ rule, minor }) => [rule, minor]).sort(), replaces]);

it("agrees with a model that counts the orders anew", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (script) => {
      await engines.postgres.query("truncate coupon_orders, coupon_counters");
      const clock = createFixedClock(Date.UTC(2026, 0, 1));
      const coupons = createCoupons({
        postgres: engines.postgres,
        clickhouse: engines.clickhouse,
        clock,
        logger: createLogger("silent"),
        liveRules: () => rules,
        convert: (money) => money,
        defaultStoreView: "default",
        timezone: "UTC",
      });
      const model = createModel();
      const asked = new Map<number, string>();
      const toRequest = (number: number, { uses, customer }: Body, replaces: number | null) => ({
        orderId: `o${number}`,
        customerId: customer,
        ...(replaces === null ? {} : { replaces: `o${replaces}` }),
        uses: uses.map(({ rule, minor }) =>
          rule === "auto" ? { ruleKey: rule, amount: { minor, currency: "EUR" } } : { code: rule, amount: undefined },
        ),
      });
      const outcome = async (work: Promise<{ ok: boolean }>): Promise<string> => {
        try {
          return (await work).ok ? "ok" : "rejected";
        } catch (error) {
          if (error instanceof ClienteleError && error.code.startsWith("coupons.")) return error.code;
          throw error;
        }
      };
      const normal = (given: Body): Body => ({
        ...given,
        uses: given.uses.map(({ rule, minor }) => ({ rule, minor: rule === "auto" ? minor : 0 })),
      });
      const expectTaken = (number: number, given: Body, replaces: number | null, status: string): string => {
        const result = model.take(number, given, replaces, status);
        if (result === "ok") asked.set(number, spelling(given, replaces));
        return result;
      };

      for (const operation of script) {
        if (operation.do === "wait") {
          clock.advance(operation.minutes * minute);
          model.wait(operation.minutes);
          await coupons.expireDue();
          // The one that is over first goes first: what it gives up another edit may keep.
          const over = [...model.orders].filter(
            ([, { status, until }]) => status === "reserved" && until <= model.now(),
          );
          for (const [number] of over.sort(([, a], [, b]) => a.until - b.until)) model.give(number, "expired");
        } else {
          const { id: number } = operation;
          const known = model.orders.get(number);
          let expected: string;
          let actual: string;
          if (operation.do === "release") {
            actual = await outcome(coupons.release(`o${number}`));
            expected = "ok";
            if (known && known.status !== "replaced" && known.status !== "released") model.give(number, "released");
          } else if (operation.do === "redeemReserved") {
            actual = await outcome(coupons.redeem({ orderId: `o${number}` }));
            if (!known || known.status === "redeemed" || known.status === "replaced") expected = "ok";
            else if (known.status === "released") expected = "coupons.released";
            else if (known.status === "expired") expected = model.take(number, known.body, null, "redeemed");
            else {
              const previous = known.replaces === null ? undefined : model.orders.get(known.replaces);
              known.status = "redeemed";
              if (model.isActive(previous)) previous.status = "replaced";
              expected = "ok";
            }
          } else {
            const given = normal(operation.body);
            const replaces = operation.replaces === number ? null : operation.replaces;
            const isSame = asked.get(number) === spelling(given, replaces);
            const request = toRequest(number, given, replaces);
            actual = await outcome(operation.do === "reserve" ? coupons.reserve(request) : coupons.redeem(request));
            if (operation.do === "reserve") {
              if (known?.status === "replaced") expected = "coupons.conflict";
              else if (model.isActive(known)) expected = isSame ? "ok" : "coupons.conflict";
              else expected = expectTaken(number, given, replaces, "reserved");
            } else if (known?.status === "replaced") expected = "ok";
            else if (known?.status === "released") expected = "coupons.released";
            else if (model.isActive(known)) {
              expected = isSame ? "ok" : "coupons.conflict";
              if (isSame && known.status === "reserved") {
                const previous = known.replaces === null ? undefined : model.orders.get(known.replaces);
                known.status = "redeemed";
                if (model.isActive(previous)) previous.status = "replaced";
              }
            } else expected = expectTaken(number, given, replaces, "redeemed");
          }
          expect({ operation, outcome: actual }).toEqual({ operation, outcome: expected });
        }
        const { rows } = await engines.postgres.query<{ key: string; count: number }>(
          "select c.kind || ' ' || c.rule_key || ' ' || c.item as key, c.count from coupon_counters c where c.count > 0 order by 1",
        );
        const expected = [...model.used()].filter(([, n]) => n > 0).sort(([a], [b]) => (a < b ? -1 : 1));
        expect(rows.map(({ key, count }) => [key, count])).toEqual(expected);
        for (const [key, n] of expected) {
          const max =
            key === "code one ONE"
              ? 1
              : key === "code two TWO"
                ? 2
                : key === "spend auto auto EUR"
                  ? 500
                  : key === "rule auto auto"
                    ? 3
                    : n;
          expect(n).toBeLessThanOrEqual(max);
        }
      }
    }),
    { numRuns: runs },
  );
});

it("lets 64 checkouts at once take exactly what is there, and gives all of it back", { timeout: 60_000 }, async () => {
  await engines.postgres.query("truncate coupon_orders, coupon_counters");
  const coupons = createCoupons({
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    clock: createFixedClock(Date.UTC(2026, 0, 1)),
    logger: createLogger("silent"),
    liveRules: () => [{ key: "ten", coupon: { type: "specific", code: "TEN", usesPerCoupon: 10 } }],
    convert: (money) => money,
    defaultStoreView: "default",
    timezone: "UTC",
  });
  const used = async () => (await coupons.look(["TEN"], { profileId: null, customerId: null })).codes.get("TEN")?.used;
  const ids = Array.from({ length: 64 }, (_, index) => `c${index}`);
  const results = await Promise.all(ids.map((orderId) => coupons.reserve({ orderId, uses: [{ code: "TEN" }] })));
  const winners = ids.filter((_, index) => results[index]?.ok);
  expect([winners.length, await used()]).toEqual([10, 10]);
  // Each call twice at once, as impatient clients do.
  await Promise.all([...winners, ...winners].map((orderId) => coupons.redeem({ orderId })));
  expect(await used()).toBe(10);
  await Promise.all([...winners, ...winners].map((orderId) => coupons.release(orderId)));
  expect(await used()).toBe(0);
});
