import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFixedClock, createLogger, type Money, newId } from "../../kernel/index.ts";
import { anEvent } from "../../testing/builders.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { type CouponRequest, type CouponRule, createCoupons } from "./index.ts";
import { createCodeStore } from "./store-codes.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["offers"]);
});
afterAll(() => engines.close());

const minute = 60_000;
const clock = createFixedClock(Date.UTC(2026, 4, 10, 12));
const eur = (minor: number): Money => ({ minor, currency: "EUR" });
let rules: readonly CouponRule[];
let coupons: ReturnType<typeof create>;
let turn = 0;

const base: readonly CouponRule[] = [
  { key: "spring", coupon: { type: "specific", code: "Spring10", usesPerCoupon: 2 }, usesPerCustomer: 1 },
  { key: "auto", coupon: { type: "none" }, budget: { spend: eur(1_000), uses: 5 } },
  { key: "pool", coupon: { type: "pool", usesPerCoupon: 1 } },
  { key: "free", coupon: { type: "specific", code: "FREE" } },
];

function create(options: { bindGuests?: boolean } = {}) {
  return createCoupons({
    postgres: engines.postgres,
    clickhouse: engines.clickhouse,
    clock,
    logger: createLogger("silent"),
    liveRules: () => rules,
    convert: ({ minor, currency }, to) =>
      currency === to
        ? { minor, currency }
        : currency === "USD"
          ? { minor: Math.round(minor / 2), currency: to }
          : undefined,
    defaultStoreView: "default",
    timezone: "Europe/Vienna",
    ...options,
  });
}

beforeEach(async () => {
  await engines.postgres.query(
    "truncate coupon_orders, coupon_counters, coupon_codes, coupon_pools, coupon_order_reports, coupon_jobs",
  );
  rules = base;
  coupons = create();
  turn += 1;
});

const order = (id: string, uses: CouponRequest["uses"], more: Partial<CouponRequest> = {}): CouponRequest => ({
  orderId: `${turn}-${id}`,
  uses,
  ...more,
});
const spring = [{ code: " spring10 " }];
const reasons = (result: Awaited<ReturnType<typeof coupons.reserve>>) =>
  result.ok ? [] : result.rejections.map(({ reason }) => reason);
const usedOf = async (code: string) => (await coupons.look([code], nobody)).codes.get(code)?.used;
const nobody = { profileId: null, customerId: null };

async function addCodes(...codes: readonly { code: string; limit?: number; expires?: string }[]) {
  const store = createCodeStore(engines.postgres);
  const id = newId();
  await store.createPool({
    id,
    ruleKey: "pool",
    name: "pool",
    createdAt: clock.now(),
    createdBy: "test",
    archivedAt: null,
  });
  const rows = codes.map(({ code, limit = null, expires = null }) => ({ code, limit, expires }));
  await store.addCodes(id, rows, clock.now());
  return id;
}

describe("what is known of codes", () => {
  it("tells rule, limit and uses of fixed and generated codes, whatever their case, and nothing of others", async () => {
    const poolId = await addCodes({ code: "P-1", expires: "2026-05-31" }, { code: "P-2", limit: 7 });
    await coupons.reserve(order("a", spring, { customerId: "42" }));
    const facts = await coupons.look(["sprinG10", " p-1", "P-2", "NOPE", "A\0B", "x".repeat(100)], {
      profileId: null,
      customerId: "42",
    });
    expect(Object.fromEntries(facts.codes)).toEqual({
      SPRING10: { ruleKey: "spring", limit: 2, used: 1, expires: null, poolId: null },
      "P-1": { ruleKey: "pool", limit: 1, used: 0, expires: "2026-05-31", poolId },
      "P-2": { ruleKey: "pool", limit: 7, used: 0, expires: null, poolId },
    });
    expect([...facts.usesByCustomer]).toEqual([["spring", 1]]);
    expect([...facts.spent]).toEqual([["auto", { uses: 0, minor: 0 }]]);
  });

  it("tells what a budget has spent, reservations included", async () => {
    await coupons.reserve(order("a", [{ ruleKey: "auto", amount: eur(300) }]));
    expect((await coupons.look([], nobody)).spent.get("auto")).toEqual({ uses: 1, minor: 300 });
  });

  it("does not know a code of a pool whose rule has a fixed code now", async () => {
    await addCodes({ code: "P-1" });
    rules = [{ key: "pool", coupon: { type: "specific", code: "OTHER" } }];
    expect((await coupons.look(["P-1"], nobody)).codes.size).toBe(0);
    expect(reasons(await coupons.reserve(order("a", [{ code: "P-1" }])))).toEqual(["unknown_code"]);
  });
});

