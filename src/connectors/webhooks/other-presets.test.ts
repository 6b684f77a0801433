import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { type SourcesApp, sourceCapabilities, startSourcesApp } from "../../testing/connectors/sources-app.ts";
import { adobeCustomer, adobeOrder, wooOrder } from "../../testing/connectors/webhook-payloads.ts";
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
const ofType = (type: string) => app.events.filter((event) => event.type === type);

describe("WooCommerce", () => {
  const send = (key: string, topic: string, body: object) => {
    const text = JSON.stringify(body);
    return app.hook(key, text, {
      "x-wc-webhook-topic": topic,
      "x-wc-webhook-signature": base64(text),
      "x-wc-webhook-delivery-id": unique("wc"),
    });
  };

  it("answers the ping that comes unsigned when the webhook is saved", async () => {
    const key = await make("woocommerce");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await app.hook(key, "webhook_id=12", form)).status).toBe(200);
    expect((await app.hook(key, "webhook_id=12&x=1", form)).status).toBe(401);
  });

  it("turns a guest's order into events of the address, unproven, and its refunds", async () => {
    const key = await make("woocommerce");
    await send(key, "order.created", wooOrder);
    const [event] = ofType("orderPlaced");
    expect(event).toMatchObject({ verified: false, timestamp: Date.parse("2026-03-22T19:28:02Z") });
    expect(event?.identifiers).toContainEqual({ namespace: "email", value: "john.doe@example.org" });
    expect(event?.identifiers.some(({ namespace }) => namespace === "user_id")).toBe(false);
    expect(event?.properties).toMatchObject({
      orderId: "727",
      isGuest: true,
      orderTotal: { minor: 2935, currency: "USD" },
      items: [
        { sku: "WOO-1", qty: 2, lineTotal: { minor: 400, currency: "USD" }, discount: { minor: 200, currency: "USD" } },
        { sku: "23", qty: 1, lineTotal: { minor: 1200, currency: "USD" } },
      ],
    });
    await send(key, "order.updated", {
      ...wooOrder,
      date_modified_gmt: "2026-03-25T00:00:00",
      refunds: [{ id: 900, reason: "late", total: "-5.50" }],
    });
    expect(ofType("orderRefunded")[0]?.properties).toMatchObject({
      refund: { minor: 550, currency: "USD" },
      reason: "late",
    });
  });

  it("hides products that are not published, and deletes customers", async () => {
    const key = await make("woocommerce");
    const product = {
      id: 5,
      sku: "W-5",
      name: "Mug",
      status: "draft",
      regular_price: "9.00",
      categories: [{ name: "Mugs" }],
    };
    await send(key, "product.updated", product);
    expect(app.products.get("W-5")).toMatchObject({ visibility: "none", price: "9.00", categories: ["Mugs"] });
    await send(key, "customer.deleted", { id: 77 });
    expect(ofType("accountDeleted")[0]?.identifiers).toEqual([{ namespace: "user_id", value: "77" }]);
  });
});

describe("Adobe Commerce", () => {
  const send = (key: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body);
    return app.hook(key, text, { "x-adobe-signature": base64(text), ...headers });
  };

  it("reads an order of the REST interface; the article inside a configurable one is no line", async () => {
    const key = await make("adobe-commerce");
    expect((await send(key, adobeOrder)).body).toMatchObject({ written: 1 });
    const [event] = ofType("orderPlaced");
    expect(event?.timestamp).toBe(Date.parse("2026-04-01T08:00:00Z"));
    expect(event?.properties).toMatchObject({
      orderId: "000000017",
      status: "placed",
      customerGroup: "1",
      orderTotal: { minor: 7400, currency: "USD" },
      discount: { minor: 500, currency: "USD" },
      billingAddress: { street1: "6146 Honey Bluff", street2: "Floor 2", state: "MI", country: "US" },
      items: [
        { sku: "MH01-XS-Black", qty: 1 },
        { sku: "24-MB01", qty: 2, lineTotal: { minor: 2200, currency: "USD" } },
      ],
    });
    await send(key, { ...adobeOrder, state: "closed", updated_at: "2026-04-09 00:00:00", total_refunded: 22 });
    expect(ofType("orderRefunded")[0]?.properties).toMatchObject({ refund: { minor: 2200, currency: "USD" } });
  });

  it("reads a product with its prices by quantity and what shoppers choose when they buy it", async () => {
    const options = [{ title: "Engraving", type: "field", is_require: true, price: 5, price_type: "fixed" }];
    const tiers = [{ customer_group_id: 1, qty: 2, value: 18 }];
    const product = {
      ...{ sku: "24-RG01", name: "Ring", type_id: "simple", price: 20, status: 1, visibility: 4 },
      ...{ attribute_set_id: 4, options, tier_prices: tiers, custom_attributes: [], extension_attributes: {} },
    };
    expect((await send(await make("adobe-commerce"), product)).body).toMatchObject({ written: 1 });
    expect(app.products.get("24-RG01")).toMatchObject({ price: "20", tierPrices: tiers, customOptions: options });
  });

  it("reads I/O events, one or several, and answers the challenge", async () => {
    const key = await make("adobe-commerce");
    const io = (type: string, value: object) => ({ event_id: unique("e"), event: { type, data: { value } } });
    const prefix = "com.adobe.commerce.observer.";
    const answer = await send(key, [
      io(`${prefix}customer_save_commit_after`, adobeCustomer),
      io(`${prefix}sales_order_save_commit_after`, { ...adobeOrder, increment_id: "000000018" }),
      io(`${prefix}sales_order_item_save_commit_after`, { item_id: 1 }),
    ]);
    expect(answer.body).toMatchObject({ read: 3, written: 3 });
    expect(ofType("profileRecord")[0]?.properties["traits"]).toMatchObject({
      gender: "female",
      birthDate: "1973-12-15",
    });
    expect(ofType("consentUpdated")[0]?.context["consent"]).toEqual({ categoryPreferences: { marketing: false } });
    expect(await app.get(`/v1/webhooks/${key}?challenge=abc`)).toEqual({ status: 200, body: { challenge: "abc" } });
    expect((await app.get(`/v1/webhooks/${await make("generic")}?challenge=abc`)).status).toBe(404);
  });
});

