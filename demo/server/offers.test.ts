import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AskedCart,
  anOrder,
  createBrowser,
  type EventSink,
  freeShippingFrom50,
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
beforeEach(() => sink.offerWith(freeShippingFrom50));
afterAll(async () => {
  await app.close();
  await sink.close();
  await folder.remove();
});

const cart = { lines: anOrder().lines, shippingMethod: "standard", state: "CA" };

describe("orders and offers", () => {
  it("orders at the total that the page showed", async () => {
    const browser = createBrowser(app);
    const { totals } = (await browser.post("/totals", cart)).body;
    const order = anOrder({ checkoutId: "seen-total", seenTotalMinor: totals.total.minor });
    expect((await browser.post("/orders", order)).body.order.totals).toEqual(totals);
  });

  it("orders nothing at another total than the page showed", async () => {
    const { status, body } = await createBrowser(app).post(
      "/orders",
      anOrder({ checkoutId: "other-total", seenTotalMinor: 14_800 }),
    );
    expect([status, body.error.code]).toEqual([409, "totalChanged"]);
    expect(body.error.message).toContain("$148.01");
  });

  it("shows figures without offers while they cannot be worked out, and orders at them only on demand", async () => {
    sink.offerWith(null);
    const browser = createBrowser(app);
    const { totals, offers } = (await browser.post("/totals", { ...cart, couponCodes: ["SPRING"] })).body;
    expect(offers.isAvailable).toBe(false);
    expect(totals.shipping.minor).toBe(500);
    const order = anOrder({ checkoutId: "without-offers", seenTotalMinor: totals.total.minor });
    const refused = await browser.post("/orders", order);
    expect([refused.status, refused.body.error.code]).toEqual([503, "offersUnavailable"]);
    const placed = await browser.post("/orders", { ...order, withoutOffers: true });
    expect(placed.body.order.totals).toEqual(totals);
  });

  it("does not believe an answer that does not add up", async () => {
    const usd = (minor: number) => ({ minor, currency: "USD" });
    sink.offerWith((asked: AskedCart) =>
      freeShippingFrom50(asked, {
        totals: { subtotal: usd(13_800), itemDiscount: usd(13_800), shipping: usd(0), shippingDiscount: usd(0) },
      }),
    );
    expect((await createBrowser(app).post("/orders", anOrder({ checkoutId: "too-good" }))).status).toBe(503);
  });

  it("stops who tries codes, and lets the same wrong code stand", async () => {
    sink.offerWith((asked: AskedCart) =>
      freeShippingFrom50(asked, {
        coupons: Object.fromEntries(
          asked.couponCodes.map((code) => [code, { status: "rejected", reason: "unknown_code" }]),
        ),
      }),
    );
    const browser = createBrowser(app);
    const tryCode = async (code: string) => (await browser.post("/totals", { ...cart, couponCodes: [code] })).status;
    for (let again = 0; again < 15; again += 1) expect(await tryCode("WRONG")).toBe(200);
    for (let guess = 1; guess < 10; guess += 1) expect(await tryCode(`GUESS${guess}`)).toBe(200);
    expect(await tryCode("GUESS10")).toBe(429);
    expect(await tryCode("WRONG")).toBe(200);
    expect((await browser.post("/totals", cart)).status).toBe(200);
    const order = anOrder({ checkoutId: "guesses-too", couponCodes: ["GUESS11"] });
    expect((await browser.post("/orders", order)).status).toBe(429);
    expect((await browser.post("/totals/explain", { ...cart, couponCodes: ["GUESS12"] })).status).toBe(429);
  });
});
