// One XDM event to one canonical event: names by the name table, fields to our properties, the original kept whole.
import {
  buildEvent,
  canonicalOfXdm,
  type EventReader,
  type Identifier,
  reject,
  type TranslatedEvent,
} from "../../../collect/index.ts";
import type { JsonObject } from "../../../kernel/index.ts";
import { compact, instantOf, type Loose, listOf, moneyOf, numberOf, objectOf, textOf } from "../values.ts";
import { enrich } from "./enrich.ts";
import { readIdentifiers } from "./identity-map.ts";
import { pathOf, readContext } from "./read-context.ts";
import { readPropositions } from "./read-decisioning.ts";
import { type PriceMeaning, readItems } from "./read-items.ts";
import { currencyOfEvent, readOrder } from "./read-order.ts";
import {
  isPersonEvent,
  isProfileRecord,
  readCountry,
  readPhone,
  readProfileParameters,
  readTenantFields,
  readTraits,
} from "./read-person.ts";
import { readSearch } from "./read-search.ts";
import { isXdmUnit, type XdmUnit } from "./unit.ts";

// Lists of found or shown products carry the price of one, in the order in which they were shown.
const shownLists = /^(search|categoryView$|recs)/;
const cartSnapshots = new Set(["shoppingCartView", "startCheckout"]);
const placements = new Set(["completeCheckout", "orderPlaced"]);
const isPriceOfLine = /Cart|Checkout|^order|RequisitionList$|^quote/;

type Names = { readonly type: string; readonly originalName: string };

function readNames(xdm: Loose): Names {
  const given = textOf(xdm["eventType"], 1_000);
  if (given === undefined) {
    return isProfileRecord(xdm)
      ? { type: "profileRecord", originalName: "profileRecord" }
      : { type: "custom", originalName: "custom" };
  }
  const type = canonicalOfXdm(given);
  const section = textOf(objectOf(objectOf(xdm["web"])["webPageDetails"])["siteSection"], 100);
  // The storefront has no event of its own for a category page.
  if (type === "pageView" && section?.toLowerCase() === "category")
    return { type: "categoryView", originalName: given };
  return { type, originalName: given };
}

function priceMeaning(type: string): PriceMeaning {
  if (type === "productPageView" || shownLists.test(type)) return "unit";
  return isPriceOfLine.test(type) ? "line" : "auto";
}

function readCategory(xdm: Loose, type: string): JsonObject {
  if (type !== "categoryView") return {};
  const category = objectOf(objectOf(xdm["commerce"])["category"]);
  const url = textOf(objectOf(objectOf(xdm["web"])["webPageDetails"])["URL"], 4_000);
  return compact({
    categoryPath: textOf(category["urlPath"]) ?? categoryKey(pathOf(url)),
    categoryId: textOf(category["id"], 128),
    categoryName: textOf(category["name"]),
    urlKey: textOf(category["urlKey"]),
  });
}

/** `/women/tops/jackets.html` is the category `women/tops/jackets`. */
export function categoryKey(path: string | undefined): string | undefined {
  return path?.replace(/^\/+|\/+$/g, "").replace(/\.html?$/, "") || undefined;
}

function readLists(xdm: Loose): JsonObject {
  const list = objectOf(objectOf(xdm["commerce"])["requisitionList"]);
  return compact({
    listId: textOf(list["ID"] ?? list["id"], 128),
    listName: textOf(list["name"]),
    description: textOf(list["description"], 2_000),
  });
}

function readQuote(xdm: Loose, currency: string): JsonObject {
  const commerce = objectOf(xdm["commerce"]);
  const quote = objectOf(commerce["quote"]);
  return compact({
    quoteId: textOf(quote["quoteID"], 128),
    quoteName: textOf(quote["name"]),
    status: textOf(quote["status"], 100),
    expirationDate: instantOf(quote["expirationDate"]) ?? textOf(quote["expirationDate"], 64),
    originalTotal: moneyOf(quote["originalTotal"], currency),
    negotiatedTotal: moneyOf(quote["negotiatedTotal"], currency),
    companyId: textOf(commerce["companyID"], 128),
  });
}

