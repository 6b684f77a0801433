import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { type SourcesApp, sourceCapabilities, startSourcesApp } from "../../testing/connectors/sources-app.ts";
import {
  adobeOrder,
  shopifyCustomer,
  shopifyOrder,
  shopifyProduct,
  shopifyRefund,
} from "../../testing/connectors/webhook-payloads.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { signatureHeader, signBody } from "../net/sign-body.ts";

const clock = createFixedClock(Date.parse("2026-06-01T12:00:00Z"));
let engines: TestEngines;
let app: SourcesApp;
beforeAll(async () => {
  engines = await openTestEngines(sourceCapabilities);
  app = await startSourcesApp(engines, clock);
});
afterAll(async () => {
  await app.close();
  await engines.close();
});
beforeEach(() => {
  app.events.length = 0;
});

const secret = "whsec";
let number = 0;
const unique = (name: string) => `${name}-${++number}`;
const base64 = (body: string) => createHmac("sha256", secret).update(body).digest("base64");
const make = async (preset: string, config: object = {}) => {
  const key = unique(preset);
  await app.make(key, { type: "webhook", preset, customerNamespace: "user_id", ...config }, { signingSecret: secret });
  return key;
};
const runsOf = async (key: string) => (await app.call("GET", `/v1/sources/${key}/runs`)).body.items;
const told = () => app.events.map(({ type }) => type);
const ofType = (type: string) => app.events.filter((event) => event.type === type);

describe("Shopify", () => {
  const send = (key: string, topic: string, body: object, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body);
    return app.hook(key, text, {
      "x-shopify-topic": topic,
      "x-shopify-hmac-sha256": base64(text),
      "x-shopify-webhook-id": unique("delivery"),
      ...headers,
    });
  };

  it("turns an order into orderPlaced with exact amounts, the customer and the lines", async () => {
    const key = await make("shopify");
    const answer = await send(key, "orders/create", shopifyOrder);
    expect(answer).toEqual({ status: 200, body: { read: 1, written: 1, unchanged: 0, rejected: 0, isRepeat: false } });
    const [event] = ofType("orderPlaced");
    expect(event).toMatchObject({ sourceId: key, sourceKind: "connector", verified: true });
    expect(event?.timestamp).toBe(Date.parse("2026-03-01T15:00:00Z"));
    expect(event?.identifiers).toEqual([
      { namespace: "user_id", value: String(shopifyOrder.customer.id) },
      { namespace: "email", value: "jon@example.org" },
    ]);
    expect(event?.properties).toMatchObject({
      orderId: "9999",
      status: "invoiced",
      orderTotal: { minor: 38800, currency: "EUR" },
      discount: { minor: 1000, currency: "EUR" },
      shipping: { minor: 1000, currency: "EUR" },
      coupon: "SPRING",
      items: [
        {
          sku: "IPOD2008PINK",
          qty: 2,
          unitPrice: { minor: 19900, currency: "EUR" },
          lineTotal: { minor: 39800, currency: "EUR" },
        },
      ],
    });
  });

  it("counts a delivery once that comes twice, and an equal state under another delivery", async () => {
    const key = await make("shopify");
    await send(key, "orders/create", shopifyOrder, { "x-shopify-webhook-id": "d-1" });
    const again = await send(key, "orders/create", shopifyOrder, { "x-shopify-webhook-id": "d-1" });
    expect(again).toMatchObject({ status: 200, body: { isRepeat: true } });
    const same = await send(key, "orders/updated", shopifyOrder);
    expect(same.body).toMatchObject({ read: 1, written: 0, unchanged: 1 });
    expect(told()).toEqual(["orderPlaced"]);
    expect(await runsOf(key)).toMatchObject([{ read: 2, written: 1, unchanged: 1, rejected: 0, state: "running" }]);
  });

  it("ignores an older state that comes late", async () => {
    const key = await make("shopify");
    await send(key, "orders/create", shopifyOrder);
    const older = { ...shopifyOrder, updated_at: "2026-03-01T10:01:00-05:00", total_price: "1.00" };
    expect((await send(key, "orders/updated", older)).body).toMatchObject({ unchanged: 1, written: 0 });
    expect(told()).toEqual(["orderPlaced"]);
  });

  it("tells a refund once, whether it comes by itself or with its order, under the order's person", async () => {
    const key = await make("shopify");
    await send(key, "refunds/create", shopifyRefund);
    expect(told()).toEqual([]);
    await send(key, "orders/create", shopifyOrder);
    await send(key, "refunds/create", shopifyRefund);
    const withRefund = { ...shopifyOrder, updated_at: "2026-03-05T09:00:01-05:00", refunds: [shopifyRefund] };
    await send(key, "orders/updated", withRefund);
    expect(told()).toEqual(["orderPlaced", "orderRefunded", "orderUpdated"]);
    const [refund] = ofType("orderRefunded");
    expect(refund?.properties).toMatchObject({
      orderId: "9999",
      refund: { minor: 19900, currency: "EUR" },
      reason: "damaged",
      items: [{ sku: "IPOD2008PINK", qty: 1 }],
    });
    expect(refund?.identifiers[0]).toEqual({ namespace: "user_id", value: String(shopifyOrder.customer.id) });
  });

  it("forgets who an order was of, and still knows the order", async () => {
    const key = await make("shopify");
    await send(key, "orders/create", shopifyOrder);
    const person = String(shopifyOrder.customer.id);
    const memory = async () => JSON.stringify((await engines.postgres.query("select * from connector_records")).rows);
    expect(await memory()).toContain(person);
    expect(await app.sources.erase([person])).toBeGreaterThan(0);
    expect(await memory()).not.toContain(person);
    expect((await send(key, "orders/updated", shopifyOrder)).body).toMatchObject({ unchanged: 1 });
    expect(told()).toEqual(["orderPlaced"]);
  });

  it("tells what happens to an order: shipped, cancelled", async () => {
    const key = await make("shopify");
    await send(key, "orders/create", shopifyOrder);
    await send(key, "orders/fulfilled", {
      ...shopifyOrder,
      updated_at: "2026-03-02T10:00:00-05:00",
      fulfillment_status: "fulfilled",
      fulfillments: [
        { created_at: "2026-03-02T10:00:00-05:00", tracking_number: "1Z", tracking_url: "https://t.example/1Z" },
      ],
    });
    await send(key, "orders/cancelled", {
      ...shopifyOrder,
      updated_at: "2026-03-03T10:00:00-05:00",
      cancelled_at: "2026-03-03T10:00:00-05:00",
    });
    expect(ofType("orderShipped")[0]?.properties).toMatchObject({ orderId: "9999", trackingNumber: "1Z" });
    expect(ofType("orderCancelled")).toHaveLength(1);
  });

  it("reads customers with their consent, and the end of an account", async () => {
    const key = await make("shopify");
    await send(key, "customers/update", shopifyCustomer);
    expect(told().sort()).toEqual(["consentUpdated", "profileRecord"]);
    expect(ofType("profileRecord")[0]?.properties["traits"]).toMatchObject({
      firstName: "Bob",
      email: "biller@example.org",
      tags: "vip",
    });
    expect(ofType("consentUpdated")[0]?.context["consent"]).toEqual({ categoryPreferences: { marketing: true } });
    await send(key, "customers_email_marketing_consent/update", {
      customer_id: shopifyCustomer.id,
      email_address: shopifyCustomer.email,
      email_marketing_consent: { state: "unsubscribed", consent_updated_at: "2026-03-01T00:00:00Z" },
    });
    expect(ofType("consentUpdated")[1]?.context["consent"]).toEqual({ categoryPreferences: { marketing: false } });
    await send(key, "customers/delete", { id: shopifyCustomer.id });
    expect(ofType("accountDeleted")[0]?.identifiers).toEqual([
      { namespace: "user_id", value: String(shopifyCustomer.id) },
    ]);
  });

  it("writes products with their variants and deletes them by the id it knows them under", async () => {
    const key = await make("shopify");
    await send(key, "products/create", shopifyProduct);
    const sku = String(shopifyProduct.id);
    expect(app.products.get(sku)).toMatchObject({
      type: "configurable",
      name: "Example T-Shirt",
      variants: [
        { sku: "T-S", price: "24.00", specialPrice: "19.00", options: { Size: "S" } },
        { sku: "T-M", price: "19.00", options: { Size: "M" } },
      ],
    });
    await send(key, "products/delete", { id: shopifyProduct.id });
    expect(app.products.has(sku)).toBe(false);
  });

  it("takes note of topics that mean nothing here without a word", async () => {
    const key = await make("shopify");
    expect(await send(key, "themes/publish", { id: 1 })).toMatchObject({ status: 200, body: { read: 0 } });
  });
});