describe("reserving", () => {
  it("takes a code until its limit, and gives a reservation that nobody redeemed back after 30 minutes", async () => {
    expect(reasons(await coupons.reserve(order("a", spring)))).toEqual([]);
    expect(reasons(await coupons.reserve(order("b", spring)))).toEqual([]);
    expect(reasons(await coupons.reserve(order("c", spring)))).toEqual(["usage_limit_reached"]);
    clock.advance(29 * minute);
    expect(await coupons.expireDue()).toBe(0);
    clock.advance(2 * minute);
    expect(reasons(await coupons.reserve(order("c", spring)))).toEqual([]);
    expect(await usedOf("SPRING10")).toBe(1);
  });

  it("gives the same answer to a repeated call and refuses another body under the same id", async () => {
    const first = await coupons.reserve(order("a", spring, { customerId: "1" }));
    expect(await coupons.reserve(order("a", [{ code: "SPRING10" }], { customerId: "1" }))).toEqual(first);
    await expect(coupons.reserve(order("a", [{ code: "FREE" }]))).rejects.toMatchObject({ code: "coupons.conflict" });
    await expect(coupons.redeem(order("a", [{ code: "FREE" }]))).rejects.toMatchObject({ code: "coupons.conflict" });
    // Also when the rule has been stopped since.
    rules = [];
    expect(await coupons.reserve(order("a", spring, { customerId: "1" }))).toEqual(first);
    expect(await usedOf("SPRING10")).toBe(undefined);
  });

  it("takes everything or nothing", async () => {
    await addCodes({ code: "P-1" });
    await coupons.reserve(order("a", [{ code: "P-1" }]));
    const result = await coupons.reserve(
      order("b", [{ code: "FREE" }, { ruleKey: "auto", amount: eur(10) }, { code: "P-1" }]),
    );
    expect(result).toEqual({
      ok: false,
      rejections: [{ index: 2, ruleKey: "pool", code: "P-1", reason: "usage_limit_reached" }],
    });
    expect([await usedOf("FREE"), (await coupons.look([], nobody)).spent.get("auto")?.uses]).toEqual([0, 0]);
  });

  it("binds registered customers by their limit, guests only where that is set", async () => {
    const email = "Someone@Example.com";
    await coupons.reserve(order("a", spring, { customerId: "7" }));
    expect(reasons(await coupons.reserve(order("b", spring, { customerId: "7" })))).toEqual([
      "customer_usage_limit_reached",
    ]);
    await coupons.release(order("a", []).orderId);
    expect(reasons(await coupons.reserve(order("c", spring, { email })))).toEqual([]);
    coupons = create({ bindGuests: true });
    expect(reasons(await coupons.reserve(order("d", spring, { email })))).toEqual([]);
    await coupons.release(order("c", []).orderId);
    const again = order("e", spring, { email: "someone@example.COM " });
    expect(reasons(await coupons.reserve(again))).toEqual(["customer_usage_limit_reached"]);
    const { rows } = await engines.postgres.query<{ text: string }>("select o::text as text from coupon_orders o");
    expect(JSON.stringify(rows).toLowerCase()).not.toContain("someone");
  });

  it("counts several codes of one rule as one use of the rule and of the customer", async () => {
    await addCodes({ code: "P-1" }, { code: "P-2" });
    rules = [{ key: "pool", coupon: { type: "pool", usesPerCoupon: 1 }, usesPerCustomer: 1, budget: { uses: 1 } }];
    const uses = [{ code: "P-1" }, { code: "P-2" }, { code: "p-2" }];
    expect(reasons(await coupons.reserve(order("a", uses, { customerId: "1" })))).toEqual([]);
    expect((await coupons.look([], nobody)).spent.get("pool")?.uses).toBe(1);
  });

  it.each([
    ["a code that does not exist", { code: "NOPE" }, "unknown_code"],
    ["a code of another rule", { code: "FREE", ruleKey: "spring" }, "unknown_code"],
    ["a rule with a coupon without its code", { ruleKey: "spring" }, "unknown_code"],
    ["a rule that is not live", { ruleKey: "gone" }, "inactive_rule"],
    ["a code after its last day in the shop's time zone", { code: "OLD" }, "expired"],
  ])("refuses %s", async (_, use, reason) => {
    // 2026-05-10 23:30 in UTC is the 11th in Vienna.
    clock.set(Date.UTC(2026, 4, 10, 23, 30));
    await addCodes({ code: "OLD", expires: "2026-05-10" }, { code: "TODAY", expires: "2026-05-11" });
    expect(reasons(await coupons.reserve(order("a", [use])))).toEqual([reason]);
    expect(reasons(await coupons.reserve(order("b", [{ code: "TODAY" }])))).toEqual([]);
  });

  it("keeps a spend budget to the minor unit, in its own currency, or in part where the shop takes part", async () => {
    await coupons.reserve(order("a", [{ ruleKey: "auto", amount: { minor: 1_400, currency: "USD" } }]));
    expect(reasons(await coupons.reserve(order("b", [{ ruleKey: "auto", amount: eur(301) }])))).toEqual([
      "budget_exhausted",
    ]);
    const part = order("c", [{ ruleKey: "auto", amount: { minor: 1_000, currency: "USD" } }], { allowPartial: true });
    expect(await coupons.reserve(part)).toMatchObject({
      ok: true,
      order: { uses: [{ granted: { minor: 600, currency: "USD" } }] },
    });
    expect((await coupons.look([], nobody)).spent.get("auto")).toEqual({ uses: 2, minor: 1_000 });
    const nothing = order("d", [{ ruleKey: "auto", amount: eur(1) }], { allowPartial: true });
    expect(reasons(await coupons.reserve(nothing))).toEqual(["budget_exhausted"]);
    const unknown = order("e", [{ ruleKey: "auto", amount: { minor: 1, currency: "JPY" } }]);
    await expect(coupons.reserve(unknown)).rejects.toMatchObject({ code: "coupons.noRate" });
    await expect(coupons.reserve(order("f", [{ ruleKey: "auto" }]))).rejects.toMatchObject({ code: "coupons.invalid" });
  });

  it.each([
    [{ orderId: "" }, "/orderId"],
    [{ orderId: "x".repeat(129) }, "/orderId"],
    [{ orderId: "a\0b" }, "/orderId"],
    [{ replaces: "same", orderId: "same" }, "/replaces"],
    [{ uses: [] }, "/uses"],
    [{ uses: [{}] }, "/uses/0"],
    [{ uses: [{ code: "x".repeat(65) }] }, "/uses/0/code"],
    [{ uses: [{ code: "A\0" }] }, "/uses/0/code"],
    [{ uses: [{ ruleKey: "auto", amount: { minor: -1, currency: "EUR" } }] }, "/uses/0/amount"],
    [{ uses: [{ ruleKey: "auto", amount: { minor: Number.NaN, currency: "EUR" } }] }, "/uses/0/amount"],
    [{ uses: [{ ruleKey: "auto", amount: { minor: 1, currency: "__proto__" } }] }, "/uses/0/amount"],
    [{ customerId: "\0" }, "/customerId"],
  ])("names the faulty field of %j", async (change, path) => {
    await expect(coupons.reserve({ ...order("a", spring), ...change })).rejects.toMatchObject({
      code: "coupons.invalid",
      details: [{ path }],
    });
  });
});

