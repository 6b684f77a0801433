import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const clock = createFixedClock(Date.UTC(2026, 4, 10, 12));
const dayMs = 86_400_000;
const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (percents: string, more: object = {}) => ({
  priority: 10,
  action: { type: "percent", percent: percents },
  ...more,
});
const cartOf = (cartId: string | undefined, sku: string, minor: number, more: object = {}) => ({
  cart: { ...(cartId ? { cartId } : {}), currency: "USD", lines: [{ sku, qty: 2, unitPrice: usd(minor) }], ...more },
});
const post = (path: string, body: unknown, headers?: Record<string, string>) => app.call("POST", path, body, headers);
const ask = (body: object, headers?: Record<string, string>) => post("/v1/offers/evaluate", body, headers);
const writeKey = { authorization: `Bearer ${demoCredentials.writeKey}` };
const path = "/v1/offers/shadow-runs";
const endsAt = (days = 30) => new Date(clock.now() + days * dayMs).toISOString();

async function start(settings: object): Promise<string> {
  clock.advance(1_000);
  const started = await post(path, { name: "trial", endsAt: endsAt(), ...settings });
  expect(started, JSON.stringify(started.body)).toMatchObject({ status: 201, body: { status: "running" } });
  return String(started.body["id"]);
}
async function runOf(id: string): Promise<Record<string, unknown>> {
  await app.shadows.settled();
  return (await app.call("GET", `${path}/${id}`)).body;
}
async function reportOf(id: string, of = "carts"): Promise<Record<string, unknown>> {
  await app.shadows.settled();
  const { status, body } = await app.call("GET", `${path}/${id}/report?of=${of}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
const removed = async (id: string) => expect(await app.call("DELETE", `${path}/${id}`)).toMatchObject({ status: 204 });

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.call("PUT", "/v1/catalog/products", [
    { sku: "bag", name: "Bag", price: "100.00", currency: "USD", attributes: { cost: "85" } },
    { sku: "tent", name: "Tent", price: "200.00", currency: "USD" },
  ]);
  await app.publish("cart-price-rule", "ten-off", percent("10"));
}, 120_000);
afterAll(async () => app?.close());
// Only three run at a time: what a failed test left open must not fail the next one.
afterEach(async () => {
  const { body } = await app.call("GET", path);
  for (const { id } of body["items"] as { id: string }[]) await app.call("DELETE", `${path}/${id}`);
});

describe("drafts of price rules beside live carts", () => {
  it("are judged for carts that servers ask about, by the last state of each, and change no answer", {
    timeout: 60_000,
  }, async () => {
    const calls = [
      cartOf("k-1", "bag", 5_000),
      cartOf("k-1", "bag", 10_000),
      cartOf("k-2", "tent", 20_000, { lines: [{ sku: "tent", qty: 2, unitPrice: usd(20_000), name: "for Anna" }] }),
      cartOf(undefined, "tent", 20_000),
    ];
    const before = [];
    for (const call of calls) before.push((await ask(call)).body);
    const id = await start({ changes: [{ key: "ten-off", body: percent("20") }] });
    for (const [at, call] of calls.entries()) expect((await ask(call)).body).toEqual(before[at]);
    // Looked at by people, or at another time: no live carts.
    await ask({ ...cartOf("k-3", "bag", 10_000), explain: true });
    await ask({ ...cartOf("k-3", "bag", 10_000), asOf: new Date(clock.now()).toISOString() });
    await ask({ ...cartOf("k-3", "bag", 10_000), draft: { key: "new", name: "New", body: percent("5") } });
    await ask(cartOf("k-4", "bag", 10_000), writeKey);

    const { coverage } = (await runOf(id)) as { coverage: Record<string, number> };
    expect(coverage).toMatchObject({ seen: 3, dropped: 0, failed: 0 });
    expect((coverage["judged"] ?? 0) + (coverage["superseded"] ?? 0)).toBe(3);
    const report = await reportOf(id);
    expect(report, JSON.stringify(report)).toMatchObject({
      ...{ orders: 2, bought: { orders: 0, changed: 0 } },
      totals: [
        {
          ...{ currency: "USD", orders: 2, changed: 2, better: 2, worse: 0, betterBy: 6_000, subtotal: 60_000 },
          discount: { live: 6_000, draft: 12_000 },
          // 200.00 − 2 × 85.00 less the discount
          margin: { live: 1_000, draft: -1_000 },
          ...{ costedSubtotal: 20_000, belowFloor: { live: 0, draft: 1 } },
        },
      ],
      rules: [{ key: "ten-off", isChanged: true, orders: { live: 2, draft: 2 }, belowFloor: 1 }],
      findings: [{ code: "belowFloor", text: expect.stringContaining("1 carts") }],
      days: [{ day: "2026-05-10", orders: 2, discount: { live: 6_000, draft: 12_000 } }],
    });
    const { sample } = report as { sample: unknown[] };
    expect(sample[0]).toMatchObject({
      lines: [{ sku: "tent", name: "Tent", discount: { live: 4_000, draft: 8_000 } }],
      rules: [{ rule: "ten-off", outcome: { live: "applied", draft: "applied" } }],
    });
    expect(JSON.stringify(sample)).not.toMatch(/k-\d|Anna/);
    expect(await app.call("GET", `${path}/${id}/cart?cartId=k-2`)).toMatchObject({
      status: 200,
      body: { isBought: false, discount: { live: 4_000, draft: 8_000 }, sample: { subtotal: 40_000 } },
    });
    expect(await app.call("GET", `${path}/${id}/cart?cartId=k-4`)).toMatchObject({
      ...{ status: 404, body: { error: { code: "offers.cartNotJudged" } } },
    });
    await removed(id);
  });

  it("tell which carts became orders, and the carts of browsers only when asked to", { timeout: 60_000 }, async () => {
    const all = await start({ trusted: false, changes: [{ key: "ten-off", remove: true }] });
    const trusted = await start({ changes: [{ key: "ten-off", remove: true }] });
    await ask(cartOf("b-1", "tent", 20_000));
    await ask(cartOf("b-2", "tent", 10_000));
    await ask(cartOf("b-3", "tent", 1_000), writeKey);
    await app.shadows.settled();
    // A browser that knows the id of a cart does not speak for it.
    await ask(cartOf("b-1", "tent", 1), writeKey);
    const order = (cartId: string) => ({
      ...{ type: "orderPlaced", messageId: `m-${cartId}`, timestamp: new Date(clock.now()).toISOString() },
      properties: { orderId: `o-${cartId}`, cartId, orderTotal: usd(10), items: [{ sku: "tent", qty: 1 }] },
    });
    await app.sendFromServer([{ ...order("b-1"), customerId: "c-1" }]);
    await app.send([{ ...order("b-3"), anonymousId: "a-3" }]);
    await app.settle();
    expect(await reportOf(all)).toMatchObject({
      ...{ orders: 3, bought: { orders: 2, changed: 2 } },
      totals: [{ orders: 3, worse: 3, subtotal: 62_000, discount: { live: 6_200, draft: 0 } }],
    });
    expect(await reportOf(trusted)).toMatchObject({ orders: 2, bought: { orders: 1, changed: 1 } });
    expect(await reportOf(trusted, "orders")).toMatchObject({
      ...{ orders: 1, totals: [{ orders: 1, discount: { live: 4_000, draft: 0 } }], days: [{ bought: 1 }] },
    });
    await removed(all);
    await removed(trusted);
  });

  it("see codes and limits without using them, and follow the rules that are live", { timeout: 60_000 }, async () => {
    const body = percent("50", {
      priority: 1,
      stop: true,
      coupon: { type: "specific", code: "HALF", usesPerCoupon: 1 },
    });
    const id = await start({ changes: [{ key: "half", body }] });
    const withCode = (cartId: string) => cartOf(cartId, "tent", 10_000, { couponCodes: ["half"] });
    const first = await ask(withCode("c-1"));
    expect(first.body["coupons"]).toEqual({ half: { status: "rejected", reason: "unknown_code" } });
    await app.shadows.settled();
    await ask(withCode("c-2"));
    expect(await reportOf(id)).toMatchObject({
      totals: [{ orders: 2, better: 2, discount: { live: 4_000, draft: 20_000 } }],
      findings: [{ code: "alwaysShadowed", rules: ["ten-off"], orders: 2 }],
    });
    await app.publish(
      "cart-price-rule",
      "five-more",
      percent("5", {
        priority: 20,
        targets: { attribute: { path: "item.sku", op: "eq", value: "mug" } },
      }),
    );
    await ask(cartOf("c-3", "mug", 10_000));
    await app.shadows.settled();
    // Both have the new rule: nothing changes for a cart without the code.
    const { body: cart } = await app.call("GET", `${path}/${id}/cart?cartId=c-3`);
    expect(cart).toMatchObject({ discount: { live: 2_900, draft: 2_900 }, sample: null });
    expect(cart["rules"]).toContainEqual(
      expect.objectContaining({ key: "five-more", outcome: { live: "applied", draft: "applied" } }),
    );
    await removed(id);
  });

  it("say why a rule did not come, without what was seen of the shopper", { timeout: 60_000 }, async () => {
    const conditions = { attribute: { path: "cart.subtotal", op: "gte", value: usd(1_000_000) } };
    const id = await start({ changes: [{ key: "ten-off", body: percent("10", { conditions }) }] });
    await ask(cartOf("w-1", "tent", 10_000));
    await app.shadows.settled();
    const { body } = await app.call("GET", `${path}/${id}/cart?cartId=w-1`);
    expect(body["sample"], JSON.stringify(body)).toMatchObject({
      rules: [{ rule: "ten-off", outcome: { draft: "conditions_not_met" }, failing: "cart.subtotal" }],
    });
    // Emptied: it is no cart any more.
    await ask({ cart: { cartId: "w-1", currency: "USD", lines: [] } });
    expect(await reportOf(id)).toMatchObject({ orders: 0, totals: [] });
    await removed(id);
  });

  it("stop, go on, end and are deleted; three run at most", { timeout: 60_000 }, async () => {
    const changes = [{ key: "ten-off", remove: true }];
    const ids = [await start({ changes }), await start({ changes }), await start({ changes, endsAt: endsAt(1) })];
    const fourth = await post(path, { name: "fourth", endsAt: endsAt(), changes });
    expect(fourth).toMatchObject({ status: 409, body: { error: { code: "offers.shadowsRunning" } } });
    const [first = "", second = "", last = ""] = ids;
    expect(await post(`${path}/${first}/stop`, {})).toMatchObject({ status: 200, body: { status: "stopped" } });
    await ask(cartOf("s-1", "tent", 10_000));
    expect((await runOf(first))["coverage"]).toMatchObject({ seen: 0 });
    expect((await runOf(second))["coverage"]).toMatchObject({ seen: 1, judged: 1 });
    expect(await post(`${path}/${first}/resume`, {})).toMatchObject({ status: 200, body: { status: "running" } });
    await ask(cartOf("s-1", "tent", 10_000));
    expect((await runOf(first))["coverage"]).toMatchObject({ seen: 1, judged: 1 });
    clock.advance(2 * dayMs);
    await ask(cartOf("s-1", "tent", 10_000));
    expect(await runOf(last)).toMatchObject({ status: "ended", coverage: { seen: 2 } });
    expect(await post(`${path}/${last}/resume`, {})).toMatchObject({
      ...{ status: 409, body: { error: { code: "offers.shadowEnded" } } },
    });
    const { body } = await app.call("GET", `${path}?limit=2`);
    expect(body["items"]).toMatchObject([{ id: last }, { id: second }]);
    for (const id of ids) await removed(id);
    expect(await app.engines.clickhouse.query("select run_id from offer_shadow_carts limit 1")).toEqual([]);
    expect(await app.call("GET", `${path}/${first}/report`)).toMatchObject({ status: 404 });
    const { body: audit } = await app.call("GET", "/v1/audit?objectKind=shadow-run");
    for (const action of ["start", "stop", "resume", "delete"])
      expect(JSON.stringify(audit)).toContain(`shadow-run.${action}`);
  });

  it("are forgotten 90 days after their end, with everything that was kept", { timeout: 60_000 }, async () => {
    const id = await start({ changes: [{ key: "ten-off", remove: true }] });
    await ask(cartOf("f-1", "tent", 10_000));
    await app.shadows.settled();
    clock.advance(119 * dayMs);
    await app.shadows.maintain();
    expect(await reportOf(id)).toMatchObject({ orders: 1 });
    clock.advance(2 * dayMs);
    await app.shadows.maintain();
    expect(await app.call("GET", `${path}/${id}`)).toMatchObject({ status: 404 });
    expect(await app.engines.clickhouse.query("select run_id from offer_shadow_carts limit 1")).toEqual([]);
  });

  it("are dropped and counted under pressure, while every cart is answered", { timeout: 60_000 }, async () => {
    const id = await start({ changes: [{ key: "ten-off", body: percent("20") }] });
    const lines = [{ id: "1", sku: "tent", qty: 1_000_000n, price: 10_000_000_000n }];
    const subject = app.audiences.subjectOf(null);
    const shopper = { profileId: null, customerId: null, customerGroup: "general", storeView: "default", subject };
    const call = { cart: { currency: "USD", lines }, couponCodes: [], shopper, nowMs: clock.now() };
    const judged = await app.offers.cartRules.judge(call);
    const burst = 700;
    for (let n = 0; n < burst; n += 1) app.shadows.see({ cartId: `p-${n}`, call, judged, isTrusted: true });
    // A cart that waits already takes no new place.
    app.shadows.see({ cartId: "p-1", call, judged, isTrusted: true });
    for (const answer of await Promise.all([1, 2, 3].map((n) => ask(cartOf(`q-${n}`, "tent", 10_000)))))
      expect(answer).toMatchObject({ status: 200, body: { totals: { itemDiscount: usd(2_000) } } });
    const { coverage } = (await runOf(id)) as { coverage: Record<string, number> };
    const { seen = 0, judged: done = 0, dropped = 0, superseded = 0, failed } = coverage;
    expect({ seen, failed }).toEqual({ seen: burst + 4, failed: 0 });
    expect(dropped).toBeGreaterThanOrEqual(burst - 500);
    expect(superseded).toBe(1);
    expect(done + dropped + superseded).toBe(seen);
    expect(await reportOf(id)).toMatchObject({ orders: done });
    await removed(id);
  });

  it("are refused without a change, with a bad end, and to those who may not edit", async () => {
    const changes = [{ key: "ten-off", remove: true }];
    expect(await post(path, { name: "none", endsAt: endsAt() })).toMatchObject({
      ...{ status: 422, body: { error: { code: "offers.nothingToSimulate" } } },
    });
    for (const bad of [endsAt(61), endsAt(-1)])
      expect(await post(path, { name: "end", endsAt: bad, changes })).toMatchObject({
        ...{ status: 422, body: { error: { code: "offers.shadowEnd" } } },
      });
    const nul = { key: "ten-off", name: "a\u0000b", body: percent("20") };
    expect((await post(path, { name: "nul", changes: [nul] })).status).toBe(422);
    expect(await post(path, { name: " ", endsAt: endsAt(), changes })).toMatchObject({ status: 400 });
    expect(await post(path, { name: "x", endsAt: endsAt(), changes }, writeKey)).toMatchObject({ status: 403 });
    expect(await app.call("GET", path, undefined, writeKey)).toMatchObject({ status: 403 });
  });
});
