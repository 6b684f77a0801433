import { describe, expect, it } from "vitest";
import { eventNames } from "../../../collect/event-names.data.ts";
import type { CanonicalEvent, RequestFacts } from "../../../collect/index.ts";
import type { JsonObject } from "../../../kernel/index.ts";
import { createXdmReader } from "./read-xdm-event.ts";
import { toXdmEvent } from "./to-xdm-event.ts";

const at = Date.UTC(2026, 10, 21, 3, 16, 5);
const facts: RequestFacts = {
  sourceId: "shop",
  sourceKind: "server",
  trusted: true,
  provenCustomerId: null,
  receivedAt: at + 1_000,
  sentAt: undefined,
  bounds: { maxAgeMs: 0, correctByDelay: false },
  defaultStoreView: "default",
};
const read = createXdmReader("USD");
const usd = (minor: number) => ({ minor, currency: "USD" });
const address = { street1: "12 Harbour Rd", city: "Porto", postalCode: "4000-001", country: "PT" };

const line = {
  sku: "TRL-JKT-M-RED",
  parentSku: "TRL-JKT",
  name: "Trail Jacket",
  qty: 2,
  lineTotal: usd(19_200),
  unitPrice: usd(9_600),
  discount: usd(2_400),
  tax: usd(1_999),
  currency: "USD",
  options: [{ attribute: "Color", value: "Red" }],
  categories: [{ id: "14", name: "Jackets", path: "women/tops/jackets" }],
  lineId: "5001",
  imageUrl: "https://www.shop.test/media/trl-jkt-red.jpg",
};
const shown = { sku: "TRL-JKT", name: "Trail Jacket", unitPrice: usd(9_600), currency: "USD", rank: 1 };
const order = {
  orderId: "000000123",
  poNumber: "PO-88",
  orderType: "checkout",
  orderTotal: usd(24_844),
  tax: usd(2_295),
  discount: usd(1_000),
  shipping: usd(599),
  coupon: "SPRING",
  currency: "USD",
  payments: [{ transactionId: "ch_3PqX", amount: usd(24_844), type: "credit_card" }],
  shippingMethod: "flatrate_flatrate",
  shippingAddress: address,
  billingAddress: address,
  email: "maya@example.com",
  updatedAt: "2025-06-02T10:00:05.000Z",
  items: [line],
};
const person = {
  traits: {
    firstName: "Maya",
    lastName: "Okafor",
    birthDate: "1990-04-12",
    gender: "female",
    email: "maya@example.com",
    phone: "+351 220 5550100",
    billingAddress: address,
    shippingAddress: address,
    startDate: "2025-06-01T12:00:00.000Z",
    loyalty: { program: "Trail Club", tier: "gold", points: 1200 },
    newsletter: true,
  },
};
const list = { listId: "31", listName: "Crew restock", description: "Quarterly crew order" };
const search = { searchId: "s-1", searchQuery: "rain jacket" };
const filters = [
  { attribute: "color", values: ["Red"], operator: "eq" },
  { attribute: "categories", values: ["women", "tops"], operator: "in" },
  { attribute: "price", values: ["50", "150"], operator: "range" },
];
const unit = {
  unitId: "unit-77",
  unitName: "You may also like",
  unitType: "viewed-viewed",
  placement: "below-main-content",
};
const proposition = (action: string) => ({
  propositions: [{ id: "p-1", scope: "home-hero", activityId: "602", variantId: "0", itemId: "i-2", action }],
});

