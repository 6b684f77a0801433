import { type JsonObject, minorDigits } from "../../../kernel/index.ts";
import { amountText, compact, currencyOf, type Loose, listOf, moneyOf, numberOf, objectOf, textOf } from "../values.ts";

/**
 * What `priceTotal` of a line means: `unit` the price of one (product views and lists of found products), `line` price ×
 * quantity (carts, orders, requisition lists), `auto` by whether the line has a quantity.
 */
export type PriceMeaning = "unit" | "line" | "auto";

export type ItemReading = {
  readonly price: PriceMeaning;
  readonly currency: string;
  /** Lines stand in the order in which they were shown: the place is the rank. */
  readonly isRanked: boolean;
};

const maxItems = 500;
const maxOptions = 50;
const maxCategories = 20;

// Spellings in circulation; the last two are typos of XDM and of the published table.
const returnFields: readonly (readonly [name: string, spellings: readonly string[]])[] = [
  ["returnQuantityRequested", ["returnQuantityRequested"]],
  ["returnQuantityAuthorized", ["returnQuantityAuthorized", "returnQuanitityAuthorized"]],
  ["returnQuantityReceived", ["returnQuantityReceived", "eturnQuantityReceived"]],
  ["returnQuantityApproved", ["returnQuantityApproved"]],
];

function readReturn(value: unknown): JsonObject {
  const item = objectOf(value);
  const quantities = returnFields.map(([name, spellings]) => [
    name,
    spellings.map((spelling) => numberOf(item[spelling])).find((quantity) => quantity !== undefined),
  ]);
  return compact({
    returnStatus: textOf(item["returnStatus"]),
    returnReason: textOf(item["returnReason"]),
    returnItemCondition: textOf(item["returnItemCondition"]),
    returnResolution: textOf(item["returnResolution"]),
    ...Object.fromEntries(quantities),
  });
}

function readOptions(value: unknown): readonly JsonObject[] {
  return listOf(value, maxOptions).flatMap((entry) => {
    const option = objectOf(entry);
    const attribute = textOf(option["attribute"]);
    return attribute === undefined ? [] : [compact({ attribute, value: textOf(option["value"]) })];
  });
}

function readCategories(line: Loose): readonly JsonObject[] {
  const given = line["productCategories"] ?? line["categories"];
  return listOf(given, maxCategories).flatMap((entry) => {
    const category = objectOf(entry);
    const read = compact({
      id: textOf(category["categoryID"] ?? category["id"]) ?? textOf(entry),
      name: textOf(category["categoryName"] ?? category["name"]),
      path: textOf(category["categoryPath"] ?? category["path"]),
    });
    return Object.keys(read).length === 0 ? [] : [read];
  });
}

/** An unreadable price of a line counts as 0 (the collector sends null for NaN); an absent one is absent. */
function readPrice(line: Loose, qty: number | undefined, reading: ItemReading, currency: string): JsonObject {
  if (!("priceTotal" in line)) return {};
  const given = line["priceTotal"];
  const price = moneyOf(given, currency) ?? { minor: 0, currency };
  const isUnit = reading.price === "unit" || (reading.price === "auto" && qty === undefined);
  if (isUnit) {
    const text = amountText(given);
    const isFiner = text !== undefined && isFinerThanMinor(text, currency);
    return compact({ unitPrice: price, unitPriceText: isFiner ? text : undefined });
  }
  const unitPrice = qty === undefined || qty <= 0 ? undefined : { minor: Math.round(price.minor / qty), currency };
  return compact({ lineTotal: price, unitPrice });
}

/** True for 12.345 of a currency with two digits. */
function isFinerThanMinor(text: string, currency: string): boolean {
  return /[1-9]/.test((text.split(".")[1] ?? "").slice(minorDigits(currency)));
}

function readItem(value: unknown, place: number, reading: ItemReading): JsonObject | undefined {
  const line = objectOf(value);
  const sku = textOf(line["SKU"] ?? line["sku"], 128);
  if (sku === undefined) return undefined;
  const currency = currencyOf(line["currencyCode"]) ?? reading.currency;
  const qty = numberOf(line["quantity"]);
  return compact({
    sku,
    parentSku: textOf(line["parentSKU"], 128),
    name: textOf(line["name"]),
    qty,
    ...readPrice(line, qty, reading, currency),
    discount: moneyOf(line["discountAmount"], currency),
    tax: moneyOf(line["taxAmount"], currency),
    refund: moneyOf(line["refundAmount"], currency),
    currency,
    options: readOptions(line["selectedOptions"]),
    categories: readCategories(line),
    rank: numberOf(line["rank"]) ?? (reading.isRanked ? place : undefined),
    lineId: textOf(line["id"] ?? line["_id"], 128),
    imageUrl: textOf(line["productImageUrl"], 2_000),
    productUrl: textOf(line["productUrl"] ?? line["productURL"], 2_000),
    attributes: objectOf(line["attributes"]),
    ...readReturn(line["returnItem"]),
  });
}

/** `productListItems` in our words; undefined when the event has no such list. */
export function readItems(list: unknown, reading: ItemReading): readonly JsonObject[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return listOf(list, maxItems)
    .map((value, at) => readItem(value, at + 1, reading))
    .filter((item) => item !== undefined);
}
