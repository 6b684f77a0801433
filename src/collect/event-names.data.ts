// The one table of event names (events.md 4.1), used in both directions. An empty list: no spelling in that vocabulary.
type NameRow = {
  readonly canonical: string;
  readonly storefront: readonly string[];
  readonly xdm: readonly string[];
  readonly segment: readonly string[];
};

const row = (canonical: string, storefront: string, xdm: string, segment: string): NameRow => ({
  canonical,
  storefront: storefront ? storefront.split("|") : [],
  xdm: xdm ? xdm.split("|") : [],
  segment: segment ? segment.split("|") : [],
});

export const eventNames: readonly NameRow[] = [
  row("pageView", "page-view", "web.webpagedetails.pageViews", ""),
  row("categoryView", "category-results-view", "commerce.categoryViews", "Product List Viewed"),
  row("productPageView", "product-page-view", "commerce.productViews", "Product Viewed"),
  row("searchRequestSent", "search-request-sent", "searchRequest", "Products Searched"),
  row("searchResponseReceived", "search-response-received", "searchResponse", ""),
  row("addToCart", "add-to-cart", "commerce.productListAdds", "Product Added"),
  row("removeFromCart", "remove-from-cart", "commerce.productListRemovals", "Product Removed"),
  row("openCart", "open-cart", "commerce.productListOpens", ""),
  row("shoppingCartView", "shopping-cart-view", "commerce.productListViews", "Cart Viewed"),
  row("startCheckout", "initiate-checkout", "commerce.checkouts", "Checkout Started"),
  row("completeCheckout", "place-order", "commerce.purchases", "Order Completed"),
  row("signIn", "sign-in", "userAccount.login", ""),
  row("signOut", "sign-out", "userAccount.logout", ""),
  row("createAccount", "create-account", "userAccount.createProfile", ""),
  row("editAccount", "edit-account", "userAccount.updateProfile", ""),
  row("createRequisitionList", "create-requisition-list", "commerce.requisitionListOpens", ""),
  row("addToRequisitionList", "add-to-requisition-list", "commerce.requisitionListAdds", ""),
  row(
    "removeFromRequisitionList",
    "remove-from-requisition-list",
    "commerce.requisitionListRemovals|commerce.requsitionListRemovals",
    "",
  ),
  row("deleteRequisitionList", "delete-requisition-list", "commerce.requisitionListDeletes", ""),
  row("quoteAccepted", "", "commerce.quoteAccepted", ""),
  row("addToWishlist", "", "", "Product Added to Wishlist"),
  row("removeFromWishlist", "", "", "Product Removed from Wishlist"),
  row("searchResultsView", "search-results-view", "commerce.search.resultsView", ""),
  row("searchProductClick", "search-product-click", "commerce.search.productClick", ""),
  row("searchCategoryClick", "search-category-click", "commerce.search.categoryClick", ""),
  row("searchSuggestionClick", "search-suggestion-click", "commerce.search.suggestionClick", ""),
  row(
    "recsUnitRender",
    "recs-unit-render|recs-unit-impression-render|impression-render",
    "commerce.recommendation.impression",
    "",
  ),
  row("recsUnitView", "recs-unit-view", "commerce.recommendation.view", ""),
  row("recsItemClick", "recs-item-click|rec-click", "commerce.recommendation.click", ""),
  row(
    "recsItemAddToCartClick",
    "recs-item-add-to-cart-click|recs-add-to-cart-click|rec-add-to-cart-click",
    "commerce.recommendation.addToCart",
    "",
  ),
  row("orderPlaced", "", "commerce.backofficeOrderPlaced", ""),
  row("orderInvoiced", "", "commerce.backofficeOrderInvoiced", ""),
  row("orderShipped", "", "commerce.backofficeOrderItemsShipped", ""),
  row(
    "orderShipmentCompleted",
    "",
    "commerce.backofficeOrderShipmentCompleted|commerce.backofficeShipmentCompleted",
    "",
  ),
  row("orderCancelled", "", "commerce.backofficeOrderCancelled", "Order Cancelled"),
  row("orderUpdated", "", "", "Order Updated"),
  row("orderRefunded", "", "commerce.backofficeCreditMemoIssued", "Order Refunded"),
  row("orderReturned", "", "commerce.backofficeOrderItemsReturnInitiated", ""),
  row("orderReturnCompleted", "", "commerce.backofficeOrderItemsReturnCompleted", ""),
  row("accountCreated", "", "userAccount.backofficeCreateProfile", ""),
  row("accountUpdated", "", "userAccount.backofficeUpdateProfile", ""),
  row("accountDeleted", "", "userAccount.backofficeDeleteProfile", ""),
  row("profileRecord", "", "", ""),
  row("propositionDisplay", "", "decisioning.propositionDisplay", "Promotion Viewed"),
  row("propositionInteract", "", "decisioning.propositionInteract", "Promotion Clicked"),
  row("propositionDismiss", "", "decisioning.propositionDismiss", ""),
  row("messageSent", "", "", ""),
  row("messageDelivered", "", "", "Email Delivered"),
  row("messageOpened", "", "", "Email Opened"),
  row("messageClicked", "", "", "Email Link Clicked"),
  row("messageBounced", "", "", "Email Bounced"),
  row("messageComplained", "", "", "Email Marked as Spam"),
  row("messageUnsubscribed", "", "", "Unsubscribed"),
  row("audienceEntered", "", "", ""),
  row("audienceExited", "", "", ""),
  row("consentUpdated", "", "", ""),
];

const canonicalByNativeName = new Map<string, string>();
for (const { canonical, storefront } of eventNames) {
  canonicalByNativeName.set(canonical.toLowerCase(), canonical);
  for (const name of storefront) canonicalByNativeName.set(name, canonical);
}
// The source article and Adobe's back office spell these three in more than one way.
canonicalByNativeName.set("orderitemsshipped", "orderShipped");
canonicalByNativeName.set("ordercanceled", "orderCancelled");
canonicalByNativeName.set("orderitemsreturninitiated", "orderReturned");

/** Canonical name of a native or storefront SDK spelling; a name without a row is kept as it came. */
export function canonicalEventName(name: string): string {
  return canonicalByNativeName.get(name) ?? canonicalByNativeName.get(name.toLowerCase()) ?? name;
}

const canonicalByXdmName = new Map<string, string>();
const canonicalBySegmentName = new Map<string, string>();
const rowByCanonical = new Map<string, NameRow>();
for (const nameRow of eventNames) {
  rowByCanonical.set(nameRow.canonical, nameRow);
  for (const name of nameRow.xdm) canonicalByXdmName.set(name.toLowerCase(), nameRow.canonical);
  for (const name of nameRow.segment) canonicalBySegmentName.set(name, nameRow.canonical);
}

/** Canonical name of an XDM `eventType`, letter case ignored; a name without a row is kept as it came. */
export function canonicalOfXdm(eventType: string): string {
  return canonicalByXdmName.get(eventType.toLowerCase()) ?? eventType;
}

/** Canonical name of a Segment ecommerce v2 event, exact after trimming; a name without a row is kept as it came. */
export function canonicalOfSegment(event: string): string {
  return canonicalBySegmentName.get(event.trim()) ?? event;
}

/** XDM `eventType` of a canonical name; undefined where that vocabulary has none. */
export function xdmNameOf(canonical: string): string | undefined {
  return rowByCanonical.get(canonical)?.xdm[0];
}

/** Segment ecommerce v2 name of a canonical name; undefined where that vocabulary has none. */
export function segmentNameOf(canonical: string): string | undefined {
  return rowByCanonical.get(canonical)?.segment[0];
}