function readUnit(xdm: Loose): JsonObject {
  const unit = objectOf(objectOf(xdm["commerce"])["recommendation"]);
  return compact({
    unitId: textOf(unit["unitID"], 128),
    unitName: textOf(unit["name"] ?? unit["unitName"]),
    unitType: textOf(unit["type"], 100),
    placement: textOf(unit["placement"]),
  });
}

function readTraitsOf(unit: XdmUnit, type: string): JsonObject {
  const traits = isPersonEvent(type) ? readTraits(unit.xdm) : {};
  return compact({ traits: { ...readProfileParameters(objectOf(unit.data)), ...traits } });
}

function readProperties(unit: XdmUnit, type: string, shopCurrency: string): JsonObject {
  const { xdm } = unit;
  const commerce = objectOf(xdm["commerce"]);
  const currency = currencyOfEvent(xdm, shopCurrency);
  const isRanked = shownLists.test(type);
  const items = readItems(xdm["productListItems"], { price: priceMeaning(type), currency, isRanked });
  // The order of a cart view is no order: only its discount means something.
  const cartDiscount = cartSnapshots.has(type)
    ? moneyOf(objectOf(commerce["order"])["discountAmount"], currency)
    : undefined;
  return {
    ...readTenantFields(xdm),
    ...compact({
      cartId: textOf(objectOf(commerce["cart"])["cartID"], 128),
      discount: cartDiscount,
    }),
    ...readSearch(xdm, type, unit.visit?.search),
    ...readCategory(xdm, type),
    ...readLists(xdm),
    ...readUnit(xdm),
    ...readQuote(xdm, currency),
    ...readOrder(xdm, { currency, items: items ?? [], isPlaced: placements.has(type) }),
    ...readPropositions(xdm, unit.proposition),
    ...readTraitsOf(unit, type),
    ...(items === undefined ? {} : { items }),
  };
}

function messageIdOf({ xdm, messageId, requestId, index }: XdmUnit): string | undefined {
  if (messageId !== undefined) return messageId;
  const own = textOf(xdm["_id"], 1_000);
  if (own !== undefined) return own;
  return requestId === undefined ? undefined : `${requestId}:${numberOf(index) ?? 0}`;
}

function identifiersOf({ xdm, ecid, otherEcid }: XdmUnit): readonly Identifier[] {
  const phone = readPhone(xdm);
  const identifiers = readIdentifiers(xdm, ecid, otherEcid);
  return phone === undefined ? identifiers : [...identifiers, { namespace: "phone", value: phone }];
}

/**
 * An XDM event in our words.
 *
 * @param currency of amounts whose event names none
 */
export function translateXdm(unit: XdmUnit, currency: string, client?: Parameters<typeof readContext>[1]) {
  const { xdm, data } = unit;
  const names = readNames(xdm);
  const context = readContext(unit, client);
  const properties = readProperties(unit, names.type, currency);
  const translated: TranslatedEvent = {
    messageId: messageIdOf(unit),
    ...names,
    timestamp: xdm["timestamp"],
    identifiers: identifiersOf(unit),
    country: readCountry(xdm),
    storeView: textOf(context["storeView"], 64),
    properties: unit.twin ? enrich(properties, objectOf(unit.twin) as JsonObject) : properties,
    context,
    // Parsed JSON, kept as it came.
    extra: compact({ xdm, data }),
    mayBeNobody: true,
  };
  return translated;
}

/** Reader of `XdmUnit`s. @param currency of amounts whose event names none */
export function createXdmReader(currency: string): EventReader {
  return (raw, facts) => {
    if (!isXdmUnit(raw)) return reject("collect.eventShape", "an XDM event has an object xdm", null);
    return buildEvent(translateXdm(raw, currency, facts.client), raw, facts);
  };
}

/** Products that an event is about, by SKU. */
export function skusOf(properties: JsonObject): readonly string[] {
  return listOf(properties["items"], 500).flatMap((item) => textOf(objectOf(item)["sku"], 128) ?? []);
}
