import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent, RequestFacts } from "../../../collect/index.ts";
import { createSnowplowReader } from "./read-snowplow-event.ts";
import { decodeSnowplow } from "./unit.ts";

const receivedAt = Date.UTC(2026, 10, 21, 4);
const facts: RequestFacts = {
  sourceId: "shop",
  sourceKind: "snowplow",
  trusted: false,
  provenCustomerId: null,
  receivedAt,
  sentAt: undefined,
  bounds: { maxAgeMs: 0, correctByDelay: true },
  defaultStoreView: "default",
};
const read = createSnowplowReader("USD");
const entity = (name: string, data: object) => ({
  schema: `iglu:com.adobe.magento.entity/${name}/jsonschema/1-0-0`,
  data,
});
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function readEvent(payload: object, ...contexts: object[]): CanonicalEvent {
  const unit = decodeSnowplow(
    { eid: "e-1", duid: "d-1", ...payload, cx: encode({ schema: "contexts", data: contexts }) },
    undefined,
  );
  const result = read(unit, facts);
  if (!result.ok) throw new Error(result.message);
  return result.event;
}
const struct = (se_ca: string, se_ac: string, more: object = {}) => ({ e: "se", se_ca, se_ac, ...more });
const instance = entity("storefront-instance", {
  storeViewCurrencyCode: "EUR",
  environmentId: "env-1",
  websiteCode: "base",
  storeCode: "main",
  storeViewCode: "de",
});
const results = entity("search-results", {
  searchUnitId: "plp",
  searchRequestId: "s-1",
  products: [
    { sku: "A", rank: 1, price: 12.5 },
    { sku: "B", rank: 2 },
  ],
  suggestions: [{ suggestion: "rain shell", rank: 1 }],
  productCount: 2,
});

