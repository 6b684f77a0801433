import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const clock = createFixedClock(Date.UTC(2026, 4, 10, 12));
const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (percents: string, more: object = {}) => ({
  priority: 10,
  action: { type: "percent", percent: percents },
  ...more,
});
const order = (id: number, sku: string, minor: number, more: object = {}) => ({
  type: "orderPlaced",
  messageId: `m-${id}`,
  customerId: `c-${id}`,
  timestamp: new Date(clock.now() - id * 3_600_000).toISOString(),
  properties: {
    orderId: `o-${id}`,
    orderTotal: usd(minor),
    items: [{ sku, qty: 2, unitPrice: usd(minor / 2), lineTotal: usd(minor) }],
    ...more,
  },
});
const post = (path: string, body: unknown, headers?: Record<string, string>) => app.call("POST", path, body, headers);
const writeKey = { authorization: `Bearer ${demoCredentials.writeKey}` };

async function simulate(settings: object): Promise<Record<string, unknown>> {
  clock.advance(1_000);
  const started = await post("/v1/offers/simulations", settings);
  expect(started, JSON.stringify(started.body)).toMatchObject({ status: 202, body: { status: "running" } });
  await app.simulations.settled();
  const { body } = await app.call("GET", `/v1/offers/simulations/${String(started.body["id"])}`);
  return body;
}

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.call("PUT", "/v1/catalog/products", [
    { sku: "bag", name: "Bag", price: "100.00", currency: "USD", attributes: { cost: "85" } },
    { sku: "tent", name: "Tent", price: "200.00", currency: "USD" },
  ]);
  await app.publish("cart-price-rule", "ten-off", percent("10"));
  await app.sendFromServer([
    order(1, "bag", 20_000),
    order(2, "bag", 20_000, { coupon: "SPRING", shipping: usd(500) }),
    order(3, "tent", 40_000),
  ]);
  // What a browser tells is a claim.
  await app.send([{ ...order(4, "bag", 2_000), customerId: undefined, anonymousId: "a-4" }]);
  await app.settle();
}, 120_000);
afterAll(async () => app?.close());

