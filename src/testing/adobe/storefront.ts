// A storefront's contexts for Adobe's storefront events SDK, and the publication of every event that it knows.

const product = {
  productId: 101,
  name: "Trail Jacket",
  sku: "TRL-JKT-M-RED",
  topLevelSku: "TRL-JKT",
  categories: ["14", "15"],
  productType: "configurable",
  pricing: { regularPrice: 120, minimalPrice: 96, maximalPrice: 130, specialPrice: 96, currencyCode: "USD" },
  canonicalUrl: "https://www.shop.test/trail-jacket.html",
  mainImageUrl: "https://www.shop.test/media/trl-jkt-red.jpg",
};
const line = {
  id: "11",
  canApplyMsrp: false,
  formattedPrice: "$96.00",
  quantity: 2,
  prices: { price: { value: 96, currency: "USD", regularPrice: 120 } },
  product,
  configurableOptions: [{ id: 93, optionLabel: "Color", valueId: 58, valueLabel: "Red" }],
};
const found = [
  {
    name: "Trail Jacket",
    sku: "TRL-JKT",
    url: "https://www.shop.test/trail-jacket.html",
    imageUrl: "https://www.shop.test/a.jpg",
    price: 96,
    rank: 1,
  },
  {
    name: "Storm Shell",
    sku: "STM-SHL",
    url: "https://www.shop.test/storm-shell.html",
    imageUrl: "https://www.shop.test/b.jpg",
    price: 140,
    rank: 2,
  },
];
const price = { final: 140, regular: 150, finalAdjustments: [], regularAdjustments: [] };

/** By the name of the SDK's setter. */
export const contexts = {
  StorefrontInstance: {
    environmentId: "env-1",
    environment: "Testing",
    storeUrl: "https://www.shop.test",
    websiteId: 1,
    websiteCode: "base",
    storeId: 1,
    storeCode: "main_website_store",
    storeViewId: 1,
    storeViewCode: "default",
    websiteName: "Main Website",
    storeName: "Main Store",
    storeViewName: "Default View",
    baseCurrencyCode: "USD",
    storeViewCurrencyCode: "USD",
  },
  Page: {
    pageType: "Product",
    pageName: "Trail Jacket",
    maxXOffset: 0,
    maxYOffset: 0,
    minXOffset: 0,
    minYOffset: 0,
    ping_interval: 5,
    pings: 1,
  },
  Account: {
    firstName: "Maya",
    lastName: "Okafor",
    emailAddress: "maya.okafor@example.com",
    accountId: "4711",
    accountType: "customer",
  },
  Channel: { _id: "https://ns.adobe.com/xdm/channels/web", _type: "https://ns.adobe.com/xdm/channel-types/web" },
  Shopper: { shopperId: "logged-in" },
  Product: product,
  ChangedProducts: { items: [line] },
  ShoppingCart: {
    id: "cart-9001",
    items: [line],
    totalQuantity: 2,
    discountAmount: 10,
    prices: {
      subtotalExcludingTax: { value: 192, currency: "USD" },
      subtotalIncludingTax: { value: 211.2, currency: "USD" },
    },
  },
  Order: {
    appliedCouponCode: "SPRING",
    email: "maya.okafor@example.com",
    grandTotal: 248.44,
    orderId: "000000123",
    orderType: "checkout",
    otherTax: 0,
    paymentMethodCode: "checkmo",
    paymentMethodName: "Check",
    payments: [{ paymentMethodCode: "checkmo", paymentMethodName: "Check", total: 248.44, orderId: "000000123" }],
    salesTax: 22.95,
    shipping: { shippingMethod: "flatrate_flatrate", shippingAmount: 5.99 },
    subtotalExcludingTax: 229.5,
    subtotalIncludingTax: 252.45,
    discountAmount: 10,
    taxAmount: 22.95,
  },
  RequisitionList: { id: "31", name: "Crew restock", description: "Quarterly crew order" },
  RequisitionListItems: {
    items: [{ ...product, quantity: 4, selectedOptions: [{ attribute: "Color", value: "Red" }] }],
  },
  SearchInput: {
    units: [
      {
        searchUnitId: "livesearch-plp",
        searchRequestId: "search-1",
        queryTypes: ["products", "suggestions"],
        phrase: "rain jacket",
        pageSize: 24,
        currentPage: 1,
        filter: [
          { attribute: "color", eq: "Red" },
          { attribute: "price", range: { from: 50, to: 150 } },
        ],
        sort: [{ attribute: "price", direction: "ASC" }],
      },
    ],
  },
  SearchResults: {
    units: [
      {
        searchUnitId: "livesearch-plp",
        searchRequestId: "search-1",
        executionTime: 41.2,
        page: 1,
        perPage: 24,
        products: found,
        categories: [{ name: "Jackets", url: "https://www.shop.test/women/tops/jackets.html", rank: 1 }],
        suggestions: [{ suggestion: "rain jacket women", rank: 1 }],
        facets: [],
      },
    ],
  },
  Recommendations: {
    units: [
      {
        unitId: "unit-77",
        unitName: "You may also like",
        unitType: "primary",
        searchTime: 5,
        totalProducts: 1,
        primaryProducts: 1,
        backupProducts: 0,
        pagePlacement: "below-main-content",
        typeId: "viewed-viewed",
        products: [
          {
            rank: 1,
            score: 0.9,
            sku: "STM-SHL",
            name: "Storm Shell",
            productId: 202,
            type: "simple",
            visibility: "Catalog, Search",
            categories: [],
            weight: 0,
            url: "https://www.shop.test/storm-shell.html",
            currency: "USD",
            prices: { maximum: price, minimum: price },
            queryType: "primary",
          },
        ],
      },
    ],
  },
} as const;