describe("an event of the second stream", () => {
  it.each([
    [{ e: "pv" }, "pageView"],
    [{ e: "pp" }, "pagePing"],
    [struct("product", "view"), "productPageView"],
    [struct("product", "add-to-cart"), "addToCart"],
    [struct("shopping-cart", "view"), "shoppingCartView"],
    [struct("shopping-cart", "initiate-checkout"), "startCheckout"],
    [struct("checkout", "place-order"), "completeCheckout"],
    [struct("search", "api-request-sent"), "searchRequestSent"],
    [struct("search", "api-response-received"), "searchResponseReceived"],
    [struct("search", "results-view"), "searchResultsView"],
    [struct("search", "category-page"), "categoryView"],
    [struct("search", "product-click"), "searchProductClick"],
    [struct("search", "category-click"), "searchCategoryClick"],
    [struct("search", "suggestion-click"), "searchSuggestionClick"],
    [struct("recommendation-unit", "api-request-sent"), "recsRequestSent"],
    [struct("recommendation-unit", "api-response-received"), "recsResponseReceived"],
    [struct("recommendation-unit", "impression-render"), "recsUnitRender"],
    [struct("recommendation-unit", "view"), "recsUnitView"],
    [struct("recommendation-unit", "rec-click"), "recsItemClick"],
    [struct("recommendation-unit", "rec-add-to-cart-click"), "recsItemAddToCartClick"],
    [struct("something", "new"), "something/new"],
  ])("%j is %s", (payload, type) => {
    expect(readEvent(payload)).toMatchObject({
      type,
      messageId: "e-1",
      identifiers: [{ namespace: "duid", value: "d-1" }],
    });
  });

  it("is corrected by the clock of the browser that sent it", () => {
    const behind = 3_600_000;
    const event = readEvent({ e: "pv", dtm: String(receivedAt - behind - 500), stm: String(receivedAt - behind) });
    expect(event.timestamp).toBe(receivedAt - 500);
  });

  it("has the store scope, page and session of its contexts", () => {
    const url = "https://www.shop.test/a.html?utm_source=mail";
    const event = readEvent(
      { e: "pv", url, refr: "https://x.test/", page: "A", sid: "sess", res: "1280x720", vp: "1280x700", lang: "de" },
      instance,
    );
    expect(event).toMatchObject({
      storeView: "de",
      context: {
        environment: "env-1",
        website: "base",
        store: "main",
        sessionId: "sess",
        locale: "de",
        campaign: { source: "mail" },
        screen: { width: 1280, height: 720, viewportHeight: 700 },
        page: { url, path: "/a.html", title: "A", referrer: "https://x.test/" },
      },
    });
  });

  it("knows filters, ranks and units", () => {
    const input = entity("search-input", {
      searchRequestId: "s-1",
      query: "rain",
      searchUnitId: "plp",
      filter: [{ name: "price", values: ["50", "150"], operator: "range" }],
      sort: [{ attribute: "price", direction: "ASC" }],
    });
    expect(readEvent(struct("search", "api-request-sent"), input).properties).toMatchObject({
      searchId: "s-1",
      searchQuery: "rain",
      unitId: "plp",
      filters: [{ attribute: "price", values: ["50", "150"], operator: "range" }],
      sort: [{ attribute: "price", direction: "ASC" }],
    });
    expect(readEvent(struct("search", "results-view"), results, instance).properties).toMatchObject({
      results: 2,
      suggestions: ["rain shell"],
      items: [
        { sku: "A", rank: 1, unitPrice: { minor: 1_250, currency: "EUR" } },
        { sku: "B", rank: 2 },
      ],
    });
    const clicked = entity("search-result-product", { sku: "B", rank: 2 });
    expect(readEvent(struct("search", "product-click", { se_la: "B" }), results, clicked).properties).toMatchObject({
      searchId: "s-1",
      items: [{ sku: "B", rank: 2 }],
    });
    const unit = entity("recommendation-unit", {
      unitId: "u-1",
      name: "More",
      recType: "viewed-viewed",
      placement: "below",
    });
    const item = entity("recommended-item", {
      sku: "A",
      displayRank: 4,
      prices: { minimum: { final: 9.99 } },
      currencyCode: "USD",
    });
    expect(readEvent(struct("recommendation-unit", "rec-click", { se_va: "4" }), unit, item).properties).toMatchObject({
      unitId: "u-1",
      unitName: "More",
      unitType: "viewed-viewed",
      placement: "below",
      rank: 4,
      items: [{ sku: "A", rank: 4, unitPrice: { minor: 999, currency: "USD" } }],
    });
  });

  it("reads carts in the currency of the store view", () => {
    const cart = entity("shopping-cart", {
      cartId: "c-1",
      items: [{ productSku: "A", qty: 3, offerPrice: 12.5, productName: "a" }],
    });
    const { properties } = readEvent(struct("checkout", "place-order", { se_la: "000123" }), cart, instance);
    expect(properties).toMatchObject({
      orderId: "000123",
      cartId: "c-1",
      items: [{ sku: "A", qty: 3, lineTotal: { minor: 3_750, currency: "EUR" } }],
    });
  });

  it("reads the target of a link click", () => {
    const click = {
      schema: "iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1",
      data: { targetUrl: "https://x.test/" },
    };
    const event = readEvent({ e: "ue", ue_px: encode({ schema: "unstruct_event", data: click }) });
    expect(event).toMatchObject({
      type: "linkClick",
      originalName: "link_click",
      properties: { targetUrl: "https://x.test/" },
    });
  });

  it("that adds to an Edge event is no action of its own", () => {
    const unit = decodeSnowplow(
      { e: "se", eid: "e-2", se_ca: "search", se_ac: "api-request-sent", duid: "d-1" },
      "19732410405032525093140010583059712307",
    )!;
    const result = read(
      { ...unit, addsTo: { of: "edge-1", ofType: "searchRequestSent", fields: { filters: [] } } },
      facts,
    );
    expect(result).toMatchObject({
      ok: true,
      event: { type: "eventDetails", properties: { of: "edge-1", ofType: "searchRequestSent", filters: [] } },
    });
  });

  it("is read or refused whatever comes, and never thrown at", () => {
    const keys = fc.constantFrom(
      ..."e se_ca se_ac se_la se_va eid dtm stm duid cx ue_px ue_pr url data schema products filter items prices __proto__".split(
        " ",
      ),
    );
    const names = fc.constantFrom(
      "se",
      "pv",
      "ue",
      "search",
      "api-request-sent",
      "iglu:a/search-results/jsonschema/1",
      encode({ data: [{ schema: "iglu:a/product/x/1", data: { sku: "A" } }] }),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(names, fc.string(), fc.double(), fc.constant(null)),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(keys, tie("tree"), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, (payload, contexts) => {
        const unit = decodeSnowplow(payload, undefined);
        if (unit) JSON.stringify(read(unit, facts));
        read({ snowplow: payload, contexts: [contexts] }, facts);
      }),
      { numRuns: 2_000 },
    );
  });
});