describe("the generic preset", () => {
  const mapping = {
    kind: "customer",
    fields: {
      externalId: "no",
      "customer.id": "no",
      "personalEmail.address": "mail",
      "person.name.firstName": "first",
    },
  };
  const send = (key: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body);
    return app.hook(key, text, { [signatureHeader]: signBody(secret, text, clock.now()), ...headers });
  };

  it("takes our own records and rows through a mapping", async () => {
    const key = await make("generic", { system: "crm", customerNamespace: "customer_id:crm", mappings: [mapping] });
    const own = {
      kind: "consent",
      externalId: "9",
      fields: { customer: { id: "9" }, categories: { marketing: true } },
    };
    expect((await send(key, { records: [own] })).body).toMatchObject({ written: 1 });
    expect(
      (
        await send(key, {
          rows: [
            { no: 1, mail: "a@example.org", first: "Ann" },
            { no: 2, mail: "b@example.org" },
          ],
        })
      ).body,
    ).toMatchObject({
      written: 2,
    });
    expect(ofType("profileRecord")[0]?.identifiers).toContainEqual({ namespace: "customer_id:crm", value: "1" });
  });

  it("tells what changes back, though the content was seen before", async () => {
    const key = await make("generic", { mappings: [mapping] });
    const state = (first: string) => ({ no: 7, mail: "c@example.org", first });
    for (const first of ["Ann", "Anna", "Ann"]) {
      clock.advance(1_000);
      await send(key, state(first));
    }
    expect(
      ofType("profileRecord").map(({ properties }) => (properties["traits"] as { firstName: string }).firstName),
    ).toEqual(["Ann", "Anna", "Ann"]);
  });

  it("refuses what it cannot read, and says so", async () => {
    const key = await make("generic", { mappings: [mapping] });
    expect((await send(key, { records: [{ kind: "nothing" }] })).body.error.code).toBe("connectors.badPayload");
    expect((await send(key, { no: 1 }, { "x-clientele-kind": "order" })).status).toBe(400);
    const broken = "{";
    expect((await app.hook(key, broken, { [signatureHeader]: signBody(secret, broken, clock.now()) })).status).toBe(
      400,
    );
    const proto = '{"__proto__": {"no": 1}, "no": "5", "mail": "d@example.org"}';
    expect((await app.hook(key, proto, { [signatureHeader]: signBody(secret, proto, clock.now()) })).status).toBe(200);
    expect(({} as Record<string, unknown>)["no"]).toBeUndefined();
  });

  it("answers nothing as taken that is not stored, and takes it when it comes again", async () => {
    const key = await make("generic", { mappings: [mapping] });
    app.breakDoor(true);
    const body = { no: 3, mail: "e@example.org" };
    expect((await send(key, body)).status).toBe(500);
    app.breakDoor(false);
    expect((await send(key, body)).body).toMatchObject({ written: 1, isRepeat: false });
    expect(app.events).toHaveLength(1);
  });

  it("is not taken while the source is paused", async () => {
    const key = await make("generic", { mappings: [mapping] });
    await app.call("POST", `/v1/sources/${key}/pause`);
    expect((await send(key, { no: 4, mail: "f@example.org" })).status).toBe(409);
    await app.call("POST", `/v1/sources/${key}/resume`);
    expect((await send(key, { no: 4, mail: "f@example.org" })).status).toBe(200);
  });
});
