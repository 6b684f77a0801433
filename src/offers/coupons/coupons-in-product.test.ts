import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const clock = createFixedClock(Date.UTC(2026, 4, 10, 12));
const rule = (coupon: object, more: object = {}) => ({
  priority: 0,
  coupon,
  action: { type: "percent", percent: "10" },
  ...more,
});

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.publish("cart-price-rule", "spring", rule({ type: "specific", code: "SPRING", usesPerCoupon: 1 }));
  await app.publish("cart-price-rule", "welcome", rule({ type: "pool", usesPerCoupon: 1 }));
});
afterAll(async () => app?.close());

const post = (path: string, body: unknown, headers?: Record<string, string>) => app.call("POST", path, body, headers);
const writeKey = { authorization: `Bearer ${demoCredentials.writeKey}` };
const cart = {
  currency: "USD",
  lines: [{ id: "1", sku: "24-MB01", qty: 1, unitPrice: { minor: 10_000, currency: "USD" } }],
};
const evaluate = async (...couponCodes: string[]) => {
  const { body } = await post("/v1/offers/evaluate", { cart: { ...cart, couponCodes } });
  return body["coupons"] as Record<string, { status: string; reason?: string }>;
};

describe("coupons of the shop's server", () => {
  it("are reserved, redeemed and released, and evaluation knows what is left", async () => {
    expect(await evaluate("spring")).toMatchObject({ spring: { status: "applied" } });
    const reserve = { orderId: "1001", customerId: "7", uses: [{ code: "spring" }] };
    const first = await post("/v1/coupons/reserve", reserve);
    expect(first).toMatchObject({
      status: 200,
      body: {
        orderId: "1001",
        status: "reserved",
        uses: [{ ruleKey: "spring", code: "SPRING", amount: null, granted: null }],
        expiresAt: new Date(clock.now() + 1_800_000).toISOString(),
      },
    });
    expect((await post("/v1/coupons/reserve", reserve)).body).toEqual(first.body);
    expect(await evaluate("SPRING")).toMatchObject({ SPRING: { status: "rejected", reason: "usage_limit_reached" } });
    expect(await post("/v1/coupons/reserve", { ...reserve, orderId: "1002" })).toMatchObject({
      status: 409,
      body: { error: { code: "coupons.rejected", details: [{ path: "/uses/0", code: "usage_limit_reached" }] } },
    });
    expect((await post("/v1/coupons/redeem", { orderId: "1001" })).body).toMatchObject({ status: "redeemed" });
    expect((await post("/v1/coupons/release", { orderId: "1001" })).body).toMatchObject({ status: "released" });
    expect((await post("/v1/coupons/release", { orderId: "1003" })).body).toMatchObject({
      status: "unknown",
      uses: [],
    });
    expect(await evaluate("SPRING")).toMatchObject({ SPRING: { status: "applied" } });
  });

  it("are out of reach of a write key and of a reader", async () => {
    for (const path of ["reserve", "redeem", "release"])
      expect(await post(`/v1/coupons/${path}`, { orderId: "x", uses: [{ code: "SPRING" }] }, writeKey)).toMatchObject({
        status: 403,
      });
    for (const path of ["/v1/coupon-pools", "/v1/coupons/report"])
      expect(await app.call("GET", path, undefined, writeKey)).toMatchObject({ status: 403 });
    expect(await app.call("GET", "/v1/coupon-pools", undefined, {})).toMatchObject({ status: 401 });
  });

  it.each([
    ["reserve", { orderId: "x" }],
    ["reserve", { orderId: "x", uses: [{ code: "a".repeat(65) }] }],
    ["reserve", { orderId: "x", uses: [{ ruleKey: "spring", amount: { minor: 1.5, currency: "USD" } }] }],
    ["reserve", `{"orderId":"x","uses":[{"__proto__":{"code":"SPRING"}}]}`],
    ["release", {}],
    ["redeem", { orderId: { $gt: "" } }],
  ])("refuse a faulty %s: %j", async (path, body) => {
    const { status } = await post(`/v1/coupons/${path}`, body);
    expect([400, 422]).toContain(status);
  });

  it("cannot be tried out by a browser for long", async () => {
    const tryCode = (code: string) =>
      post(
        "/v1/offers/evaluate",
        { identity: { anonymousId: "thief" }, cart: { ...cart, couponCodes: [code] } },
        writeKey,
      );
    let last = await tryCode("X0");
    for (let n = 1; n < 50 && last.status === 200; n += 1) last = await tryCode(`X${n}`);
    expect(last).toMatchObject({ status: 429, body: { error: { code: "coupons.tooManyGuesses" } } });
    expect(Number(last.headers["retry-after"])).toBeGreaterThan(0);
  });
});

