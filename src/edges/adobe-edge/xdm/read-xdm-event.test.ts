import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent, RequestFacts } from "../../../collect/index.ts";
import { createXdmReader } from "./read-xdm-event.ts";
import { toXdmEvent } from "./to-xdm-event.ts";
import type { XdmUnit } from "./unit.ts";

const receivedAt = Date.UTC(2026, 10, 21, 4);
const facts: RequestFacts = {
  sourceId: "shop",
  sourceKind: "edge",
  trusted: false,
  provenCustomerId: null,
  receivedAt,
  sentAt: undefined,
  bounds: { maxAgeMs: 5 * 365 * 86_400_000, correctByDelay: true },
  defaultStoreView: "default",
};
const read = createXdmReader("USD");
const ecid = "19732410405032525093140010583059712307";

function readXdm(xdm: object, more: Partial<XdmUnit> = {}): CanonicalEvent {
  const result = read({ xdm, index: 0, ecid, requestId: "r-1", isBrowser: true, ...more }, facts);
  if (!result.ok) throw new Error(result.message);
  return result.event;
}

describe("an XDM event", () => {
  it("is known by its own id, else by request and place", () => {
    expect(readXdm({ _id: "own", eventType: "commerce.checkouts" }).messageId).toBe("own");
    expect(readXdm({ eventType: "commerce.checkouts" }, { index: 2 }).messageId).toBe("r-1:2");
  });

  it("matches its type whatever the letter case, and keeps the spelling", () => {
    const event = readXdm({ eventType: "WEB.webPageDetails.pageviews" });
    expect(event).toMatchObject({ type: "pageView", originalName: "WEB.webPageDetails.pageviews" });
  });

  it("is a category view on a category page, keyed by the path", () => {
    const web = { webPageDetails: { URL: "https://www.shop.test/women/tops.html?p=2", siteSection: "Category" } };
    const event = readXdm({ eventType: "web.webpagedetails.pageViews", web });
    expect(event).toMatchObject({
      type: "categoryView",
      originalName: "web.webpagedetails.pageViews",
      properties: { categoryPath: "women/tops" },
    });
  });

  it("is custom without a type, and a profile record without type and time", () => {
    expect(readXdm({ timestamp: "2026-11-21T03:00:00Z", person: {} }).type).toBe("custom");
    const record = readXdm({ person: { name: { firstName: "Maya" } }, homePhone: { number: "+351 220 555 010" } });
    expect(record).toMatchObject({ type: "profileRecord", properties: { traits: { firstName: "Maya" } } });
    expect(record.identifiers).toContainEqual({ namespace: "phone", value: "+351220555010" });
  });

  it("takes the price of a product view for one piece, and of a cart line for all of them", () => {
    const items = [{ SKU: "A", quantity: 3, priceTotal: 30, currencyCode: "EUR" }];
    const view = readXdm({ eventType: "commerce.productViews", productListItems: items });
    expect(view.properties["items"]).toMatchObject([{ sku: "A", unitPrice: { minor: 3_000, currency: "EUR" } }]);
    const cart = readXdm({ eventType: "commerce.productListAdds", productListItems: items });
    expect(cart.properties["items"]).toMatchObject([
      { qty: 3, lineTotal: { minor: 3_000, currency: "EUR" }, unitPrice: { minor: 1_000, currency: "EUR" } },
    ]);
  });

  it.each([
    [229.99999999999997, 23_000],
    ["12.345", 1_235],
    [null, 0],
    [1e-7, 0],
    [0.1 + 0.2, 30],
    ["19,99", 0],
  ])("reads the amount %s exactly", (priceTotal, minor) => {
    const event = readXdm({
      eventType: "commerce.productListAdds",
      productListItems: [{ SKU: "A", quantity: 1, priceTotal, currencyCode: "USD" }],
    });
    expect(event.properties["items"]).toMatchObject([{ lineTotal: { minor, currency: "USD" } }]);
  });

  it("keeps the text of a unit price finer than a cent", () => {
    const event = readXdm({
      eventType: "commerce.productViews",
      productListItems: [{ SKU: "SCREW", priceTotal: 0.0125, currencyCode: "USD" }],
    });
    expect(event.properties["items"]).toMatchObject([{ unitPrice: { minor: 1 }, unitPriceText: "0.0125" }]);
  });

  it("drops filters that the collector emptied, and keeps those that say something", () => {
    const refinements = [
      { value: [], isRange: false },
      { attribute: "price", value: ["50", "150"], isRange: true },
    ];
    const event = readXdm({ eventType: "searchRequest", siteSearch: { query: "jacket", refinements } });
    expect(event.properties["filters"]).toEqual([{ attribute: "price", values: ["50", "150"], operator: "range" }]);
    const other = readXdm({
      eventType: "searchRequest",
      siteSearch: { filter: [{ attribute: "color", value: ["Red"] }] },
    });
    expect(other.properties["filters"]).toEqual([{ attribute: "color", values: ["Red"], operator: "eq" }]);
  });

  it("joins a search response without an id to the request before it", () => {
    const visit = { search: { id: "s-1", query: "rain" } };
    const event = readXdm({ eventType: "searchResponse", siteSearch: { numberOfResults: 2 } }, { visit });
    expect(event.properties).toMatchObject({ searchId: "s-1", searchQuery: "rain", results: 2 });
  });

  it("takes the store scope of the visit where it names none", () => {
    const visit = { scope: { website: "base", storeView: "fr" } };
    expect(readXdm({ eventType: "web.webpagedetails.pageViews" }, { visit })).toMatchObject({
      storeView: "fr",
      context: { website: "base" },
    });
  });

  it("takes the discount of a cart view, and no order, from its order", () => {
    const commerce = { order: { discountAmount: 10 }, cart: { cartID: "c-1" } };
    const { properties } = readXdm({ eventType: "commerce.productListViews", commerce, productListItems: [] });
    expect(properties).toEqual({ cartId: "c-1", discount: { minor: 1_000, currency: "USD" }, items: [] });
  });

  it("works out the total of an order from payments, else from its lines", () => {
    const commerce = { order: { purchaseID: "1", payments: [{ paymentAmount: 248.44 }], currencyCode: "USD" } };
    const paid = readXdm({ eventType: "commerce.backofficeOrderPlaced", commerce });
    expect(paid.properties["orderTotal"]).toEqual({ minor: 24_844, currency: "USD" });
    const open = readXdm({
      eventType: "commerce.backofficeOrderPlaced",
      commerce: {
        order: { purchaseID: "2", taxAmount: 2, discountAmount: 1, currencyCode: "USD" },
        shipping: { shippingAmount: 5 },
      },
      productListItems: [{ SKU: "A", quantity: 1, priceTotal: 20 }],
    });
    expect(open.properties["orderTotal"]).toEqual({ minor: 2_600, currency: "USD" });
  });

  it("takes refunds from either place, and adds up several", () => {
    const refunds = [
      { transactionID: "cm-1", refundAmount: 10, currencyCode: "USD" },
      { transactionID: "cm-2", refundAmount: 5.5, currencyCode: "USD" },
    ];
    for (const commerce of [{ order: { purchaseID: "1" }, refunds }, { order: { purchaseID: "1", refunds } }]) {
      const { properties } = readXdm({ eventType: "commerce.backofficeCreditMemoIssued", commerce });
      expect(properties).toMatchObject({ refundId: "cm-1", refund: { minor: 1_550, currency: "USD" } });
    }
  });

  it("reads the typos of return quantities that are in circulation", () => {
    const returnItem = { returnQuanitityAuthorized: 2, eturnQuantityReceived: 1 };
    const { properties } = readXdm({
      eventType: "commerce.backofficeOrderItemsReturnInitiated",
      commerce: { order: { purchaseID: "1", returns: { returnID: "r", returnStatus: "Pending" } } },
      productListItems: [{ SKU: "A", returnItem }],
    });
    expect(properties["items"]).toMatchObject([{ returnQuantityAuthorized: 2, returnQuantityReceived: 1 }]);
  });

  it("names the person by identity map, account and address, and nobody who is logged out", () => {
    const identityMap = {
      ECID: [{ id: "00000000000000000000000000000000000000" }],
      CUSTOMERID: [{ id: "4711", authenticatedState: "authenticated" }],
      email: [{ id: "Maya@Example.com", primary: "true" }, { id: "" }],
      crmId: [{ id: "crm-1", authenticatedState: "loggedOut" }],
    };
    expect(readXdm({ eventType: "x", identityMap }).identifiers).toEqual([
      { namespace: "user_id", value: "4711" },
      { namespace: "email", value: "maya@example.com" },
      { namespace: "ecid", value: ecid },
    ]);
    const signIn = readXdm({
      eventType: "userAccount.login",
      person: { accountID: "9" },
      personalEmail: { address: "a@b.c" },
    });
    expect(signIn.identifiers.map(({ namespace }) => namespace)).toEqual(["user_id", "email", "ecid"]);
  });

  it("links both ECIDs of a browser whose cookie names another one, its own first", () => {
    const other = "56020693736160862365677831146848133380";
    expect(readXdm({ eventType: "x" }, { otherEcid: other }).identifiers).toEqual([
      { namespace: "ecid", value: ecid },
      { namespace: "ecid", value: other },
    ]);
  });

  it("keeps tenant fields as properties and everything as it came", () => {
    const xdm = { eventType: "x", _acme: { size: 3 }, somethingNew: [1] };
    const event = readXdm(xdm, { data: { free: true } });
    expect(event.properties).toEqual({ _acme: { size: 3 } });
    expect(event.extra).toEqual({ xdm, data: { free: true } });
  });

  it("reads profile parameters of page code as traits", () => {
    const data = { __adobe: { target: { "profile.tier": "gold", other: 1 } } };
    expect(readXdm({ eventType: "x" }, { data }).properties).toEqual({ traits: { tier: "gold" } });
  });

  it("gets what only its twin knew: filters, and ranks by SKU", () => {
    const twin = { filters: [{ attribute: "color" }], searchId: "other", items: [{ sku: "A", rank: 3 }, { sku: "B" }] };
    const event = readXdm(
      { eventType: "searchResponse", searchResponse: { id: "s" }, productListItems: [{ SKU: "A", name: "a" }] },
      { twin },
    );
    expect(event.properties).toMatchObject({
      searchId: "s",
      filters: [{ attribute: "color" }],
      items: [{ sku: "A", name: "a" }],
    });
  });
});

