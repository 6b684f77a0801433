import { createHmac } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  anOrder,
  createBrowser,
  type EventSink,
  identitySecret,
  kim,
  makeFolder,
  startEventSink,
  startShop,
} from "./testing/start-shop.ts";

let sink: EventSink;
let app: FastifyInstance;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  sink = await startEventSink();
  folder = await makeFolder();
  app = await startShop(folder.path, sink.url);
});
afterAll(async () => {
  await app.close();
  await sink.close();
  await folder.remove();
});

async function signedUp(email: string) {
  const browser = createBrowser(app);
  const { body } = await browser.post("/accounts", { ...kim, email });
  return { browser, customerId: String(body.customer.customerId), body };
}

describe("accounts", () => {
  it("signs a new customer in with an identity token that the secret verifies", async () => {
    const { browser, body, customerId } = await signedUp("Token@Example.com");

    const [payload = "", signature] = String(body.identityToken).split(".");
    expect(signature).toBe(createHmac("sha256", identitySecret).update(payload).digest("base64url"));
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      sub: customerId,
      email: "token@example.com",
    });
    expect((await browser.get("/session")).body.customer).toMatchObject({ customerId });
  });

  it("keeps the session in a cookie that scripts and other sites cannot use", async () => {
    const response = await createBrowser(app).post("/accounts", { ...kim, email: "cookie@example.com" });

    expect(response.headers["set-cookie"]).toMatch(
      /^luma_session=[\w-]{43}; Path=\/shop; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
  });

  it("reports every faulty field at once", async () => {
    const { status, body } = await createBrowser(app).post("/accounts", {
      email: "nobody",
      password: "short",
      firstName: "",
      lastName: 7,
    });

    expect(status).toBe(422);
    expect(body.error.fields.map(({ field }: { field: string }) => field)).toEqual([
      "email",
      "firstName",
      "lastName",
      "password",
    ]);
  });

  it("makes one account when the same form arrives twice at once", async () => {
    const browser = createBrowser(app);
    const answers = await Promise.all(
      [1, 2].map(() => browser.post("/accounts", { ...kim, email: "twice@example.com" })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  });

  it("answers a wrong password and an unknown address alike, and stops guessing after ten times", async () => {
    await signedUp("guess@example.com");
    const browser = createBrowser(app);
    const wrong = await browser.post("/sign-in", { email: "guess@example.com", password: "wrong" });
    const unknown = await browser.post("/sign-in", { email: "nobody@example.com", password: "wrong" });
    expect(wrong.body).toEqual(unknown.body);

    for (let attempt = 0; attempt < 9; attempt += 1)
      await browser.post("/sign-in", { email: "guess@example.com", password: "wrong" });
    expect((await browser.post("/sign-in", { email: "guess@example.com", password: kim.password })).status).toBe(429);
  });

  it("forgets the session at sign-out", async () => {
    const { browser } = await signedUp("leaves@example.com");
    await browser.post("/sign-out");

    expect((await browser.get("/orders")).status).toBe(401);
  });

  it("adds the cart of the browser to the cart of the account", async () => {
    const { browser } = await signedUp("merge@example.com");
    await browser.put("/shelf", { cartId: "account-cart", lines: [{ sku: "24-MB01", qty: 1 }], wishlist: ["MH01"] });
    const other = createBrowser(app);
    const shelf = {
      cartId: "browser-cart",
      lines: [
        { sku: "24-MB01", qty: 3 },
        { sku: "24-WG084", qty: 1 },
      ],
      wishlist: ["MH02"],
    };
    const { body } = await other.post("/sign-in", { email: "merge@example.com", password: kim.password, shelf });

    expect(body.shelf).toMatchObject({
      cartId: "account-cart",
      wishlist: ["MH01", "MH02"],
      lines: [
        { sku: "24-MB01", qty: 3 },
        { sku: "24-WG084", qty: 1 },
      ],
    });
  });
});

describe("orders", () => {
  it("prices an order from the catalog, whatever the browser says", async () => {
    const lines = [
      { sku: "24-MB01", qty: 1, unitPrice: { minor: 1, currency: "USD" }, lineTotal: { minor: 1, currency: "USD" } },
      { sku: "MH01-XS-Black", qty: 2 },
    ];
    const { status, body } = await createBrowser(app).post(
      "/orders",
      anOrder({ checkoutId: "priced-by-server", lines, totals: { total: 1 } }),
    );

    expect(status).toBe(201);
    // 34.00 + 2 × 52.00, free standard shipping, 7.25 % tax.
    expect(body.order.totals).toEqual({
      subtotal: { minor: 13_800, currency: "USD" },
      discount: { minor: 0, currency: "USD" },
      discounts: [{ key: "rule ship", label: "Free shipping", amount: { minor: 0, currency: "USD" } }],
      shipping: { minor: 0, currency: "USD" },
      tax: { minor: 1_001, currency: "USD" },
      total: { minor: 14_801, currency: "USD" },
    });
  });

  it("tells Clientele of the order under the same number, with the browser's id", async () => {
    const { body } = await createBrowser(app).post(
      "/orders",
      anOrder({ checkoutId: "told-to-clientele", anonymousId: "anonymous-1" }),
    );
    const { orderId } = body.order;

    await expect
      .poll(() => sink.received.find(({ event }) => (event["properties"] as { orderId?: string }).orderId === orderId))
      .toMatchObject({
        authorization: "Bearer server-token",
        event: {
          type: "orderPlaced",
          email: "guest@example.com",
          anonymousId: "anonymous-1",
          properties: {
            orderTotal: { minor: 14_801, currency: "USD" },
            tax: { minor: 1_001, currency: "USD" },
            items: [
              { sku: "24-MB01", qty: 1, unitPrice: { minor: 3_400, currency: "USD" }, categories: ["gear/bags"] },
              {
                sku: "MH01-XS-Black",
                parentSku: "MH01",
                qty: 2,
                lineTotal: { minor: 10_400, currency: "USD" },
                options: { size: "XS", color: "Black" },
              },
            ],
          },
        },
      });
  });

  it("places a checkout once, however often it is sent", async () => {
    const browser = createBrowser(app);
    const answers = await Promise.all(
      [1, 2, 3].map(() => browser.post("/orders", anOrder({ checkoutId: "sent-again" }))),
    );

    expect(new Set(answers.map(({ body }) => body.order.orderId)).size).toBe(1);
  });

  it.each([
    ["a missing address", { address: {} }, "address.street"],
    ["an unknown state", { address: { ...anOrder().address, state: "XX" } }, "address.state"],
    ["a bad ZIP code", { address: { ...anOrder().address, postcode: "9410" } }, "address.postcode"],
    ["a bad email", { email: "guest" }, "email"],
    ["an unknown payment", { paymentMethod: "gold" }, "paymentMethod"],
    ["a purchase order without number", { paymentMethod: "purchase_order" }, "purchaseOrderNumber"],
    ["an unknown product", { lines: [{ sku: "NOPE", qty: 1 }] }, "lines.NOPE"],
    ["a configurable product without choice", { lines: [{ sku: "MH01", qty: 1 }] }, "lines.MH01"],
    ["a bundle without its parts", { lines: [{ sku: "24-WG080", qty: 1 }] }, "lines.24-WG080"],
  ])("refuses %s and names the field", async (_, changes, field) => {
    const { status, body } = await createBrowser(app).post(
      "/orders",
      anOrder({ checkoutId: "refused-order", ...changes }),
    );

    expect(status).toBe(422);
    expect(body.error.fields.map((fault: { field: string }) => fault.field)).toContain(field);
  });

  it("sells a bundle for the sum of the chosen parts", async () => {
    const choices = { part1: "24-WG082-blue", part2: "24-WG084", part3: "24-WG085", part4: "24-WG088" };
    const { body } = await createBrowser(app).post("/totals", { lines: [{ sku: "24-WG080", qty: 1, choices }] });

    expect(body.totals.subtotal).toEqual({ minor: 2_700 + 500 + 1_400 + 1_900, currency: "USD" });
  });

  it("lets the buyer, and nobody else, cancel an order once", async () => {
    const { browser } = await signedUp("cancels@example.com");
    const stranger = (await signedUp("stranger@example.com")).browser;
    const { orderId } = (await browser.post("/orders", anOrder({ checkoutId: "cancelled" }))).body.order;

    expect((await stranger.post(`/orders/${orderId}/cancel`)).status).toBe(404);
    expect((await browser.post(`/orders/${orderId}/cancel`)).body.order.status).toBe("cancelled");
    expect((await browser.post(`/orders/${orderId}/return`, { reason: "too late" })).status).toBe(409);
    await expect
      .poll(() => sink.received.map(({ event }) => event))
      .toContainEqual(
        expect.objectContaining({ type: "orderCancelled", properties: expect.objectContaining({ orderId }) }),
      );
  });

  it("tells Clientele which lines come back with a return", async () => {
    const { browser, customerId } = await signedUp("returns@example.com");
    const { orderId } = (await browser.post("/orders", anOrder({ checkoutId: "returned" }))).body.order;
    await browser.post(`/orders/${orderId}/return`, { reason: "It does not fit" });

    await expect
      .poll(() => sink.received.find(({ event }) => event["type"] === "orderReturned")?.event)
      .toMatchObject({
        customerId,
        properties: { orderId, reason: "It does not fit", items: [{ sku: "24-MB01" }, { sku: "MH01-XS-Black" }] },
      });
  });
});

describe("requisition lists", () => {
  it("honours an accepted quote once, for its owner, while its lines are in the cart", async () => {
    const { browser } = await signedUp("buyer@example.com");
    const { listId } = (await browser.post("/requisition-lists", { name: "Team kit" })).body.list;
    await browser.post(`/requisition-lists/${listId}/lines`, { lines: [{ sku: "24-MB01", qty: 10 }] });
    const { quote } = (await browser.post(`/requisition-lists/${listId}/quote`)).body.list;
    expect(quote).toMatchObject({ status: "offered", original: { minor: 34_000 }, negotiated: { minor: 30_600 } });
    const cart = { quoteId: quote.quoteId, lines: [{ sku: "24-MB01", qty: 10 }] };

    expect((await browser.post("/totals", cart)).body.totals.discount.minor).toBe(0);
    expect((await browser.post(`/quotes/${quote.quoteId}/accept`)).body.list.quote.status).toBe("accepted");
    expect((await browser.post("/totals", cart)).body.totals.discount.minor).toBe(3_400);
    expect(
      (await browser.post("/totals", { ...cart, lines: [{ sku: "24-MB01", qty: 9 }] })).body.totals.discount.minor,
    ).toBe(0);
    expect((await createBrowser(app).post("/totals", cart)).body.totals.discount.minor).toBe(0);

    expect(
      (await browser.post("/orders", anOrder({ checkoutId: "with-quote", ...cart }))).body.order.totals.discount.minor,
    ).toBe(3_400);
    expect((await browser.post("/totals", cart)).body.totals.discount.minor).toBe(0);
  });

  it("shows a list to its owner only", async () => {
    const { browser } = await signedUp("owner@example.com");
    const other = (await signedUp("other@example.com")).browser;
    const { listId } = (await browser.post("/requisition-lists", { name: "Mine" })).body.list;

    expect(
      (await other.post(`/requisition-lists/${listId}/lines`, { lines: [{ sku: "24-MB01", qty: 1 }] })).status,
    ).toBe(404);
    expect((await other.post(`/requisition-lists/${listId}/delete`)).status).toBe(404);
    expect((await other.get("/requisition-lists")).body.lists).toEqual([]);
  });
});

describe("the border", () => {
  it.each([
    "/shop/media/products/..%2f..%2fproducts.jsonl.gz",
    "/shop/media/products/%2e%2e%2fcategories.json",
    "/shop/media/..%2fluma/categories.json",
    "/shop/media/secrets/shop.jsonl",
    "/shop/assets/..%2fshop.jsonl",
    "/shop/media/products/.hidden.webp",
  ])("refuses the path %s", async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(404);
  });

  it("serves a picture and answers 304 to who has it", async () => {
    const url = "/shop/media/products/mh01-gray_main.webp";
    const { statusCode, headers } = await app.inject({ url });
    expect([statusCode, headers["content-type"]]).toEqual([200, "image/webp"]);

    expect((await app.inject({ url, headers: { "if-none-match": String(headers["etag"]) } })).statusCode).toBe(304);
  });

  it("gives the page for every address of the shop, under a strict content policy", async () => {
    const { statusCode, headers, body } = await app.inject({ url: "/shop/category/women/tops-women" });

    expect([statusCode, body]).toEqual([200, "<!doctype html><title>Luma</title>"]);
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
  });

  it("takes no form of another site", async () => {
    const form = {
      method: "POST",
      url: "/shop/api/sign-out",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: "a=b",
    } as const;
    expect((await app.inject(form)).statusCode).toBe(415);
    expect((await app.inject({ ...form, headers: { "content-type": "text/plain" } })).statusCode).toBe(415);
    expect(
      (
        await app.inject({
          ...form,
          headers: { "content-type": "application/json", origin: "https://evil.example" },
          payload: "{}",
        })
      ).statusCode,
    ).toBe(403);
  });

  it("refuses bodies over 64 kB", async () => {
    const payload = JSON.stringify({ lines: "x".repeat(70_000) });
    expect(
      (
        await app.inject({
          method: "POST",
          url: "/shop/api/totals",
          headers: { "content-type": "application/json" },
          payload,
        })
      ).statusCode,
    ).toBe(413);
  });

  it("never lets a browser name the customer whose decisions it wants explained", async () => {
    const { browser, customerId } = await signedUp("explains@example.com");
    const question = {
      placements: ["home.hero"],
      anonymousId: "anonymous-1",
      customerId: "C-other",
      identity: { customerId: "C-other" },
    };
    const { body } = await browser.post("/explain", question);

    expect(body).toEqual({
      authorization: "Bearer server-token",
      asked: { identity: { anonymousId: "anonymous-1", customerId }, placements: ["home.hero"], explain: true },
    });
  });

  it("explains only what is a category path", async () => {
    const browser = createBrowser(app);
    expect((await browser.post("/explain", { listing: { category: "men/tops-men", limit: "5" } })).body.url).toBe(
      "/v1/categories/men/tops-men/products?explain=true&limit=5",
    );
    expect((await browser.post("/explain", { listing: { category: "../profiles" } })).status).toBe(422);
  });
});