/** Runs on the page: publishes every event once, a second apart where the clients key by time. @returns how many */
export async function publishAll(): Promise<number> {
  // biome-ignore lint/suspicious/noExplicitAny: globals of the page
  const { magentoStorefrontEvents, history } = globalThis as any;
  const { publish, context } = magentoStorefrontEvents;
  const unit = "livesearch-plp";
  const calls: (() => void)[] = [
    () => publish.pageView(),
    () => publish.productPageView(),
    () => publish.searchRequestSent(unit),
    () => publish.searchResponseReceived(unit),
    () => publish.searchResultsView(unit),
    () => publish.searchProductClick(unit, "TRL-JKT"),
    () => publish.searchCategoryClick(unit, "Jackets"),
    () => publish.searchSuggestionClick(unit, "rain jacket women"),
    () => publish.openCart(),
    () => publish.addToCart(),
    () => publish.removeFromCart(),
    () => publish.shoppingCartView(),
    () => publish.initiateCheckout(),
    () => publish.createAccount(),
    () => publish.signIn(),
    () => publish.editAccount(),
    () => publish.createRequisitionList(),
    () => publish.addToRequisitionList(),
    () => publish.removeFromRequisitionList(),
    () => publish.deleteRequisitionList(),
    () => publish.placeOrder(),
    () => publish.custom({ eventType: "commerce.saveForLaters", commerce: { saveForLaters: { value: 1 } } }),
    () => publish.recsRequestSent(),
    () => publish.recsResponseReceived(),
    () => publish.recsUnitRender("unit-77"),
    () => publish.recsUnitView("unit-77"),
    () => publish.recsItemClick("unit-77", 202),
    () => publish.recsItemAddToCartClick("unit-77", 202),
    () => publish.signOut(),
    () => {
      history.pushState({}, "", "/women/tops.html");
      context.setPage({ ...context.getPage(), pageType: "Category", pageName: "Tops" });
      publish.pageView();
    },
    () => publish.categoryResultsView(unit),
  ];
  for (const call of calls) {
    call();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return calls.length;
}