describe("redeeming and releasing", () => {
  it("counts a redeemed order for good and gives it back once when it is cancelled", async () => {
    await coupons.reserve(order("a", spring));
    const redeemed = await coupons.redeem({ orderId: order("a", []).orderId });
    expect(redeemed).toMatchObject({ ok: true, order: { status: "redeemed", expiresAt: null } });
    expect(await coupons.redeem(order("a", spring))).toEqual(redeemed);
    clock.advance(60 * minute);
    expect([await coupons.expireDue(), await usedOf("SPRING10")]).toEqual([0, 1]);
    for (const _ of [1, 2]) {
      expect(await coupons.release(order("a", []).orderId)).toMatchObject({ ok: true, order: { status: "released" } });
      expect(await usedOf("SPRING10")).toBe(0);
    }
    // A call that was under way for long.
    await expect(coupons.redeem(order("a", spring))).rejects.toMatchObject({ code: "coupons.released" });
    expect(reasons(await coupons.reserve(order("a", [{ code: "FREE" }])))).toEqual([]);
  });

  it("redeems without a reservation, and after it is over, within the limits", async () => {
    await coupons.redeem(order("a", spring));
    await coupons.reserve(order("b", spring));
    clock.advance(31 * minute);
    expect(reasons(await coupons.redeem(order("c", spring)))).toEqual([]);
    expect(reasons(await coupons.redeem({ orderId: order("b", []).orderId }))).toEqual(["usage_limit_reached"]);
    await coupons.release(order("a", []).orderId);
    expect(reasons(await coupons.redeem({ orderId: order("b", []).orderId }))).toEqual([]);
    expect(await usedOf("SPRING10")).toBe(2);
  });

  it("has nothing to say of an order without coupons", async () => {
    expect(await coupons.release("no-coupons")).toEqual({ ok: true, order: null });
    expect(await coupons.redeem({ orderId: "no-coupons" })).toEqual({ ok: true, order: null });
  });
});