const properties: Readonly<Record<string, JsonObject>> = {
  pageView: {},
  categoryView: { categoryPath: "women/tops", categoryId: "14", categoryName: "Tops", urlKey: "tops", items: [shown] },
  productPageView: {
    items: [{ sku: "TRL-JKT", name: "Trail Jacket", unitPrice: usd(9_600), discount: usd(2_400), currency: "USD" }],
  },
  searchRequestSent: { ...search, sort: [{ attribute: "price", direction: "ASC" }], filters },
  searchResponseReceived: {
    ...search,
    results: 2,
    suggestions: ["rain shell"],
    items: [shown, { ...shown, sku: "STM-SHL", rank: 2 }],
  },
  addToCart: { cartId: "cart-9001", items: [line] },
  removeFromCart: { cartId: "cart-9001", items: [line] },
  openCart: { cartId: "cart-9001", items: [line] },
  shoppingCartView: { cartId: "cart-9001", discount: usd(1_000), items: [line] },
  startCheckout: { cartId: "cart-9001", discount: usd(1_000), items: [line] },
  completeCheckout: order,
  signIn: { traits: { email: "maya@example.com" } },
  signOut: {},
  createAccount: { traits: { firstName: "Maya", email: "maya@example.com" } },
  editAccount: { traits: { email: "maya@example.com" } },
  createRequisitionList: list,
  addToRequisitionList: { ...list, items: [line] },
  removeFromRequisitionList: { ...list, items: [line] },
  deleteRequisitionList: list,
  quoteAccepted: {
    quoteId: "q-1",
    quoteName: "Autumn",
    status: "ordered",
    expirationDate: "2026-12-01T00:00:00.000Z",
    originalTotal: usd(50_000),
    negotiatedTotal: usd(45_000),
    companyId: "c-9",
    cartId: "cart-9001",
    items: [line],
  },
  searchResultsView: { ...search, unitId: "livesearch-plp", items: [shown] },
  searchProductClick: { ...search, unitId: "livesearch-plp", items: [shown] },
  searchCategoryClick: { ...search, categoryUrl: "https://www.shop.test/women", clickedCategory: "Women", rank: 1 },
  searchSuggestionClick: { ...search, suggestion: "rain shell", rank: 2 },
  recsUnitRender: { ...unit, items: [shown, { ...shown, sku: "WOL-SCK-L", rank: 2 }] },
  recsUnitView: { ...unit, items: [shown] },
  recsItemClick: { ...unit, items: [{ ...shown, rank: 7 }] },
  recsItemAddToCartClick: { ...unit, items: [shown] },
  orderPlaced: { ...order, createdAt: "2025-06-02T10:00:04.000Z" },
  orderInvoiced: order,
  orderShipped: {
    ...order,
    trackingNumber: "1Z999AA1",
    trackingUrl: "https://carrier.example/1Z",
    shippedAt: "2025-06-03T08:29:00.000Z",
  },
  orderShipmentCompleted: { ...order, shippedAt: "2025-06-03T08:29:00.000Z" },
  orderCancelled: {
    orderId: "000000124",
    poNumber: "PO-89",
    cancelledAt: "2025-06-02T10:59:58.000Z",
    updatedAt: "2025-06-02T10:59:58.000Z",
    currency: "USD",
  },
  orderRefunded: {
    orderId: "000000123",
    refundId: "cm-1",
    refund: usd(9_600),
    reason: "return",
    paymentType: "credit_card",
    currency: "USD",
    items: [line],
  },
  orderReturned: {
    orderId: "000000123",
    returnId: "rma-17",
    returnStatus: "Pending",
    currency: "USD",
    items: [
      {
        sku: "TRL-JKT-M-RED",
        qty: 1,
        currency: "USD",
        returnStatus: "Pending",
        returnReason: "Wrong Size",
        returnQuantityRequested: 1,
        returnQuantityAuthorized: 0,
      },
    ],
  },
  orderReturnCompleted: {
    orderId: "000000123",
    returnId: "rma-17",
    returnStatus: "Closed",
    currency: "USD",
    items: [{ sku: "TRL-JKT-M-RED", currency: "USD", returnQuantityReceived: 1 }],
  },
  accountCreated: person,
  accountUpdated: person,
  accountDeleted: { traits: { email: "maya@example.com" } },
  profileRecord: person,
  propositionDisplay: proposition("display"),
  propositionInteract: proposition("interact"),
  propositionDismiss: proposition("dismiss"),
};

const context: JsonObject = {
  page: {
    url: "https://www.shop.test/women/tops.html?utm_source=mail&utm_campaign=spring",
    path: "/women/tops.html",
    title: "Tops",
    type: "CMS",
    referrer: "https://www.search.example/",
  },
  campaign: { source: "mail", name: "spring" },
  screen: { width: 1280, height: 720, orientation: "landscape", viewportWidth: 1280, viewportHeight: 700 },
  locale: "pt-PT",
  timezone: "Europe/Lisbon",
  channel: "https://ns.adobe.com/xdm/channels/web",
  environment: "env-1",
  website: "base",
  store: "main",
  storeView: "pt",
};

function eventOf(type: string, given: JsonObject): CanonicalEvent {
  return {
    messageId: `m-${type}`,
    sourceId: "shop",
    sourceKind: "server",
    type,
    originalName: type,
    timestamp: at,
    receivedAt: at,
    identifiers: [
      { namespace: "user_id", value: "4711" },
      { namespace: "email", value: "maya@example.com" },
      { namespace: "ecid", value: "19732410405032525093140010583059712307" },
    ],
    verified: true,
    storeView: "pt",
    properties: given,
    context,
    extra: {},
    flags: [],
  };
}

/** What comes back of an event that went out. */
function roundTrip(event: CanonicalEvent): CanonicalEvent {
  const xdm = JSON.parse(JSON.stringify(toXdmEvent(event)));
  const result = read(
    { xdm, index: 0 },
    { ...facts, receivedAt: event.type === "profileRecord" ? at : facts.receivedAt },
  );
  if (!result.ok) throw new Error(result.message);
  return result.event;
}

describe("an event that goes out as XDM and comes back", () => {
  it.each(eventNames.map(({ canonical }) => canonical))("is the same %s", (type) => {
    const event = eventOf(type, properties[type] ?? { items: [{ sku: "A", currency: "USD" }] });
    const back = roundTrip(event);
    expect(back.type).toBe(type);
    expect(back.messageId).toBe(event.messageId);
    expect(back.timestamp).toBe(at);
    expect(back.storeView).toBe(type === "profileRecord" ? "default" : "pt");
    expect(back.identifiers).toEqual(expect.arrayContaining([...event.identifiers]));
    expect(back.properties).toEqual(event.properties);
    if (type !== "profileRecord") expect(back.context).toMatchObject({ ...context, device: "desktop" });
  });

  it("keeps a name of the shop's own, and amounts of currencies without cents", () => {
    const yen = { minor: 1_250, currency: "JPY" };
    const items = [{ sku: "TEA", qty: 1, currency: "JPY", lineTotal: yen, unitPrice: yen }];
    const back = roundTrip(eventOf("commerce.saveForLaters", { items }));
    expect(back).toMatchObject({ type: "commerce.saveForLaters", properties: { items } });
  });

  it("writes amounts as decimals of major units", () => {
    const xdm = toXdmEvent(eventOf("addToCart", properties["addToCart"]!));
    expect(xdm).toMatchObject({
      eventType: "commerce.productListAdds",
      commerce: { productListAdds: { value: 1 }, cart: { cartID: "cart-9001" } },
      productListItems: [{ SKU: "TRL-JKT-M-RED", quantity: 2, priceTotal: 192, discountAmount: 24 }],
    });
  });
});
