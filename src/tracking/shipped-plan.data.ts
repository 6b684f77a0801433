// The plan that watches sources without one of their own: the storefront's, the back office's and the ecommerce v2 events,
// by canonical name (events.md 4.1, profiles-and-journeys D.8). It only observes.
import type { PlanBody, PlannedEvent } from "./plan.ts";

const text = { type: ["string", "number"] };
const money = {
  type: "object",
  properties: { minor: { type: "integer" }, currency: { type: "string", pattern: "^[A-Z]{3}$" } },
  required: ["minor", "currency"],
};
const line = {
  type: "object",
  properties: {
    sku: text,
    qty: { type: "number" },
    unitPrice: money,
    lineTotal: money,
    discount: money,
    rank: { type: "integer", minimum: 0 },
  },
  required: ["sku"],
  additionalProperties: true,
};
const items = { type: "array", items: line, maxItems: 500 };

/** A planned event: what it needs, what else is known of it; more than that is welcome. */
const event = (
  description: string,
  required: readonly string[] = [],
  properties: Readonly<Record<string, unknown>> = {},
): PlannedEvent => ({
  description,
  schema: { type: "object", properties, required: [...required], additionalProperties: true },
});

const ordered = { orderId: text, orderTotal: money, tax: money, shipping: money, discount: money, items };
const list = { listId: text, items };
const search = { searchId: text, searchQuery: { type: "string" }, results: { type: "number" } };

export const shippedPlan: PlanBody = {
  description: "Events of the storefront, the back office and ecommerce v2 clients",
  sources: [],
  mode: "observe",
  events: {
    pageView: event("A page was seen"),
    categoryView: event("A category page was seen", [], { categoryPath: text, items }),
    productPageView: event("A product page was seen", [], { sku: text, items }),
    searchRequestSent: event("A search was submitted", ["searchQuery"], search),
    searchResponseReceived: event("Search results arrived", [], { ...search, items }),
    searchResultsView: event("Search results were seen", [], { ...search, items }),
    searchProductClick: event("A search result was clicked", [], { ...search, items }),
    searchCategoryClick: event("A category among search results was clicked", [], search),
    searchSuggestionClick: event("A suggested search was clicked", [], search),
    addToCart: event("Products were put into the cart", ["items"], { cartId: text, items }),
    removeFromCart: event("Products were taken out of the cart", ["items"], { cartId: text, items }),
    openCart: event("A cart was begun", [], { cartId: text, items }),
    shoppingCartView: event("The cart was seen", [], { cartId: text, items }),
    startCheckout: event("The checkout was begun", [], { cartId: text, items }),
    completeCheckout: event("The browser saw an order", ["orderId"], ordered),
    signIn: event("Somebody signed in"),
    signOut: event("Somebody signed out"),
    createAccount: event("The browser saw an account being made"),
    editAccount: event("The browser saw an account being changed"),
    createRequisitionList: event("A requisition list was made", ["listId"], list),
    addToRequisitionList: event("Products were put on a requisition list", ["listId"], list),
    removeFromRequisitionList: event("Products were taken off a requisition list", ["listId"], list),
    deleteRequisitionList: event("A requisition list was deleted", ["listId"], list),
    quoteAccepted: event("A negotiated quote was accepted", ["quoteId"], { quoteId: text, items }),
    addToWishlist: event("Products were put on the wish list", [], { items, sku: text }),
    removeFromWishlist: event("Products were taken off the wish list", [], { items, sku: text }),
    recsUnitRender: event("A recommendation unit was rendered", [], { unitId: text, items }),
    recsUnitView: event("A recommendation unit was seen", [], { unitId: text, items }),
    recsItemClick: event("A recommended product was clicked", [], { unitId: text, items }),
    recsItemAddToCartClick: event("A recommended product went into the cart", [], { unitId: text, items }),
    orderPlaced: event("The back office has an order", ["orderId", "items"], ordered),
    orderUpdated: event("An order changed", ["orderId"], ordered),
    orderInvoiced: event("An order was invoiced", ["orderId"], ordered),
    orderShipped: event("Goods were sent", ["orderId"], { ...ordered, trackingNumber: text }),
    orderShipmentCompleted: event("All goods of an order were sent", ["orderId"], ordered),
    orderCancelled: event("An order was cancelled", ["orderId"], { orderId: text }),
    orderRefunded: event("Money was paid back", ["orderId"], { orderId: text, refundId: text, refund: money, items }),
    orderReturned: event("A return was opened", ["orderId"], { orderId: text, returnId: text, items }),
    orderReturnCompleted: event("A return was closed", ["orderId"], { orderId: text, returnId: text, items }),
    accountCreated: event("The back office has a new account"),
    accountUpdated: event("An account changed"),
    accountDeleted: event("An account was deleted"),
    profileRecord: event("The present data of a person"),
    propositionDisplay: event("Decided content was shown"),
    propositionInteract: event("Decided content was clicked"),
    propositionDismiss: event("Decided content was closed"),
    messageSent: event("A message was sent"),
    messageDelivered: event("A message was delivered"),
    messageOpened: event("A message was opened"),
    messageClicked: event("A link of a message was clicked"),
    messageBounced: event("A message bounced"),
    messageComplained: event("A message was marked as spam"),
    messageUnsubscribed: event("Somebody unsubscribed"),
    consentUpdated: event("Somebody decided about consent"),
    audienceEntered: event("A person entered an audience"),
    audienceExited: event("A person left an audience"),
    "Product List Filtered": event("A product list was filtered"),
    "Product Clicked": event("A product was clicked"),
    "Checkout Step Viewed": event("A step of the checkout was seen"),
    "Checkout Step Completed": event("A step of the checkout was finished"),
    "Payment Info Entered": event("Payment data were entered"),
    "Coupon Entered": event("A coupon was entered"),
    "Coupon Applied": event("A coupon was applied"),
    "Coupon Denied": event("A coupon was refused"),
    "Coupon Removed": event("A coupon was removed"),
    "Wishlist Product Added to Cart": event("A product went from the wish list into the cart"),
    "Product Shared": event("A product was shared"),
    "Cart Shared": event("A cart was shared"),
    "Product Reviewed": event("A product was reviewed"),
    alias: event("Two ids of one person were joined"),
    group: event("A person belongs to an account"),
  },
};