describe("an order that is edited", () => {
  const first = () => order("first", spring, { customerId: "1" });
  const edit = () => order("edit", [...spring, { code: "FREE" }], { customerId: "1", replaces: first().orderId });
  const counts = async () => [await usedOf("SPRING10"), await usedOf("FREE")];

  it("does not count against itself, and takes its place when it is placed", async () => {
    await coupons.redeem(first());
    expect(reasons(await coupons.reserve(edit()))).toEqual([]);
    expect(await counts()).toEqual([1, 1]);
    await coupons.redeem({ orderId: edit().orderId });
    expect(await counts()).toEqual([1, 1]);
    expect(await coupons.release(first().orderId)).toMatchObject({ order: { status: "replaced" } });
    await coupons.release(edit().orderId);
    expect(await counts()).toEqual([0, 0]);
  });

  it("leaves the order as it was when the edit is given up", async () => {
    await coupons.redeem(first());
    await coupons.reserve(edit());
    clock.advance(31 * minute);
    await coupons.expireDue();
    expect(await counts()).toEqual([1, 0]);
    expect(reasons(await coupons.reserve(edit()))).toEqual([]);
  });

  it("keeps what it needs when the order is cancelled before the edit is placed", async () => {
    await coupons.redeem(first());
    await coupons.reserve(edit());
    await coupons.release(first().orderId);
    expect(await counts()).toEqual([1, 1]);
    await coupons.redeem({ orderId: edit().orderId });
    expect(await counts()).toEqual([1, 1]);
  });

  it("replaces only what holds something, once at a time", async () => {
    await expect(coupons.reserve(edit())).rejects.toMatchObject({ code: "coupons.replaces" });
    await coupons.redeem(first());
    await coupons.reserve(edit());
    const other = { ...edit(), orderId: `${turn}-other` };
    await expect(coupons.reserve(other)).rejects.toMatchObject({ code: "coupons.replaces" });
  });

  it("may be placed without a reservation", async () => {
    await coupons.redeem(first());
    expect(await coupons.redeem(edit())).toMatchObject({ order: { status: "redeemed" } });
    expect(await counts()).toEqual([1, 1]);
    expect(await coupons.release(first().orderId)).toMatchObject({ order: { status: "replaced" } });
  });
});

