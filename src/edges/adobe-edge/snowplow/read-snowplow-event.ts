// One event of the second stream to one canonical event (events.md 6).
import { buildEvent, type EventReader, type Identifier, reject, type TranslatedEvent } from "../../../collect/index.ts";
import type { JsonObject } from "../../../kernel/index.ts";
import { compact, currencyOf, type Loose, listOf, moneyOf, numberOf, objectOf, textOf } from "../values.ts";
import { pathOf, readCampaign } from "../xdm/read-context.ts";
import { categoryKey } from "../xdm/read-xdm-event.ts";
import { entityOf, isSnowplowUnit, type SnowplowUnit } from "./unit.ts";

const maxItems = 500;

/** `category/action` of a structured event → canonical name. */
const typeByAction = new Map([
  ["product/view", "productPageView"],
  ["product/add-to-cart", "addToCart"],
  ["shopping-cart/view", "shoppingCartView"],
  ["shopping-cart/initiate-checkout", "startCheckout"],
  ["checkout/place-order", "completeCheckout"],
  ["search/api-request-sent", "searchRequestSent"],
  ["search/api-response-received", "searchResponseReceived"],
  ["search/results-view", "searchResultsView"],
  ["search/category-page", "categoryView"],
  ["search/product-click", "searchProductClick"],
  ["search/category-click", "searchCategoryClick"],
  ["search/suggestion-click", "searchSuggestionClick"],
  ["recommendation-unit/api-request-sent", "recsRequestSent"],
  ["recommendation-unit/api-response-received", "recsResponseReceived"],
  ["recommendation-unit/impression-render", "recsUnitRender"],
  ["recommendation-unit/view", "recsUnitView"],
  ["recommendation-unit/rec-click", "recsItemClick"],
  ["recommendation-unit/rec-add-to-cart-click", "recsItemAddToCartClick"],
]);

function namesOf({ snowplow, event }: SnowplowUnit): { readonly type: string; readonly originalName: string } {
  const kind = textOf(snowplow["e"], 10);
  if (kind === "pv") return { type: "pageView", originalName: "page_view" };
  if (kind === "pp") return { type: "pagePing", originalName: "page_ping" };
  if (kind === "se") {
    const name = `${textOf(snowplow["se_ca"], 100) ?? ""}/${textOf(snowplow["se_ac"], 100) ?? ""}`;
    return { type: typeByAction.get(name) ?? name, originalName: name };
  }
  const name = (event && entityOf(event)) || kind || "unknown";
  return { type: name === "link_click" ? "linkClick" : name, originalName: name };
}

type Entities = (name: string) => readonly Loose[];

function entitiesOf({ contexts }: SnowplowUnit): Entities {
  return (name) =>
    listOf(contexts, 200).flatMap((context) => {
      const { schema, data } = objectOf(context);
      return typeof schema === "string" && entityOf({ schema, data: {} }) === name ? [objectOf(data)] : [];
    });
}

function productLine(product: Loose, shopCurrency: string): JsonObject {
  const pricing = objectOf(product["pricing"]);
  const currency = currencyOf(pricing["currencyCode"]) ?? shopCurrency;
  const regular = pricing["regularPrice"];
  const special = pricing["specialPrice"];
  return compact({
    sku: textOf(product["sku"], 128),
    parentSku: textOf(product["topLevelSku"], 128),
    name: textOf(product["name"]),
    unitPrice: moneyOf(special, currency) ?? moneyOf(regular, currency),
    currency,
    categories: listOf(product["categories"], 20).flatMap((id) => {
      const text = textOf(id);
      return text === undefined ? [] : [{ id: text }];
    }),
    imageUrl: textOf(product["mainImageUrl"], 2_000),
    productUrl: textOf(product["canonicalUrl"], 2_000),
  });
}

function cartLine(value: unknown, currency: string): JsonObject {
  const line = objectOf(value);
  const qty = numberOf(line["qty"]) ?? 1;
  const unitPrice = moneyOf(line["offerPrice"], currency) ?? moneyOf(line["basePrice"], currency);
  return compact({
    sku: textOf(line["productSku"], 128),
    name: textOf(line["productName"]),
    qty,
    unitPrice,
    lineTotal: unitPrice && { minor: Math.round(unitPrice.minor * qty), currency },
    currency,
    lineId: textOf(line["cartItemId"], 128),
    imageUrl: textOf(line["mainImageUrl"], 2_000),
  });
}