describe("pools", () => {
  it("are generated, listed, used, imported, exported and emptied", async () => {
    const created = await post("/v1/coupon-pools", { ruleKey: "welcome", name: "Welcome" });
    expect(created.status).toBe(201);
    const pool = `/v1/coupon-pools/${created.body["id"]}`;
    const asked = await post(`${pool}/generations`, { quantity: 300, prefix: "HI-", length: 8, dashEvery: 4 });
    expect(asked).toMatchObject({ status: 202, body: { status: "queued", quantity: 300, done: 0 } });
    expect(await app.coupons.generateNext()).toBe(true);
    expect((await app.call("GET", pool)).body).toMatchObject({
      codes: 300,
      usedCodes: 0,
      generations: [{ status: "done", done: 300, guessRatio: 300 / 32 ** 8 }],
    });
    const page = await app.call("GET", `${pool}/codes?limit=1&search=hi-`);
    const [{ code }] = page.body["items"] as [{ code: string }];
    expect(code).toMatch(/^HI-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    expect(await evaluate(code.toLowerCase())).toMatchObject({ [code.toLowerCase()]: { status: "applied" } });
    await post("/v1/coupons/redeem", { orderId: "2001", uses: [{ code }] });
    expect(await evaluate(code)).toMatchObject({ [code]: { reason: "usage_limit_reached" } });

    const csv = { authorization: `Bearer ${demoCredentials.token}`, "content-type": "text/csv" };
    expect(await post(`${pool}/codes/import`, "code,limit,expires\nOLD,,2026-05-09\nBIG,3,\n!,,\n", csv)).toMatchObject(
      {
        status: 200,
        body: { imported: 2, known: 0, faulty: 1, faults: [{ path: "/4" }] },
      },
    );
    expect(await post(`${pool}/codes/import`, { code: "x" })).toMatchObject({ status: 415 });
    expect(await evaluate("OLD")).toMatchObject({ OLD: { status: "rejected", reason: "expired" } });
    const file = await app.call("GET", `${pool}/codes.csv?used=true`);
    expect(file.headers["content-type"]).toContain("text/csv");
    expect(file.body["text"]).toContain(`${code},,,1,`);
    expect((await app.call("GET", `${pool}/codes.xml`)).body["text"]).toMatch(
      /^<\?xml .*<coupon code="BIG" limit="3" used="0"/s,
    );
    expect((await post(`${pool}/codes/delete`, { codes: ["old"] })).body).toEqual({ deleted: 1 });
    expect((await post(`${pool}/codes/delete`, { matching: { used: false } })).body).toEqual({ deleted: 300 });
    expect((await app.call("GET", pool)).body).toMatchObject({ codes: 1, usedCodes: 1 });
    const { body: audit } = await app.call("GET", "/v1/audit?objectKind=coupon-pool");
    expect(JSON.stringify(audit)).toContain("coupon-pool.delete-codes");
  });

  it("refuse shapes that can be guessed, pools and files that do not exist", async () => {
    const { body } = await post("/v1/coupon-pools", { ruleKey: "welcome", name: "Small" });
    expect(await post(`/v1/coupon-pools/${body["id"]}/generations`, { quantity: 5_000, length: 3 })).toMatchObject({
      status: 422,
      body: { error: { code: "coupons.spaceTooSmall", message: expect.stringContaining("one guess in 6") } },
    });
    expect(await app.call("GET", "/v1/coupon-pools/nothing")).toMatchObject({ status: 404 });
    expect(await app.call("GET", `/v1/coupon-pools/${body["id"]}/codes.exe`)).toMatchObject({ status: 400 });
    expect(await post("/v1/coupon-pools", { ruleKey: "a\0b", name: "x" })).toMatchObject({ status: 400 });
  });
});

describe("orders that come as events", () => {
  it("redeem coupons by themselves, and are in the report with their sales", async () => {
    await app.publish("cart-price-rule", "summer", rule({ type: "specific", code: "SUMMER" }));
    const usd = (minor: number) => ({ minor, currency: "USD" });
    const order = (type: string, orderId: string, properties: object) => ({
      type,
      customerId: "9",
      messageId: `${type}-${orderId}`,
      properties: { orderId, ...properties },
    });
    const items = [{ sku: "24-MB01", qty: 2, lineTotal: usd(10_000) }];
    const placed = { coupon: "Summer", discount: usd(1_000), orderTotal: usd(9_500), items };
    await app.sendFromServer([
      order("orderPlaced", "3001", placed),
      order("orderPlaced", "3002", placed),
      order("orderPlaced", "3003", placed),
      order("orderInvoiced", "3001", {}),
      order("orderCancelled", "3003", {}),
    ]);
    await app.settle();
    expect(await app.coupons.applyReports()).toBe(4);
    await post("/v1/coupons/redeem", { orderId: "3004", uses: [{ code: "SUMMER", amount: usd(700) }] });
    while ((await app.coupons.exportUses()) > 0);
    clock.advance(1_000);
    const { body } = await app.call("GET", "/v1/coupons/report?ruleKey=summer&groupBy=rule,code,store");
    expect(body["items"]).toEqual([
      {
        period: "2026-05-10",
        ruleKey: "summer",
        code: "SUMMER",
        storeView: "default",
        uses: 3,
        orders: 3,
        granted: usd(2_700),
        sales: { orders: 2, subtotal: usd(20_000), discount: usd(2_000), total: usd(19_000) },
        invoiced: { orders: 1, subtotal: usd(10_000), discount: usd(1_000), total: usd(9_500) },
      },
    ]);
    await post("/v1/coupons/release", { orderId: "3004" });
    await app.coupons.exportUses();
    const all = await app.call("GET", "/v1/coupons/report?period=all&ruleKey=summer");
    expect(all.body["items"]).toMatchObject([{ period: null, code: null, uses: 2, granted: usd(2_000) }]);
  });
});
