// The codes of a cart as conditions see them: in evaluations, and in audiences about the open cart.
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const items = [{ sku: "tent", qty: 1, unitPrice: usd(10_000), lineTotal: usd(10_000) }];
const withCode = (op: string, value: unknown) => ({ attribute: { path: "cart.coupon", op, value } });
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.publish("cart-price-rule", "welcome", {
    priority: 1,
    coupon: { type: "specific", code: "Welcome" },
    action: { type: "percent", percent: "10" },
  });
  await app.publish("cart-price-rule", "over", {
    priority: 2,
    to: "2020-01-01",
    coupon: { type: "specific", code: "OVER" },
    action: { type: "percent", percent: "10" },
  });
  await app.publish("cart-price-rule", "on-top", {
    priority: 3,
    conditions: withCode("in", ["welcome", "over", "nothing"]),
    action: { type: "percent", percent: "5" },
  });
  await app.publish("cart-price-rule", "without", {
    priority: 4,
    conditions: withCode("not_exists", undefined),
    action: { type: "percent", percent: "1" },
  });
}, 60_000);
afterAll(() => app?.close());

async function appliedWith(couponCodes: readonly string[], headers?: Record<string, string>) {
  const cart = { currency: "USD", lines: [{ id: "a", sku: "tent", qty: 1, unitPrice: usd(10_000) }], couponCodes };
  const { status, body } = await app.call("POST", "/v1/offers/evaluate", { cart }, headers);
  expect(status, JSON.stringify(body)).toBe(200);
  const { a } = body["lines"] as { a: { byRule: Record<string, unknown> } };
  return Object.keys(a.byRule);
}

it("a condition on codes holds for a code that was accepted, however it is written", async () => {
  expect(await appliedWith([" WELCOME "])).toEqual(["welcome", "on-top"]);
  expect(await appliedWith(["welcome"], browser)).toEqual(["welcome", "on-top"]);
});

it("a code that is unknown or over is not in the cart, whoever says so", async () => {
  for (const codes of [[], ["nothing"], ["over"], ["over", "nothing"]]) {
    expect(await appliedWith(codes), String(codes)).toEqual(["without"]);
    expect(await appliedWith(codes, browser), String(codes)).toEqual(["without"]);
  }
});

it("an audience reads the codes that the shop told of the open cart, and compares them as codes", async () => {
  await app.publish("audience", "coded", { rule: withCode("contains", "spring") });
  await app.publish("audience", "seven", { rule: withCode("eq", "7") });
  await app.publish("audience", "both", { rule: withCode("contains_all", ["SPRING", "007"]) });
  await app.publish("audience", "coded-element", {
    rule: {
      attribute: { path: "cart.coupon", op: "any_match", where: { attribute: { path: "item", op: "eq", value: "7" } } },
    },
  });
  const memberships = async (customerId: string) => {
    await app.settle();
    const { body } = await app.call("GET", `/v1/profiles/by/user_id/${customerId}`);
    return [...(body["audiences"] as string[])].sort();
  };
  const send = (type: string, properties: object) => app.sendFromServer([{ type, customerId: "ada", properties }]);
  await send("shoppingCartView", { items, couponCodes: ["Spring", "007", "", 5, "x".repeat(200)] });
  expect(await memberships("ada")).toEqual(["both", "coded"]);
  await send("addToCart", { items });
  expect(await memberships("ada"), "lines come and go, the code stays").toEqual(["both", "coded"]);
  await send("shoppingCartView", { items, coupon: "7" });
  expect(await memberships("ada")).toEqual(["coded-element", "seven"]);
  await send("shoppingCartView", { items });
  expect(await memberships("ada")).toEqual([]);
});
