// Our properties → those of the ecommerce specification; the inverse of readProperties.
import { isObject, type JsonObject, type JsonValue } from "../../kernel/index.ts";
import { currencyOf, majorOf } from "./amounts.ts";
import { isListEvent, isOrderEvent, isPromotionEvent } from "./ecommerce-names.data.ts";
import { productKeys, toProduct } from "./lines.ts";
import { commonFields, type Field, listFields, promotionFields } from "./property-names.data.ts";
import { fromEntries, objectOf } from "./values.ts";

type Properties = Map<string, JsonValue>;

// Types about one product: its fields stand in the properties themselves.
const oneProduct: ReadonlySet<string> = new Set([
  "productPageView",
  "addToCart",
  "removeFromCart",
  "addToWishlist",
  "removeFromWishlist",
  "Product Clicked",
  "Product Shared",
  "Product Reviewed",
  "Wishlist Product Added to Cart",
]);

const byNative = (fields: readonly Field[]): ReadonlyMap<string, Field> =>
  new Map(fields.map((field) => [field.native, field]));
const common = byNative(commonFields);
const ofLists = byNative(listFields);
const ofPromotions = byNative(promotionFields);

function currencyOfProperties(properties: JsonObject): string | undefined {
  const { currency, orderTotal, refund, items } = properties;
  const [line] = Array.isArray(items) ? items : [];
  const unitPrice = objectOf(line)["unitPrice"];
  for (const holder of [currency, objectOf(orderTotal)["currency"], objectOf(refund)["currency"]]) {
    const code = currencyOf(holder);
    if (code !== undefined) return code;
  }
  return currencyOf(objectOf(unitPrice)["currency"]);
}

function writeItems(given: Properties, type: string, currency: string | undefined, out: Properties): void {
  const items = given.get("items");
  if (!Array.isArray(items)) return;
  given.delete("items");
  const products = items.filter(isObject).map((line) => toProduct(objectOf(line), currency));
  const [first] = products;
  if (!oneProduct.has(type) || first === undefined) {
    out.set("products", products);
    return;
  }
  const fields = Object.entries(first);
  for (const [key, value] of fields) if (productKeys.has(key)) out.set(key, value);
  // More than the properties can say without a list.
  if (products.length > 1 || fields.some(([key]) => !productKeys.has(key) || given.has(key)))
    out.set("products", products);
}

function writePromotion(given: Properties, out: Properties): void {
  const propositions = given.get("propositions");
  if (!Array.isArray(propositions) || propositions.length !== 1) return;
  const { action: _action, ...proposition } = objectOf(propositions[0]);
  if (Object.keys(proposition).some((key) => !ofPromotions.has(key))) return;
  given.delete("propositions");
  for (const [native, value] of Object.entries(proposition)) out.set(ofPromotions.get(native)?.key ?? native, value);
}

function writeFilters(given: Properties, out: Properties): void {
  const filters = given.get("filters");
  if (!Array.isArray(filters) || !filters.every((filter) => Array.isArray(objectOf(filter)["values"]))) return;
  given.delete("filters");
  const flat: JsonValue[] = [];
  for (const filter of filters) {
    const { attribute, values, operator } = objectOf(filter);
    for (const value of Array.isArray(values) ? values : [])
      flat.push({ type: attribute ?? "", value, ...(operator === undefined ? {} : { operator }) });
  }
  out.set("filters", flat);
}

function writeSort(given: Properties, out: Properties): void {
  const sort = given.get("sort");
  if (!Array.isArray(sort) || !sort.every((entry) => typeof objectOf(entry)["attribute"] === "string")) return;
  given.delete("sort");
  out.set(
    "sorts",
    sort.map((entry) => {
      const { attribute, order } = objectOf(entry);
      return { type: attribute ?? "", value: order ?? null };
    }),
  );
}

function writeTotals(given: Properties, type: string, currency: string, out: Properties): void {
  const native = type === "orderRefunded" ? "refund" : isOrderEvent(type) ? "orderTotal" : "total";
  const total = majorOf(given.get(native), currency);
  if (total === undefined) return;
  given.delete(native);
  out.set("total", total);
  // The receivers of this vocabulary add up revenue.
  if (isOrderEvent(type) && type !== "orderRefunded" && !given.has("revenue")) out.set("revenue", total);
}

function writeField(field: Field, value: JsonValue, currency: string | undefined): JsonValue | undefined {
  if (field.kind !== "money") return value;
  return currency === undefined ? undefined : majorOf(value, currency);
}

/** Properties of the ecommerce specification; what has no counterpart keeps its name and value. */
export function toSegmentProperties(type: string, properties: JsonObject): JsonObject {
  const given: Properties = new Map(Object.entries(properties));
  const out: Properties = new Map();
  const currency = currencyOfProperties(properties);
  if (isPromotionEvent(type)) writePromotion(given, out);
  writeItems(given, type, currency, out);
  writeFilters(given, out);
  writeSort(given, out);
  if (currency !== undefined) {
    writeTotals(given, type, currency, out);
    out.set("currency", currency);
  }
  const isList = isListEvent(type);
  for (const [native, value] of given) {
    if (native === "currency") continue;
    const field = (isList ? ofLists.get(native) : undefined) ?? common.get(native);
    const written = field && writeField(field, value, currency);
    if (field && written !== undefined) out.set(field.key, written);
    else out.set(native, value);
  }
  return fromEntries(out);
}
