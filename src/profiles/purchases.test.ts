// Purchases through the whole program: what browser and back office say of them becomes one person's orders and net.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type IdentityApp, startIdentityApp, unique } from "../testing/identity-app.ts";

let its: IdentityApp;
beforeAll(async () => {
  its = await startIdentityApp();
});
afterAll(async () => its.close());

const usd = (minor: number) => ({ minor, currency: "USD" });

it("counts a purchase under two numbers once, less a credit note that names no order", async () => {
  const [device, customer, shopNumber, officeNumber] = ["a", "c", "10000", "B-"].map(unique);
  const email = `${customer}@shop.test`;
  await its.app.send([{ type: "addToCart", anonymousId: device, properties: { cartId: "c" } }]);
  await its.app.send([
    { type: "signIn", anonymousId: device, customerId: customer },
    {
      type: "completeCheckout",
      anonymousId: device,
      customerId: customer,
      properties: { orderId: shopNumber, orderTotal: usd(5_000), email },
    },
  ]);
  await its.app.settle();
  await its.sendInTurn([
    { type: "orderRefunded", customerId: customer, properties: { refundId: unique("r"), refund: usd(700) } },
    {
      type: "orderPlaced",
      customerId: customer,
      email,
      properties: { orderId: officeNumber, orderTotal: usd(5_000), email },
    },
    { type: "orderRefunded", customerId: customer, properties: { orderId: unique("unknown"), refund: usd(300) } },
  ]);
  const expected = { orders_count: 1, orders_revenue_net: usd(4_000), aov: usd(4_000) };
  const before = await its.by("user_id", String(customer));
  expect(before["traits"]).toMatchObject(expected);

  // Computed anew from the event store it is the same.
  const path = `/v1/profiles/${String(before["profileId"])}`;
  const order = { identifiers: [{ namespace: "anonymous_id", value: device }] };
  expect((await its.call("POST", `${path}/split`, order)).status).toBe(200);
  await its.settle();
  expect((await its.by("user_id", String(customer)))["traits"]).toMatchObject(expected);
});