/** A product found by search, or recommended. */
function shownLine(value: unknown, shopCurrency: string): JsonObject {
  const line = objectOf(value);
  const currency = currencyOf(line["currencyCode"]) ?? shopCurrency;
  const lowest = objectOf(objectOf(line["prices"])["minimum"]);
  return compact({
    sku: textOf(line["sku"], 128),
    name: textOf(line["name"]),
    unitPrice: moneyOf(line["price"] ?? lowest["final"] ?? lowest["regular"], currency),
    currency,
    rank: numberOf(line["rank"] ?? line["displayRank"] ?? line["serviceRank"]),
    imageUrl: textOf(line["imageUrl"], 2_000),
    productUrl: textOf(line["url"], 2_000),
  });
}

const withSku = (line: JsonObject): boolean => "sku" in line;

function readItems(type: string, entities: Entities, currency: string): readonly JsonObject[] {
  const [cart] = entities("shopping-cart");
  const [clicked] = entities("search-result-product");
  const [results] = entities("search-results");
  const lines = (value: unknown) => listOf(value, maxItems);
  switch (type) {
    case "productPageView":
      return entities("product").map((product) => productLine(product, currency));
    case "addToCart":
      // The cart tells how many lie in it, not how many were added.
      return entities("product").map((product) => ({ ...productLine(product, currency), qty: 1 }));
    case "shoppingCartView":
    case "startCheckout":
    case "completeCheckout":
      return lines(cart?.["items"]).map((line) => cartLine(line, currency));
    case "searchProductClick":
      return clicked ? [shownLine(clicked, currency)] : [];
    case "searchResponseReceived":
    case "searchResultsView":
    case "categoryView":
      return lines(results?.["products"]).map((line) => shownLine(line, currency));
    default:
      return entities("recommended-item").map((line) => shownLine(line, currency));
  }
}

function readSearch(type: string, snowplow: Loose, entities: Entities): JsonObject {
  const [input] = entities("search-input");
  const [results] = entities("search-results");
  const [category] = entities("search-result-category");
  const [suggestion] = entities("search-result-suggestion");
  const given = input ?? results;
  if (!given) return {};
  const isRequest = input !== undefined;
  const hasLabel = /api-|results-view|category-page/.test(textOf(snowplow["se_ac"], 100) ?? "");
  return compact({
    searchId: textOf(given["searchRequestId"], 128) ?? (hasLabel ? textOf(snowplow["se_la"], 128) : undefined),
    searchQuery: textOf(given["query"] ?? given["phrase"]),
    unitId: textOf(given["searchUnitId"], 128),
    page: numberOf(given["page"]),
    perPage: numberOf(given["perPage"]),
    results: isRequest ? undefined : numberOf(given["productCount"]),
    sort: listOf(given["sort"], 10).flatMap((entry) => {
      const { attribute, direction } = objectOf(entry);
      return attribute === undefined
        ? []
        : [compact({ attribute: textOf(attribute), direction: textOf(direction, 20) })];
    }),
    filters: listOf(given["filter"], 100).map((entry) => {
      const { name, values, operator } = objectOf(entry);
      return compact({
        attribute: textOf(name),
        values: listOf(values, 100).flatMap((value) => textOf(value) ?? []),
        operator: textOf(operator, 20),
      });
    }),
    suggestions: listOf(given["suggestions"], 100).flatMap(
      (entry) => textOf(objectOf(entry)["suggestion"]) ?? textOf(entry) ?? [],
    ),
    categoryUrl: type === "searchCategoryClick" ? textOf(category?.["url"] ?? snowplow["se_la"], 2_000) : undefined,
    clickedCategory: textOf(category?.["name"]),
    suggestion: type === "searchSuggestionClick" ? textOf(suggestion?.["suggestion"] ?? snowplow["se_la"]) : undefined,
    rank: numberOf(category?.["rank"] ?? suggestion?.["rank"]),
  });
}

function readUnit(entities: Entities): JsonObject {
  const units = entities("recommendation-unit");
  const [unit] = units;
  if (!unit) return {};
  const read = (each: Loose) => ({
    unitId: textOf(each["unitId"], 128),
    unitName: textOf(each["name"]),
    unitType: textOf(each["recType"], 100),
    placement: textOf(each["placement"]),
  });
  return compact({ ...read(unit), units: units.length > 1 ? units.map((each) => compact(read(each))) : undefined });
}