describe("whatever comes", () => {
  // Keys that the reader looks at, with values of every kind under them.
  const keys = fc.constantFrom(
    ..."eventType _id timestamp identityMap ECID id primary web webPageDetails URL siteSection commerce order purchaseID payments priceTotal cart cartID productListItems SKU quantity selectedOptions returnItem siteSearch refinements value _experience decisioning propositions propositionEventType person name personalEmail address consentStrings consentStandard __proto__ constructor device environment browserDetails currencyCode refunds shipping".split(
      " ",
    ),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.oneof(
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom(
          "commerce.purchases",
          "searchRequest",
          "decisioning.propositionDisplay",
          "USD",
          "1e999",
          "\u0000",
          "\ud800",
        ),
      ),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(keys, tie("tree"), { maxKeys: 8 }),
    ),
  }));

  it("is read or refused, never thrown at, and goes out again", () => {
    fc.assert(
      fc.property(tree, tree, (xdm, data) => {
        const result = read({ xdm, data, index: 0 }, facts);
        if (!result.ok) return;
        toXdmEvent(result.event);
        JSON.stringify(result.event);
        expect(Object.getPrototypeOf({})).toBe(Object.prototype);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is refused when it is no unit", () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => void read(raw, facts)),
      { numRuns: 500 },
    );
  });
});
