import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../config.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const codes = ["ONE", "TWO", "THREE"];
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: { maxCouponCodes: 2 } });
  for (const code of codes)
    await app.publish("cart-price-rule", code.toLowerCase(), {
      priority: 0,
      coupon: { type: "specific", code },
      action: { type: "percent", percent: "10" },
    });
});
afterAll(async () => app?.close());

const lines = [{ sku: "24-MB01", qty: 1, unitPrice: { minor: 10_000, currency: "USD" } }];
const evaluate = async (couponCodes: readonly string[]) => {
  const { body } = await app.call("POST", "/v1/offers/evaluate", { cart: { currency: "USD", lines, couponCodes } });
  const coupons = body["coupons"] as Record<string, { status: string; reason?: string }>;
  return couponCodes.map((code) => coupons[code]?.reason ?? coupons[code]?.status);
};
const reserve = (orderId: string, given: readonly string[]) =>
  app.call("POST", "/v1/coupons/reserve", { orderId, uses: given.map((code) => ({ code })) });

describe("the codes that one cart may have", () => {
  it("count in the order in which they were entered, each once", async () => {
    expect(await evaluate(["one", "TWO"])).toEqual(["applied", "applied"]);
    expect(await evaluate(["three", "one", "TWO"])).toEqual(["applied", "applied", "not_combinable"]);
    expect(await evaluate(["one", "ONE", " one ", "two"])).toEqual(["applied", "applied", "applied", "applied"]);
  });

  it("bind the order too, in any spelling", async () => {
    expect(await reserve("many", codes)).toMatchObject({
      status: 422,
      body: { error: { code: "coupons.invalid", details: [{ path: "/uses", message: expect.stringContaining("2") }] } },
    });
    expect(
      await app.call("POST", "/v1/coupons/redeem", { orderId: "many", uses: codes.map((code) => ({ code })) }),
    ).toMatchObject({
      status: 422,
    });
    expect(await reserve("two", ["ONE", "two"])).toMatchObject({ status: 200 });
  });

  it.each(["0", "21", "1.5", "many", "-1"])("are refused as a setting of %s", (text) => {
    expect(() => readConfig({ CLIENTELE_MAX_COUPON_CODES: text })).toThrow("CLIENTELE_MAX_COUPON_CODES");
  });

  it("are 5 unless set", () => {
    expect([readConfig({}).maxCouponCodes, readConfig({ CLIENTELE_MAX_COUPON_CODES: "20" }).maxCouponCodes]).toEqual([
      5, 20,
    ]);
  });
});
