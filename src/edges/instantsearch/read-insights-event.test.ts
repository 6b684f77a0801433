import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestFacts } from "../../collect/index.ts";
import { createInsightsReader } from "./read-insights-event.ts";

const facts: RequestFacts = {
  sourceId: "shop",
  sourceKind: "instantsearch",
  trusted: false,
  provenCustomerId: null,
  receivedAt: 1_000_000,
  sentAt: undefined,
  bounds: { maxAgeMs: 1e12, correctByDelay: true },
  defaultStoreView: "en",
};
const read = createInsightsReader({ defaultCurrency: "EUR" });
const queryID = "0196f0c27a1b7c3d8e4f001122334455";
const searchId = "0196f0c2-7a1b-7c3d-8e4f-001122334455";

function eventOf(raw: object) {
  const result = read({ userToken: "anonymous-1", index: "products", ...raw }, facts);
  if (!result.ok) throw new Error(result.message);
  return result.event;
}

describe("an event of the Insights API", () => {
  it("says which product of which search was clicked, and where it stood", () => {
    expect(
      eventOf({
        eventType: "click",
        eventName: "Hit Clicked",
        queryID,
        objectIDs: ["a", "b"],
        positions: [3, 4],
        timestamp: 999_000,
      }),
    ).toMatchObject({
      type: "searchProductClick",
      originalName: "Hit Clicked",
      timestamp: 999_000,
      identifiers: [{ namespace: "anonymous_id", value: "anonymous-1" }],
      properties: {
        searchId,
        items: [
          { sku: "a", rank: 3 },
          { sku: "b", rank: 4 },
        ],
      },
      extra: { index: "products" },
    });
  });

  it("says what was added, how much and at what price", () => {
    const { type, properties } = eventOf({
      eventType: "conversion",
      eventSubtype: "addToCart",
      eventName: "Added",
      objectIDs: ["a", "b"],
      objectData: [{ queryID, quantity: 3, price: "19.99", discount: 2 }, { price: 5 }],
      currency: "usd",
      value: 64.97,
      authenticatedUserToken: "42",
    });
    expect(type).toBe("addToCart");
    const usd = (minor: number) => ({ minor, currency: "USD" });
    expect(properties).toEqual({
      searchId,
      searchIds: [searchId],
      items: [
        {
          sku: "a",
          qty: 3,
          unitPrice: usd(1_999),
          lineTotal: usd(5_997),
          currency: "USD",
          discount: usd(600),
          attributes: { searchId },
        },
        { sku: "b", unitPrice: usd(500), lineTotal: usd(500), currency: "USD" },
      ],
      value: usd(6_497),
      currency: "USD",
    });
  });

  it("says what an order was worth, in the shop's currency when it names none", () => {
    const event = eventOf({
      eventType: "conversion",
      eventSubtype: "purchase",
      eventName: "Bought",
      objectIDs: ["a"],
      value: "12.5",
    });
    expect(event).toMatchObject({
      type: "completeCheckout",
      properties: { orderTotal: { minor: 1_250, currency: "EUR" } },
    });
  });

  it.each([
    [{ eventType: "view", eventName: "Hits Viewed", objectIDs: ["a", "b"] }, "searchResultsView"],
    [{ eventType: "view", eventName: "Product Detail Viewed", objectIDs: ["a"] }, "productPageView"],
    [{ eventType: "view", eventName: "Product Viewed", objectIDs: ["a"] }, "productPageView"],
    [{ eventType: "click", eventName: "Teaser", objectIDs: ["a"] }, "productClick"],
    [{ eventType: "click", eventName: "Filter Applied", filters: ["color:Red"] }, "searchFilterClick"],
    [{ eventType: "conversion", eventName: "Product Added to Wishlist", objectIDs: ["a"] }, "addToWishlist"],
    [{ eventType: "conversion", eventName: "Signed up", objectIDs: ["a"] }, "Signed up"],
  ])("%j is our %s", (raw, type) => {
    expect(eventOf(raw).type).toBe(type);
  });

  it("reads filters that its client encoded", () => {
    expect(
      eventOf({ eventType: "click", eventName: "x", filters: ["brand%3AOrbit%20%26%20Co", "bad%"] }).properties[
        "filters"
      ],
    ).toEqual([{ attribute: "brand", values: ["Orbit & Co"] }]);
  });

  it.each([
    [{ eventType: "swipe", eventName: "x", objectIDs: ["a"] }, "collect.eventType"],
    [{ eventType: "click", objectIDs: ["a"] }, "collect.eventType"],
    [{ eventType: "click", eventName: "x" }, "collect.eventShape"],
    [{ eventType: "click", eventName: "x", objectIDs: ["a"], userToken: "" }, "collect.noIdentity"],
  ])("refuses %j with %s", (raw, code) => {
    expect(read({ userToken: "anonymous-1", ...raw }, facts)).toMatchObject({ ok: false, code });
  });

  it("survives anything", () => {
    fc.assert(
      fc.property(
        fc.record({
          eventType: fc.constantFrom("click", "view", "conversion", "search"),
          eventSubtype: fc.anything(),
          eventName: fc.string({ minLength: 1 }),
          objectIDs: fc.anything(),
          objectData: fc.anything(),
          positions: fc.anything(),
          filters: fc.anything(),
          value: fc.anything(),
          currency: fc.anything(),
          sort: fc.anything(),
          timestamp: fc.anything(),
          userToken: fc.anything(),
        }),
        (raw) => {
          expect(typeof read(raw, facts).ok).toBe("boolean");
        },
      ),
      { numRuns: 300 },
    );
  });
});
