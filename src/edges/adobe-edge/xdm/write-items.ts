import { isObject, type JsonObject, type Money, toDecimal } from "../../../kernel/index.ts";
import { compact, listOf, numberOf, objectOf, textOf } from "../values.ts";

const maxItems = 500;

/** Major units as the number that XDM wants. */
export function amountOf(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  const { minor, currency } = value as Partial<Money>;
  if (typeof minor !== "number" || typeof currency !== "string") return undefined;
  return Number(toDecimal({ minor, currency }));
}

function writeReturn(item: JsonObject): JsonObject {
  const names =
    "returnStatus returnReason returnItemCondition returnResolution returnQuantityRequested returnQuantityAuthorized returnQuantityReceived returnQuantityApproved".split(
      " ",
    );
  return compact(Object.fromEntries(names.map((name) => [name, item[name]])));
}

function priceOf(item: JsonObject, isUnitPrice: boolean): number | undefined {
  if (isUnitPrice) return numberOf(item["unitPriceText"]) ?? amountOf(item["unitPrice"]) ?? amountOf(item["lineTotal"]);
  const total = amountOf(item["lineTotal"]);
  if (total !== undefined) return total;
  const unit = item["unitPrice"];
  if (!isObject(unit) || typeof unit["minor"] !== "number") return undefined;
  return amountOf({ ...unit, minor: Math.round(unit["minor"] * (numberOf(item["qty"]) ?? 1)) });
}

function writeItem(item: JsonObject, isUnitPrice: boolean): JsonObject {
  const money = objectOf(item["lineTotal"] ?? item["unitPrice"]);
  return compact({
    SKU: item["sku"],
    parentSKU: item["parentSku"],
    name: item["name"],
    quantity: item["qty"],
    priceTotal: priceOf(item, isUnitPrice),
    discountAmount: amountOf(item["discount"]),
    taxAmount: amountOf(item["tax"]),
    refundAmount: amountOf(item["refund"]),
    currencyCode: item["currency"] ?? money["currency"],
    selectedOptions: item["options"],
    productCategories: listOf(item["categories"], 20).map((value) => {
      const category = objectOf(value);
      return compact({ categoryID: category["id"], categoryName: category["name"], categoryPath: category["path"] });
    }),
    rank: item["rank"],
    id: item["lineId"],
    productImageUrl: item["imageUrl"],
    productUrl: item["productUrl"],
    attributes: item["attributes"],
    returnItem: writeReturn(item),
  });
}

/** `properties.items`, or the one product that `properties.sku` names, as `productListItems`. */
export function writeItems(properties: JsonObject, isUnitPrice: boolean): readonly JsonObject[] | undefined {
  const { items } = properties;
  const single = textOf(properties["sku"], 128) === undefined ? undefined : [properties];
  const list = Array.isArray(items) ? items : single;
  return list
    ?.slice(0, maxItems)
    .filter(isObject)
    .map((item) => writeItem(item as JsonObject, isUnitPrice));
}
