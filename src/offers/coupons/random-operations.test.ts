import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ClienteleError, createFixedClock, createLogger, type FixedClock } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { type Body, createCouponModel, modelRules, type Operation } from "../../testing/offers/coupon-model.ts";
import { type CouponRule, type Coupons, createCoupons } from "./index.ts";

const minute = 60_000;
const runs = process.env["CLIENTELE_TEST_LONG"] ? 300 : 25;

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["offers"]);
});
afterAll(() => engines.close());

async function setUp(rules: readonly CouponRule[]) {
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
  return { clock, coupons };
}

const id = fc.integer({ min: 0, max: 3 });
const use = fc.record({ rule: fc.constantFrom("one", "two", "auto"), minor: fc.integer({ min: 1, max: 300 }) });
const body: fc.Arbitrary<Body> = fc.record({
  uses: fc.uniqueArray(use, { minLength: 1, maxLength: 3, selector: ({ rule }) => rule }),
  customer: fc.constantFrom(null, "x", "y"),
});
const other = (replaces: number | null, own: number) => (replaces === own ? null : replaces);
const asking = fc
  .tuple(fc.constantFrom("reserve", "reserve", "reserve", "redeem"), id, body, fc.option(id, { freq: 3 }))
  .map(
    ([kind, own, given, replaces]): Operation => ({ do: kind, id: own, body: given, replaces: other(replaces, own) }),
  );
const operation: fc.Arbitrary<readonly Operation[]> = fc.oneof(
  { weight: 6, arbitrary: asking.map((each) => [each]) },
  { weight: 3, arbitrary: id.map((own): Operation[] => [{ do: "redeemReserved", id: own }]) },
  { weight: 2, arbitrary: id.map((own): Operation[] => [{ do: "release", id: own }]) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((minutes): Operation[] => [{ do: "wait", minutes }]) },
  // By chance alone an order is seldom placed and then edited.
  {
    weight: 2,
    arbitrary: fc.tuple(id, id, body, body).map(([first, second, before, after]): Operation[] => [
      { do: "redeem", id: first, body: before, replaces: null },
      { do: "reserve", id: second, body: after, replaces: other(first, second) },
    ]),
  },
);

function requestOf({ id: own, body: given, replaces }: Extract<Operation, { body: Body }>) {
  return {
    orderId: `o${own}`,
    customerId: given.customer,
    ...(replaces === null ? {} : { replaces: `o${replaces}` }),
    uses: given.uses.map(({ rule, minor }) =>
      rule === "auto" ? { ruleKey: rule, amount: { minor, currency: "EUR" } } : { code: rule },
    ),
  };
}

function run(coupons: Coupons, clock: FixedClock, each: Operation): Promise<unknown> {
  switch (each.do) {
    case "wait":
      clock.advance(each.minutes * minute);
      return coupons.expireDue();
    case "release":
      return coupons.release(`o${each.id}`);
    case "redeemReserved":
      return coupons.redeem({ orderId: `o${each.id}` });
    default:
      return each.do === "reserve" ? coupons.reserve(requestOf(each)) : coupons.redeem(requestOf(each));
  }
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    const result = await work;
    return typeof result === "object" && result !== null && "ok" in result && result.ok === false ? "rejected" : "ok";
  } catch (error) {
    if (error instanceof ClienteleError && error.code.startsWith("coupons.")) return error.code;
    throw error;
  }
}

it("agrees with a model that counts the orders anew after each of many random calls", {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), async (script) => {
      const { clock, coupons } = await setUp(modelRules);
      const model = createCouponModel();
      for (const each of script.flat()) {
        const outcome = await outcomeOf(run(coupons, clock, each));
        expect({ each, outcome }).toEqual({ each, outcome: model.apply(each) });
        const { rows } = await engines.postgres.query<{ key: string; count: number }>(
          "select c.kind || ' ' || c.rule_key || ' ' || c.item as key, c.count from coupon_counters c where c.count > 0",
        );
        const found = Object.fromEntries(rows.map(({ key, count }) => [key, count]));
        expect(found).toEqual(Object.fromEntries(model.used()));
        expect(found["code one ONE"] ?? 0).toBeLessThanOrEqual(1);
        expect(found["code two TWO"] ?? 0).toBeLessThanOrEqual(2);
        expect(found["spend auto auto EUR"] ?? 0).toBeLessThanOrEqual(500);
        expect(found["rule auto auto"] ?? 0).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: runs },
  );
});

it("lets 64 checkouts at once take exactly what is there, and gives all of it back", { timeout: 60_000 }, async () => {
  const { coupons } = await setUp([{ key: "ten", coupon: { type: "specific", code: "TEN", usesPerCoupon: 10 } }]);
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