function readProperties(unit: SnowplowUnit, type: string, shopCurrency: string): JsonObject {
  const { snowplow, event } = unit;
  const entities = entitiesOf(unit);
  const [instance] = entities("storefront-instance");
  const currency =
    currencyOf(instance?.["storeViewCurrencyCode"]) ?? currencyOf(instance?.["baseCurrencyCode"]) ?? shopCurrency;
  const [cart] = entities("shopping-cart");
  const items = readItems(type, entities, currency).filter(withSku);
  return compact({
    cartId: textOf(cart?.["cartId"], 128),
    orderId: type === "completeCheckout" ? textOf(snowplow["se_la"], 128) : undefined,
    categoryPath: type === "categoryView" ? categoryKey(pathOf(textOf(snowplow["url"], 4_000))) : undefined,
    ...readSearch(type, snowplow, entities),
    ...readUnit(entities),
    rank: type.startsWith("recsItem") ? numberOf(snowplow["se_va"]) : undefined,
    targetUrl: type === "linkClick" ? textOf(event?.data["targetUrl"], 4_000) : undefined,
    items,
  });
}

function readScreen(snowplow: Loose): JsonObject {
  const sizes = (value: unknown) =>
    /^(\d{1,6})x(\d{1,6})$/
      .exec(textOf(value, 20) ?? "")
      ?.slice(1)
      .map(Number) ?? [];
  const [width, height] = sizes(snowplow["res"]);
  const [viewportWidth, viewportHeight] = sizes(snowplow["vp"]);
  return compact({ width, height, viewportWidth, viewportHeight });
}

function readContext(unit: SnowplowUnit): JsonObject {
  const { snowplow } = unit;
  const entities = entitiesOf(unit);
  const [instance] = entities("storefront-instance");
  const [channel] = entities("channel");
  const url = textOf(snowplow["url"], 4_000);
  return compact({
    page: compact({
      url,
      path: pathOf(url),
      title: textOf(snowplow["page"]),
      type: textOf(snowplow["se_pr"], 100),
      referrer: textOf(snowplow["refr"], 4_000),
    }),
    campaign: readCampaign(url),
    sessionId: textOf(snowplow["sid"], 64),
    screen: readScreen(snowplow),
    locale: textOf(snowplow["lang"], 35),
    timezone: textOf(snowplow["tz"], 64),
    channel: textOf(channel?.["id"]) ?? "https://ns.adobe.com/xdm/channels/web",
    library: compact({ name: textOf(snowplow["aid"], 200), version: textOf(snowplow["tv"], 50) }),
    environment: textOf(instance?.["environmentId"], 128),
    website: textOf(instance?.["websiteCode"], 64),
    store: textOf(instance?.["storeCode"], 64),
    storeView: textOf(instance?.["storeViewCode"], 64),
  });
}

function identifiersOf({ snowplow, ecid }: SnowplowUnit): readonly Identifier[] {
  const duid = textOf(snowplow["duid"], 512);
  return [
    ...(textOf(ecid) === undefined ? [] : [{ namespace: "ecid", value: String(ecid) }]),
    ...(duid === undefined ? [] : [{ namespace: "duid", value: duid }]),
  ];
}

/**
 * An event of the second stream in our words. One that adds to an Edge event is an `eventDetails`, which is no action.
 *
 * @param currency of amounts whose store view names none
 */
export function translateSnowplow(unit: SnowplowUnit, currency: string): TranslatedEvent {
  const { snowplow, contexts, event, addsTo } = unit;
  const names = namesOf(unit);
  const context = readContext(unit);
  const common = {
    messageId: textOf(snowplow["eid"], 1_000),
    timestamp: numberOf(snowplow["dtm"]),
    sentAt: numberOf(snowplow["stm"]),
    identifiers: identifiersOf(unit),
    storeView: textOf(context["storeView"], 64),
    context,
    mayBeNobody: true,
  };
  if (addsTo) {
    const properties = { of: addsTo.of, ofType: addsTo.ofType, ...objectOf(addsTo.fields) } as JsonObject;
    return { ...common, type: "eventDetails", originalName: names.originalName, properties };
  }
  return {
    ...common,
    ...names,
    properties: readProperties(unit, names.type, currency),
    // Pings come every five seconds and say nothing beyond their own fields.
    extra: compact({ snowplow, event, contexts: names.type === "pagePing" ? undefined : contexts }),
  };
}

/** Reader of `SnowplowUnit`s. @param currency of amounts whose store view names none */
export function createSnowplowReader(currency: string): EventReader {
  return (raw, facts) => {
    if (!isSnowplowUnit(raw))
      return reject("collect.eventShape", "an event of the second stream has an object snowplow", null);
    return buildEvent(translateSnowplow(raw, currency), raw, facts);
  };
}