describe("simulations of price rules", () => {
  it("replay orders that servers told, through the draft and through the live rules", { timeout: 60_000 }, async () => {
    const result = await simulate({ changes: [{ key: "ten-off", body: percent("20") }] });
    expect(result, JSON.stringify(result)).toMatchObject({ status: "done", error: null, done: 3, total: 3 });
    expect(result["result"]).toMatchObject({
      orders: 3,
      unreadable: 0,
      totals: [
        {
          ...{
            currency: "USD",
            orders: 3,
            changed: 3,
            better: 3,
            worse: 0,
            betterBy: 8_000,
            worseBy: 0,
            subtotal: 80_000,
          },
          discount: { live: 8_000, draft: 16_000 },
          // 2 × (200.00 − 2 × 85.00) less the discount
          margin: { live: 2_000, draft: -2_000 },
          costedSubtotal: 40_000,
          belowFloor: { live: 0, draft: 2 },
        },
      ],
      rules: [{ key: "ten-off", isChanged: true, orders: { live: 3, draft: 3 }, belowFloor: 2 }],
      findings: [{ code: "belowFloor", rules: ["ten-off"], orders: 2 }],
    });
    const { sample } = result["result"] as { sample: Record<string, unknown>[] };
    expect(sample[0]).toMatchObject({
      ...{ currency: "USD", subtotal: 40_000, discount: { live: 4_000, draft: 8_000 } },
      lines: [{ sku: "tent", qty: 2, discount: { live: 4_000, draft: 8_000 } }],
      rules: [{ rule: "ten-off", outcome: { live: "applied", draft: "applied" } }],
    });
    // Neither the order nor the customer is named.
    expect(JSON.stringify(sample)).not.toMatch(/o-\d|c-\d/);
  });

  it("tell losers, rules that stop others, and codes that orders carried", { timeout: 60_000 }, async () => {
    const result = await simulate({
      changes: [
        { key: "ten-off", remove: true },
        {
          key: "first",
          body: percent("5", {
            priority: 1,
            stop: true,
            targets: { attribute: { path: "item.sku", op: "eq", value: "bag" } },
          }),
        },
        {
          key: "second",
          body: percent("50", { targets: { attribute: { path: "item.sku", op: "eq", value: "bag" } } }),
        },
        {
          key: "code",
          body: percent("1", { priority: 0, freeShipping: "shipment", coupon: { type: "specific", code: "spring" } }),
        },
      ],
    });
    expect(result["result"], JSON.stringify(result)).toMatchObject({
      totals: [{ better: 0, worse: 3, discount: { live: 8_000, draft: 2_690 } }],
      findings: expect.arrayContaining([
        expect.objectContaining({ code: "alwaysShadowed", rules: ["second"], orders: 2 }),
        expect.objectContaining({ code: "overlap", rules: ["code", "first"], orders: 1 }),
      ]),
    });
    const { rules } = result["result"] as { rules: { key: string }[] };
    expect(rules.find(({ key }) => key === "code")).toMatchObject({
      orders: { live: 0, draft: 1 },
      discount: [{ draft: 700 }],
    });
  });

  it("judge shoppers as they are known now, and take orders of browsers only when told to", {
    timeout: 60_000,
  }, async () => {
    const change = {
      key: "loyal",
      body: percent("10", {
        customerGroups: ["general"],
        conditions: { attribute: { path: "profile.orders_count", op: "gte", value: 1 } },
      }),
    };
    const trusted = await simulate({ changes: [change, { key: "ten-off", remove: true }] });
    expect(trusted["result"]).toMatchObject({ orders: 3, totals: [{ discount: { draft: 8_000 } }] });
    const all = await simulate({ changes: [change, { key: "ten-off", remove: true }], trusted: false });
    expect(all["result"]).toMatchObject({ orders: 4, totals: [{ discount: { live: 8_200, draft: 8_000 } }] });
  });

  it("replay orders of days of the shop, both ends included", { timeout: 60_000 }, async () => {
    const changes = [{ key: "ten-off", remove: true }];
    const today = await simulate({ changes, from: "2026-05-10", to: "2026-05-10" });
    expect(today).toMatchObject({ total: 3, settings: { from: "2026-05-10", to: "2026-05-10" } });
    expect(await simulate({ changes, from: "2026-05-01", to: "2026-05-09" })).toMatchObject({
      status: "done",
      total: 0,
    });
    expect(await post("/v1/offers/simulations", { changes, from: "2026-05-02", to: "2026-05-01" })).toMatchObject({
      status: 422,
      body: { error: { code: "offers.simulationPeriod" } },
    });
    expect(await post("/v1/offers/simulations", { changes, from: "May" })).toMatchObject({ status: 400 });
    expect((await app.call("GET", "/v1/offers/simulations?limit=1")).body).toMatchObject({ timezone: "UTC" });
  });

  it("replay carts, bought or left, at catalog prices where browsers told them", { timeout: 60_000 }, async () => {
    const cart = (anonymousId: string, cartId: string | undefined, sku: string, qty: number) => ({
      ...{ type: "shoppingCartView", anonymousId, messageId: `cart-${anonymousId}` },
      timestamp: new Date(clock.now() - 60_000).toISOString(),
      properties: { ...(cartId === undefined ? {} : { cartId }), items: [{ sku, qty, unitPrice: usd(1) }] },
    });
    await app.send([
      cart("a-10", "k-1", "bag", 2),
      cart("a-11", undefined, "tent", 1),
      cart("a-12", "k-2", "ghost", 1),
    ]);
    await app.settle();
    const result = await simulate({ of: "carts", changes: [{ key: "ten-off", body: percent("20") }] });
    expect(result["result"], JSON.stringify(result)).toMatchObject({
      ...{ orders: 2, unreadable: 1 },
      totals: [{ subtotal: 40_000, discount: { live: 4_000, draft: 8_000 } }],
    });
    const trusted = await simulate({ of: "carts", trusted: true, changes: [{ key: "ten-off", remove: true }] });
    expect(trusted["result"]).toMatchObject({ orders: 0 });
  });

  it("give the parts of a bundle what rules give them, in the group of the time", { timeout: 60_000 }, async () => {
    const parts = ["bag", "tent"].map((sku) => ({ sku, qty: 1, unitPrice: usd(1_000) }));
    const kit = { sku: "kit", qty: 3, unitPrice: usd(2_000), children: parts };
    await app.sendFromServer([
      {
        ...order(9, "kit", 6_000, { items: [kit], customerGroup: "wholesale" }),
        timestamp: new Date(clock.now() - 1_000).toISOString(),
      },
    ]);
    await app.settle();
    const body = percent("50", {
      customerGroups: ["Wholesale"],
      targets: { attribute: { path: "item.sku", op: "eq", value: "bag" } },
    });
    const result = await simulate({
      ...{
        orders: 1,
        changes: [
          { key: "ten-off", remove: true },
          { key: "half-bags", body },
        ],
      },
    });
    expect(result["result"], JSON.stringify(result)).toMatchObject({
      totals: [{ subtotal: 6_000, discount: { live: 600, draft: 1_500 } }],
    });
  });

  it("are refused without a change, with a faulty one, and to those who may not edit", async () => {
    expect(await post("/v1/offers/simulations", {})).toMatchObject({
      status: 422,
      body: { error: { code: "offers.nothingToSimulate" } },
    });
    expect(await post("/v1/offers/simulations", { changes: [{ key: "ten-off", body: percent("120") }] })).toMatchObject(
      {
        status: 422,
        body: { error: { code: "definitions.invalid", details: [{ path: "/body/action/percent" }] } },
      },
    );
    expect(await post("/v1/offers/simulations", { changes: [{ key: "nowhere" }] })).toMatchObject({ status: 404 });
    expect(await post("/v1/offers/simulations", { drafts: true }, writeKey)).toMatchObject({ status: 403 });
    expect(await app.call("GET", "/v1/offers/simulations/0198f000-0000-7000-8000-000000000000")).toMatchObject({
      status: 404,
      body: { error: { code: "offers.simulationNotFound" } },
    });
  });

  it("can be cancelled; the newest stand first in the list", async () => {
    clock.advance(1_000);
    const started = await post("/v1/offers/simulations", { changes: [{ key: "ten-off", remove: true }] });
    const second = await post("/v1/offers/simulations", { changes: [{ key: "ten-off", remove: true }] });
    expect(second).toMatchObject({ status: 409, body: { error: { code: "offers.simulationRunning" } } });
    const id = String(started.body["id"]);
    expect(await post(`/v1/offers/simulations/${id}/cancel`, {})).toMatchObject({
      status: 200,
      body: { status: "cancelled" },
    });
    const { body } = await app.call("GET", "/v1/offers/simulations?limit=2");
    expect(body["items"]).toMatchObject([{ id, status: "cancelled" }, { status: "done" }]);
    const next = await app.call("GET", `/v1/offers/simulations?limit=2&cursor=${String(body["nextCursor"])}`);
    expect(next.body["items"]).toMatchObject([{ status: "done" }, { status: "done" }]);
  });
});
