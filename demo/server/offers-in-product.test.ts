// The shop and Clientele together, with the rules of the sample shop.
import { join } from "node:path";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { importCatalog } from "../../src/catalog/index.ts";
import { startTestApp, type TestApp } from "../../src/testing/start-test-app.ts";
import { readPriceRules } from "./luma-price-rules.ts";
import { anOrder, createBrowser, kim, makeFolder, startShop } from "./testing/start-shop.ts";

const luma = new URL("../data/luma", import.meta.url).pathname;
let clientele: TestApp;
let shop: FastifyInstance;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  clientele = await startTestApp();
  const url = await clientele.server.listen({ port: 0, host: "127.0.0.1" });
  const files = ["categories.json", "attributes.json", "products.jsonl.gz"].map((file) => join(luma, file));
  const flags = { new: "what-is-new", sale: "sale" };
  const urls = { imageUrl: "/{file}", productUrl: "/{sku}" };
  await importCatalog({ files, ...urls, currency: "USD", categoriesByFlag: flags }, { catalog: clientele.catalog });
  await clientele.definitions.importDefinitions(await readPriceRules(luma), {
    caller: { actor: "test", via: "import", storeViews: null },
    publish: true,
  });
  const isPriced = async (): Promise<boolean> => {
    const { body } = await clientele.call("GET", "/v1/catalog/products/MP01-32-Black/price");
    return body["source"] === "rule";
  };
  await vi.waitUntil(isPriced, { timeout: 20_000, interval: 50 });
  folder = await makeFolder();
  shop = await startShop(folder.path, url, { serverToken: "demo-admin-token" });
}, 120_000);
afterAll(async () => {
  await shop?.close();
  await clientele?.close();
  await folder?.remove();
});

let checkouts = 0;
function checkoutId(): string {
  checkouts += 1;
  return `checkout-${checkouts}`;
}

const companion = {
  sku: "24-WG080",
  choices: { part1: "24-WG082-blue", part2: "24-WG084", part3: "24-WG085", part4: "24-WG088" },
};

describe("the shop with the offers of Clientele", () => {
  it("always orders at the total that the shopper saw", async () => {
    const browser = createBrowser(shop);
    const anyLine = fc.record({
      product: fc.constantFrom<{ sku: string; choices?: object }>(
        { sku: "24-MB01" },
        { sku: "24-UG06" },
        { sku: "24-MG04" },
        { sku: "MP01-32-Black" },
        { sku: "MS01-XS-Black" },
        { sku: "MH01-XS-Black" },
        { sku: "240-LV05" },
        companion,
      ),
      qty: fc.integer({ min: 1, max: 9 }),
    });
    const anyCart = fc.record({
      lines: fc.array(anyLine, { minLength: 1, maxLength: 6 }),
      couponCodes: fc.subarray(["H20", "NOPE"]),
      shippingMethod: fc.constantFrom("standard", "express"),
      state: fc.constantFrom("CA", "TX", "OR"),
    });
    await fc.assert(
      fc.asyncProperty(anyCart, async ({ lines, state, ...rest }) => {
        const cart = { ...rest, lines: lines.map(({ product, qty }) => ({ ...product, qty })) };
        const shown = (await browser.post("/totals", { ...cart, state })).body;
        expect(shown.offers.isAvailable).toBe(true);
        const { totals } = shown;
        expect(totals.total.minor).toBe(
          totals.subtotal.minor - totals.discount.minor + totals.shipping.minor + totals.tax.minor,
        );
        const address = { ...anOrder().address, state };
        const order = { ...cart, address, checkoutId: checkoutId(), seenTotalMinor: totals.total.minor };
        const placed = await browser.post("/orders", anOrder(order));
        expect([placed.status, placed.body.order?.totals]).toEqual([201, totals]);
      }),
      { numRuns: 40 },
    );
  });

  it("charges what catalog rules make of a price, for products, variants and lines alike", async () => {
    const browser = createBrowser(shop);
    const { body } = await browser.get("/products/MP01");
    expect(body).toMatchObject({ price: { minor: 2_800 }, regularPrice: { minor: 3_500 } });
    expect(body.variants[0].price.minor).toBe(2_800);
    const { lines } = (await browser.post("/lines", { lines: [{ sku: "MP01-32-Black", qty: 2 }] })).body;
    expect(lines[0]).toMatchObject({ lineTotal: { minor: 5_600 }, regularUnitPrice: { minor: 3_500 } });
  });

  it("counts a code once a customer, and gives it back when the order is cancelled", async () => {
    const browser = createBrowser(shop);
    await browser.post("/accounts", { ...kim, email: "codes@example.com" });
    const cart = { lines: [{ sku: "24-UG06", qty: 1 }], couponCodes: ["h20"] };
    const first = await browser.post("/orders", anOrder({ ...cart, checkoutId: checkoutId() }));
    expect(first.body.order.totals.discount.minor).toBe(490);

    const again = (await browser.post("/totals", cart)).body;
    expect(again.totals.discount.minor).toBe(0);
    expect(again.offers.coupons).toEqual([
      { code: "H20", isApplied: false, message: "You have used this code as often as you may." },
    ]);
    const second = await browser.post("/orders", anOrder({ ...cart, checkoutId: checkoutId(), seenTotalMinor: 1 }));
    expect(second.body.error.code).toBe("totalChanged");

    await browser.post(`/orders/${first.body.order.orderId}/cancel`);
    expect((await browser.post("/totals", cart)).body.totals.discount.minor).toBe(490);
  });

  it("lets one of two checkouts at once use what only one may", async () => {
    const browser = createBrowser(shop);
    await browser.post("/accounts", { ...kim, email: "races@example.com" });
    const cart = { lines: [{ sku: "24-UG06", qty: 1 }], couponCodes: ["H20"] };
    const seenTotalMinor = (await browser.post("/totals", { ...cart, state: "CA" })).body.totals.total.minor;
    const answers = await Promise.all(
      [1, 2].map(() => browser.post("/orders", anOrder({ ...cart, seenTotalMinor, checkoutId: checkoutId() }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it("sells an agreed list at the agreed price, and gives no offers on top", async () => {
    const browser = createBrowser(shop);
    await browser.post("/accounts", { ...kim, email: "quotes@example.com" });
    const { listId } = (await browser.post("/requisition-lists", { name: "Team kit" })).body.list;
    const lines = [{ sku: "MP01-32-Black", qty: 10 }];
    await browser.post(`/requisition-lists/${listId}/lines`, { lines });
    const { quote } = (await browser.post(`/requisition-lists/${listId}/quote`)).body.list;
    // A tenth off what the trousers cost after the rule for pants.
    expect(quote).toMatchObject({ original: { minor: 28_000 }, negotiated: { minor: 25_200 } });
    await browser.post(`/quotes/${quote.quoteId}/accept`);
    const { totals } = (await browser.post("/totals", { lines, quoteId: quote.quoteId })).body;
    expect(totals).toMatchObject({ discount: { minor: 2_800 }, shipping: { minor: 0 }, total: { minor: 25_200 } });
  });

  it("explains the offers of a cart and the price of a product", async () => {
    const browser = createBrowser(shop);
    const { explain } = (await browser.post("/totals/explain", { lines: [{ sku: "24-MB01", qty: 1 }] })).body;
    expect(explain).toContainEqual(expect.objectContaining({ outcome: "conditions_not_met" }));
    const { body } = await browser.post("/explain", { price: "MP01-32-Black" });
    expect(body.rules).toContainEqual(
      expect.objectContaining({ isApplied: true, after: { minor: 2_800, currency: "USD" } }),
    );
  });
});
