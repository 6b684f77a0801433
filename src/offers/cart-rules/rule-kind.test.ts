import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const usd = (minor: number) => ({ minor, currency: "USD" });
const valid = { priority: 1, action: { type: "percent", percent: "10" } };
const path = "/v1/definitions/cart-price-rule";

async function save(body: object, key = `r-${Math.random().toString(36).slice(2)}`) {
  return app.call("POST", path, { key, name: key, body });
}

const deep = (levels: number): object =>
  Array.from({ length: levels }).reduce<object>((inner) => ({ all: [inner] }), { everyone: true });

beforeAll(async () => {
  app = await startTestApp();
  await app.publish("cart-price-rule", "taken", { ...valid, coupon: { type: "specific", code: "Spring" } });
}, 120_000);
afterAll(async () => app?.close());

describe("a cart price rule", () => {
  it.each([
    ["no website", { websites: [] }, "/body/websites"],
    ["no customer group", { customerGroups: [] }, "/body/customerGroups"],
    ["an end before its start", { from: "2026-03-02", to: "2026-03-01" }, "/body/to"],
    ["a day that does not exist", { from: "2026-02-30" }, "/body/from"],
    ["the code of another rule", { coupon: { type: "specific", code: " spring " } }, "/body/coupon/code"],
    ["more than 100 percent", { action: { type: "percent", percent: "100.5" } }, "/body/action/percent"],
    ["more free than bought", { action: { type: "buy_x_get_y", buy: 1, get: 2 } }, "/body/action/get"],
    [
      "two amounts of one currency",
      { action: { type: "fixed", amounts: [usd(1), usd(2)] } },
      "/body/action/amounts/1/currency",
    ],
    [
      "an attribute that nobody knows",
      { conditions: { attribute: { path: "cart.subtotl", op: "gte", value: usd(1) } } },
      "/body/conditions/attribute/path",
    ],
    [
      "cart conditions where lines are chosen",
      { targets: { attribute: { path: "cart.subtotal", op: "gte", value: usd(1) } } },
      "/body/targets/attribute/path",
    ],
    [
      "line conditions where the cart is judged",
      { conditions: { attribute: { path: "item.qty", op: "gte", value: 1 } } },
      "/body/conditions/attribute/path",
    ],
    ["an audience that does not exist", { conditions: { audience: { id: "nobody" } } }, "/body/conditions/audience/id"],
    ["a block that does not exist", { blocks: ["none"] }, "/body/blocks/0"],
    ["a field that is not known", { discount: 5 }, "/body/discount"],
    ["a negative priority", { priority: -1 }, "/body/priority"],
  ])("is refused with %s, at its field", async (_what, fields, at) => {
    const { status, body } = await save({ ...valid, ...fields });
    const error = body["error"] as { details: { path: string }[] };
    expect([status, error.details.map((detail) => detail.path)]).toEqual([422, expect.arrayContaining([at])]);
  });

  it.each([
    ["a negative amount", { type: "fixed", amounts: [usd(-1)] }],
    ["no amount", { type: "cart_fixed", amounts: [] }],
    ["an unknown action", { type: "double", percent: "10" }],
    ["steps where there are none", { type: "cart_fixed", amounts: [usd(1)], step: 2 }],
  ])("is refused with %s", async (_what, action) => {
    const { status, body } = await save({ ...valid, action });
    const error = body["error"] as { details: { path: string }[] };
    expect(status).toBe(422);
    expect(error.details.every((detail) => detail.path.startsWith("/body/action"))).toBe(true);
  });

  it("is refused with conditions nested deeper than 30", async () => {
    expect((await save({ ...valid, conditions: deep(30) })).status).toBe(422);
    expect((await save({ ...valid, conditions: deep(28) })).status).toBe(201);
  });

  it("keeps its code when it is saved again, and gives it up when it is paused", async () => {
    const { headers } = await app.call("GET", `${path}/taken`);
    const etag = String(headers["etag"]);
    const own = { name: "taken", body: { ...valid, priority: 2, coupon: { type: "specific", code: "SPRING" } } };
    const token = { authorization: `Bearer ${demoCredentials.token}` };
    const again = await app.call("PUT", `${path}/taken`, own, { ...token, "if-match": etag });
    expect(again.status).toBe(200);
    const paused = await app.call(
      "POST",
      `${path}/taken/pause`,
      {},
      { ...token, "if-match": String(again.headers["etag"]) },
    );
    expect(paused.status).toBe(200);
    expect((await save({ ...valid, coupon: { type: "specific", code: "spring" } })).status).toBe(201);
  });

  it("counts from the next call after it was published, and no longer after it was paused", async () => {
    const evaluate = async () => {
      const cart = { currency: "USD", lines: [{ sku: "x", unitPrice: usd(1_000) }] };
      const { body } = await app.call("POST", "/v1/offers/evaluate", { cart });
      return { applied: body["applied"], version: body["version"] };
    };
    const before = await evaluate();
    expect(before.applied).toEqual([]);
    await app.publish("cart-price-rule", "fresh", valid);
    const after = await evaluate();
    expect(after.applied).toEqual(["fresh"]);
    expect(after.version).not.toBe(before.version);
    const { headers } = await app.call("GET", `${path}/fresh`);
    await app.call(
      "POST",
      `${path}/fresh/pause`,
      {},
      { authorization: `Bearer ${demoCredentials.token}`, "if-match": String(headers["etag"]) },
    );
    expect((await evaluate()).applied).toEqual([]);
  });
});