describe("orders that come as events", () => {
  const event = (type: string, properties: Record<string, unknown>, more: object = {}) => ({
    profileId: newId(),
    stored: null,
    event: {
      ...anEvent({ type, customerId: "9" }),
      verified: true,
      sourceKind: "server" as const,
      properties: { orderId: `${turn}-e`, ...properties },
      ...more,
    } as ReturnType<typeof anEvent>,
  });
  const send = async (...events: ReturnType<typeof event>[]) => {
    const write = coupons.observe(events, []);
    if (write) await engines.postgres.transaction(write);
    return coupons.applyReports();
  };

  it("redeem and release by themselves where the shop never calls", async () => {
    expect(await send(event("orderPlaced", { coupon: "spring10, FREE;NOPE", discount: eur(500) }))).toBe(1);
    expect([await usedOf("SPRING10"), await usedOf("FREE")]).toEqual([1, 1]);
    expect((await coupons.look([], { profileId: null, customerId: "9" })).usesByCustomer.get("spring")).toBe(1);
    expect(await send(event("orderPlaced", { coupon: "FREE" }), event("orderCancelled", {}))).toBe(2);
    expect([await usedOf("SPRING10"), await usedOf("FREE")]).toEqual([0, 0]);
  });

  it("count nothing twice beside calls, whoever comes first", async () => {
    await coupons.reserve(order("e", [{ code: "FREE" }]));
    await send(event("orderPlaced", { coupon: "FREE" }));
    expect(await coupons.redeem(order("e", [{ code: "FREE" }]))).toMatchObject({ order: { status: "redeemed" } });
    expect(await usedOf("FREE")).toBe(1);

    await send(event("orderPlaced", { orderId: `${turn}-late`, coupon: "FREE" }));
    expect(await coupons.redeem(order("late", [{ code: "FREE" }, ...spring]))).toMatchObject({ ok: true });
    expect([await usedOf("FREE"), await usedOf("SPRING10")]).toEqual([2, 1]);
  });

  it("are facts that no limit refuses", async () => {
    rules = [{ key: "free", coupon: { type: "specific", code: "FREE", usesPerCoupon: 1 }, budget: { spend: eur(1) } }];
    for (const id of ["x", "y"])
      await send(event("orderPlaced", { orderId: `${turn}-${id}`, coupon: "FREE", discount: eur(500) }));
    expect([await usedOf("FREE"), (await coupons.look([], nobody)).spent.get("free")?.minor]).toEqual([2, 1_000]);
  });

  it("use nothing when they were cancelled before they came", async () => {
    await send(event("orderCancelled", {}));
    await send(event("orderPlaced", { coupon: "FREE" }));
    expect(await usedOf("FREE")).toBe(0);
  });

  it("count only when a trusted source tells them of now", async () => {
    expect(await send(event("orderPlaced", { coupon: "FREE" }, { verified: false }))).toBe(0);
    expect(await send(event("orderPlaced", { coupon: "FREE" }, { sourceKind: "history" }))).toBe(0);
    expect(await send(event("orderPlaced", { coupon: "FREE" }, { flags: ["simulated"] }))).toBe(0);
    expect(await send(event("completeCheckout", { coupon: "FREE" }))).toBe(0);
    expect(await send(event("orderPlaced", { orderId: {}, coupon: "FREE" }))).toBe(0);
    expect(await send(event("orderPlaced", { coupon: { __proto__: null }, discount: "x" }))).toBe(1);
    expect(await usedOf("FREE")).toBe(0);
  });
});

describe("a person who is erased", () => {
  it("is taken off what they used, which stays used and can still be given back", async () => {
    coupons = create({ bindGuests: true });
    await coupons.reserve(order("a", spring, { customerId: "42" }));
    await coupons.reserve(order("b", spring, { email: "guest@example.com" }));
    const identifiers = [
      { namespace: "user_id", value: "42" },
      { namespace: "email", value: "guest@example.com" },
      { namespace: "anonymous_id", value: "42" },
    ];
    expect((await coupons.ordersOf(identifiers)).map(({ orderId }) => orderId).sort()).toEqual([
      `${turn}-a`,
      `${turn}-b`,
    ]);
    expect(await engines.postgres.transaction((tx) => coupons.forgetCustomers(tx, identifiers))).toBe(2);
    const { rows } = await engines.postgres.query<{ text: string }>(
      "select o::text as text from coupon_orders o union all select c::text from coupon_counters c",
    );
    expect(JSON.stringify(rows)).not.toMatch(/customer:42|email:/);
    expect(await usedOf("SPRING10")).toBe(2);
    await coupons.release(`${turn}-a`);
    await coupons.redeem({ orderId: `${turn}-b` });
    expect(await usedOf("SPRING10")).toBe(1);
  });
});
