// Properties of an ecommerce event → ours. A value that cannot be read keeps its own name, so nothing is lost.
import { isObject, type JsonObject, type JsonValue, plainText } from "../../kernel/index.ts";
import { currencyOf, moneyOf } from "./amounts.ts";
import { isListEvent, isOrderEvent, isPromotionEvent } from "./ecommerce-names.data.ts";
import { productKeys, toLine, toLines } from "./lines.ts";
import { commonFields, type Field, listFields, promotionFields } from "./property-names.data.ts";
import { fromEntries, numberOf, objectOf, textOf } from "./values.ts";

const byKey = (fields: readonly Field[]): ReadonlyMap<string, Field> =>
  new Map(fields.map((field) => [field.key, field]));
const common = byKey(commonFields);
const ofLists = byKey(listFields);
const ofPromotions = byKey(promotionFields);

type Properties = Map<string, JsonValue>;

function convert({ kind }: Field, value: JsonValue, currency: string | undefined): JsonValue | undefined {
  switch (kind) {
    case "text":
      return textOf(value);
    case "number":
      return numberOf(value);
    case "money":
      return currency === undefined ? undefined : moneyOf(value, currency);
    default:
      return value;
  }
}

function readCurrency(properties: JsonObject, defaultCurrency: string): string | undefined {
  const { currency, products } = properties;
  if (currency !== undefined && currency !== null && currency !== "") return currencyOf(currency);
  const [first] = Array.isArray(products) ? products : [];
  return (isObject(first) ? currencyOf(first["currency"]) : undefined) ?? defaultCurrency;
}

/** Takes the properties that describe the one product of an event, or nothing when they name none. */
function takeProduct(given: Properties): JsonObject | undefined {
  if (textOf(given.get("sku")) === undefined && textOf(given.get("product_id")) === undefined) return undefined;
  const product: Properties = new Map();
  for (const key of productKeys) {
    const value = given.get(key);
    if (value === undefined) continue;
    product.set(key, value);
    given.delete(key);
  }
  return fromEntries(product);
}

/** An event with a list may repeat its first product beside it. */
function dropRepeated(given: Properties, first: JsonValue | undefined): void {
  if (!isObject(first)) return;
  for (const key of productKeys) {
    const value = given.get(key);
    if (value !== undefined && value === first[key]) given.delete(key);
  }
}

function readItems(given: Properties, currency: string | undefined, out: Properties): void {
  const products = given.get("products");
  if (Array.isArray(products)) {
    const lines = toLines(products, currency);
    if (lines.length === products.length) given.delete("products");
    out.set("items", lines);
    dropRepeated(given, products[0]);
    return;
  }
  const product = takeProduct(given);
  if (product) out.set("items", [toLine(product, currency)]);
}

function readPromotion(given: Properties, type: string, out: Properties): void {
  if (given.has("propositions")) return;
  const proposition: Properties = new Map();
  for (const [key, field] of ofPromotions) {
    const value = given.get(key);
    const converted = value === undefined ? undefined : convert(field, value, undefined);
    if (converted === undefined) continue;
    given.delete(key);
    proposition.set(field.native, converted);
  }
  if (proposition.size === 0) return;
  const action = type.slice("proposition".length).toLowerCase();
  out.set("propositions", [{ ...fromEntries(proposition), action }]);
}

/** `[{type, value}]` → `[{attribute, values}]`, one for each attribute. */
function readFilters(given: Properties, out: Properties): void {
  const filters = given.get("filters");
  if (!Array.isArray(filters) || filters.length === 0) return;
  const valuesByKey = new Map<string, { attribute: string; values: JsonValue[]; operator?: string }>();
  for (const filter of filters) {
    const { type, value, operator } = objectOf(filter);
    if (typeof type !== "string" || value === undefined) return;
    const known = valuesByKey.get(`${type}\0${plainText(operator)}`);
    if (known) known.values.push(value);
    else {
      const entry = { attribute: type, values: [value], ...(typeof operator === "string" ? { operator } : {}) };
      valuesByKey.set(`${type}\0${plainText(operator)}`, entry);
    }
  }
  given.delete("filters");
  out.set("filters", [...valuesByKey.values()]);
}

function readSorts(given: Properties, out: Properties): void {
  const sorts = given.get("sorts");
  if (!Array.isArray(sorts) || !sorts.every((sort) => isObject(sort) && typeof sort["type"] === "string")) return;
  given.delete("sorts");
  out.set(
    "sort",
    sorts.map((sort) => {
      const { type, value } = objectOf(sort);
      return { attribute: type ?? "", order: value ?? null };
    }),
  );
}

function readTotals(given: Properties, type: string, currency: string | undefined, out: Properties): void {
  if (currency === undefined) return;
  const total = moneyOf(given.get("total"), currency);
  if (total) given.delete("total");
  const isRefund = type === "orderRefunded";
  if (isRefund) {
    const refund = total ?? moneyOf(given.get("revenue") ?? given.get("value"), currency);
    if (refund) out.set("refund", refund);
  } else if (isOrderEvent(type)) {
    const sum = total ?? moneyOf(given.get("revenue"), currency) ?? moneyOf(given.get("value"), currency);
    if (sum) out.set("orderTotal", sum);
  } else if (total) out.set("total", total);
}

/**
 * Our properties of an event with known ones: lines in `items`, amounts as money in minor units, our names.
 *
 * @param type canonical name of the event
 * @param defaultCurrency of amounts where neither the event nor its first product names one
 */
export function readProperties(type: string, properties: JsonObject, defaultCurrency: string): JsonObject {
  const given: Properties = new Map(Object.entries(properties));
  const out: Properties = new Map();
  const currency = readCurrency(properties, defaultCurrency);
  if (isPromotionEvent(type)) readPromotion(given, type, out);
  else readItems(given, currency, out);
  readFilters(given, out);
  readSorts(given, out);
  readTotals(given, type, currency, out);
  if (!given.has("coupon") && textOf(given.get("coupon_id")) !== undefined) {
    out.set("coupon", textOf(given.get("coupon_id")) ?? "");
    given.delete("coupon_id");
  }
  const isList = isListEvent(type);
  for (const [key, value] of given) {
    const field = (isList ? ofLists.get(key) : undefined) ?? common.get(key);
    const converted = field && convert(field, value, currency);
    if (field && converted !== undefined) out.set(field.native, converted);
    else if (!out.has(key)) out.set(key, value);
  }
  if (isList && !out.has("categoryPath")) {
    const listId = out.get("categoryId");
    if (listId !== undefined) out.set("categoryPath", listId);
  }
  const usesMoney = [...out.values()].some((value) => isObject(value) && value["currency"] === currency);
  if (currency !== undefined && (usesMoney || properties["currency"] !== undefined)) out.set("currency", currency);
  return fromEntries(out);
}
