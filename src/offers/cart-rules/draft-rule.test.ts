import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
const usd = (minor: number) => ({ minor, currency: "USD" });
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
const ofBrand = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });
const percent = (value: string) => ({ type: "percent", percent: value });
const cart = { currency: "USD", lines: [{ id: "a", sku: "bag", qty: 1, unitPrice: usd(10_000) }] };

async function publish(key: string, body: object): Promise<void> {
  const path = "/v1/definitions/cart-price-rule";
  expect((await app.call("POST", path, { key, name: `The ${key}`, body })).status).toBe(201);
  expect((await app.call("POST", `${path}/${key}/publish`, {})).status).toBe(200);
}

const draftOf = (body: object, more: object = {}) => ({ key: "new", name: "New", body, ...more });
const evaluate = async (draft: object, more: object = {}) =>
  (await app.call("POST", "/v1/offers/evaluate", { cart, draft, explain: true, ...more })).body;
const conflictsOf = async (body: object, more: object = {}) =>
  (await app.call("POST", "/v1/offers/cart-rules/reach", { draft: draftOf(body, more) })).body;

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.call("PUT", "/v1/catalog/products", [
    { sku: "bag", name: "Bag", brand: "Acme", price: usd(10_000) },
    { sku: "mug", name: "Mug", brand: "Soft", price: usd(900) },
  ]);
  await publish("acme", { priority: 10, targets: ofBrand("Acme"), action: percent("10") });
  await publish("final", { priority: 500, stop: true, customerGroups: ["wholesale"], action: percent("1") });
});
afterAll(() => app.close());

describe("a cart price rule that is not published", () => {
  it("counts in an evaluation as if it were published, and is gone after it", async () => {
    const body = { priority: 20, action: percent("50") };
    const tried = await evaluate(draftOf(body));
    expect(tried).toMatchObject({ applied: ["acme", "new"], totals: { total: usd(4_500) } });
    const { body: plain } = await app.call("POST", "/v1/offers/evaluate", { cart });
    expect(plain).toMatchObject({ applied: ["acme"], totals: { total: usd(9_000) } });
  });

  it("takes the place of the published rule with its key", async () => {
    const tried = await evaluate({ key: "acme", name: "Acme", body: { priority: 10, action: percent("25") } });
    expect(tried).toMatchObject({ applied: ["acme"], totals: { total: usd(7_500) } });
  });

  it("is opened by its own code, and with a pool by the code that is taken as one of it", async () => {
    const specific = { priority: 20, coupon: { type: "specific", code: "Half" }, action: percent("50") };
    const withCode = { cart: { ...cart, couponCodes: ["half "] } };
    expect(await evaluate(draftOf(specific), withCode)).toMatchObject({ coupons: { "half ": { status: "applied" } } });
    const pool = { ...specific, coupon: { type: "pool" } };
    expect(await evaluate(draftOf(pool, { code: "HALF" }), withCode)).toMatchObject({ applied: ["acme", "new"] });
    expect(await evaluate(draftOf(pool), withCode)).toMatchObject({
      coupons: { "half ": { reason: "unknown_code" } },
    });
  });

  it("says why rules were not looked at, the draft among them", async () => {
    const tried = await evaluate(draftOf({ priority: 1, from: "2026-05-01", action: percent("50") }));
    expect(tried["skipped"]).toEqual([
      { rule: "new", name: "New", priority: 1, reason: "not_started" },
      { rule: "final", name: "The final", priority: 500, reason: "group" },
    ]);
  });

  it("is refused with its faults while it is not whole", async () => {
    const draft = draftOf({ priority: 1, conditions: { attribute: { path: "cart.nothing", op: "eq" } }, action: {} });
    expect((await app.call("POST", "/v1/offers/evaluate", { cart, draft })).status).toBe(400);
    const wrong = draftOf({ priority: 1, conditions: { attribute: { path: "cart.nothing", op: "eq" } } });
    Object.assign(wrong.body, { action: percent("1") });
    expect((await app.call("POST", "/v1/offers/evaluate", { cart, draft: wrong })).status).toBe(422);
  });

  it("is nothing that a browser may send", async () => {
    const draft = draftOf({ priority: 1, action: percent("50") });
    const { status, body } = await app.call("POST", "/v1/offers/evaluate", { cart, draft }, browser);
    expect([status, body]).toMatchObject([403, { error: { code: "offers.previewNotAllowed" } }]);
    expect((await app.call("POST", "/v1/offers/cart-rules/reach", { draft }, browser)).status).toBe(403);
  });
});

describe("what a cart price rule meets", () => {
  it("counts the products it is for and names the rules that reach the same ones", async () => {
    expect(await conflictsOf({ priority: 20, customerGroups: ["general"], action: percent("5") })).toEqual({
      ...{ looked: 2, reached: 2, examples: ["bag", "mug"], compared: 2 },
      conflicts: [{ code: "overlaps", rule: "acme", name: "The acme", priority: 10, products: 1, examples: ["bag"] }],
    });
    const stopping = { priority: 1, stop: true, targets: ofBrand("Acme"), customerGroups: ["general"] };
    expect((await conflictsOf({ ...stopping, action: percent("5") }))["conflicts"]).toMatchObject([
      { code: "stops", rule: "acme" },
    ]);
  });

  it("says when a rule is always hidden, hides others, is for no product, or is over", async () => {
    const action = percent("5");
    const codes = async (body: object) =>
      ((await conflictsOf(body))["conflicts"] as { code: string; rule?: string }[]).map(({ code, rule }) =>
        rule === undefined ? code : `${code} ${rule}`,
      );
    expect(await codes({ priority: 900, customerGroups: ["wholesale"], action })).toContain("shadowed final");
    expect(await codes({ priority: 1, stop: true, action })).toEqual(["shadows acme", "shadows final"]);
    expect(await codes({ priority: 1, targets: ofBrand("Nobody"), action })).toEqual(["no_products"]);
    expect(await codes({ priority: 1, to: "2026-01-01", action })).toEqual(["ended"]);
  });
});