describe("a signature", () => {
  it("is asked of every delivery, over the bytes as they came", async () => {
    const key = await make("shopify");
    const text = JSON.stringify(shopifyOrder);
    const headers = { "x-shopify-topic": "orders/create" };
    for (const [body, signature] of [
      [text, undefined],
      [text, "nonsense"],
      [text, createHmac("sha256", "other").update(text).digest("base64")],
      [`${text} `, base64(text)],
    ] as const) {
      const answer = await app.hook(key, body, {
        ...headers,
        ...(signature ? { "x-shopify-hmac-sha256": signature } : {}),
      });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "connectors.badSignature" } } });
    }
    expect((await app.hook("no-such-source", text, headers)).status).toBe(401);
    expect(app.events).toEqual([]);
  });

  it("of ours is good for five minutes", async () => {
    const key = await make("generic");
    const body = JSON.stringify({ records: [] });
    const at = (offsetMs: number) =>
      app.hook(key, body, { [signatureHeader]: signBody(secret, body, clock.now() + offsetMs) });
    expect((await at(0)).status).toBe(200);
    expect((await at(-299_000)).status).toBe(200);
    expect((await at(-301_000)).status).toBe(401);
    expect((await at(301_000)).status).toBe(401);
    const [time] = signBody(secret, body, clock.now() - 400_000).split(",");
    expect((await app.hook(key, body, { [signatureHeader]: `${time},v1=00` })).status).toBe(401);
    for (const header of ["", "t=", "v1=", "t=NaN,v1=x", "t=1e99,v1=0", ",".repeat(5000)])
      expect((await app.hook(key, body, { [signatureHeader]: header })).status).toBe(401);
  });

  it("of Adobe may be a public key", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = unique("adobe-rsa");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    await app.make(
      key,
      { type: "webhook", preset: "adobe-commerce", customerNamespace: "user_id" },
      { signingSecret: pem },
    );
    const text = JSON.stringify(adobeOrder);
    const signature = sign("sha256", Buffer.from(text), privateKey).toString("base64");
    expect((await app.hook(key, text, { "x-adobe-digital-signature-1": signature })).status).toBe(200);
    expect((await app.hook(key, `${text} `, { "x-adobe-digital-signature-1": signature })).status).toBe(401);
    expect((await app.hook(key, text, { "x-adobe-digital-signature-1": "AAAA" })).status).toBe(401);
  });
});
