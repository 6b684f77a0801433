// One product of an ecommerce event ↔ one line of ours. What has no counterpart keeps its name in both directions.
import { isObject, type JsonObject, type JsonValue, type Money } from "../../kernel/index.ts";
import { currencyOf, finePriceText, lineTotalOf, majorOf, moneyOf, priceValue } from "./amounts.ts";
import { fromEntries, numberOf, objectOf, textOf } from "./values.ts";

/** Fields of a product that stand in the properties of an event about one product. */
export const productKeys: ReadonlySet<string> = new Set([
  "product_id",
  "sku",
  "parent_sku",
  "name",
  "brand",
  "variant",
  "category",
  "categories",
  "price",
  "quantity",
  "line_total",
  "line_id",
  "position",
  "url",
  "image_url",
  "options",
]);

const nativeByKey: ReadonlyMap<string, string> = new Map([
  ["parent_sku", "parentSku"],
  ["line_id", "lineId"],
  ["image_url", "imageUrl"],
]);
const keyByNative = new Map([...nativeByKey].map(([key, native]) => [native, key]));

function categoryOf(path: string): JsonObject {
  return { name: path.slice(path.lastIndexOf("/") + 1), path };
}

function readPrices(product: JsonObject, currency: string, line: Map<string, JsonValue>): void {
  const unitPrice = moneyOf(product["price"], currency);
  if (unitPrice === undefined) return;
  line.delete("price");
  line.set("unitPrice", unitPrice);
  const fine = finePriceText(product["price"], currency);
  if (fine !== undefined) line.set("unitPriceText", fine);
  const qty = numberOf(product["quantity"]);
  const total = lineTotalOf(product["price"], unitPrice, qty !== undefined && qty > 0 ? qty : 1);
  if (total) line.set("lineTotal", total);
}

/**
 * A line of ours from a product.
 *
 * The SKU is `sku`, else `product_id`; the total of the line is price × quantity, else as sent in `line_total`.
 *
 * @param eventCurrency of amounts without one of their own; undefined leaves them as they came
 */
export function toLine(product: JsonObject, eventCurrency: string | undefined): JsonObject {
  const line = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(product)) line.set(nativeByKey.get(key) ?? key, value);
  const productId = textOf(product["product_id"]);
  const sku = textOf(product["sku"]) ?? productId;
  if (sku !== undefined) line.set("sku", sku);
  if (productId !== undefined && productId === sku) line.delete("product_id");
  const qty = numberOf(product["quantity"]);
  if (qty !== undefined) {
    line.delete("quantity");
    line.set("qty", qty);
  }
  const rank = numberOf(product["position"]);
  if (rank !== undefined) {
    line.delete("position");
    line.set("rank", rank);
  }
  const category = textOf(product["category"]);
  if (category !== undefined && product["categories"] === undefined) {
    line.delete("category");
    line.set("categories", [categoryOf(category)]);
  }
  const currency = product["currency"] === undefined ? eventCurrency : currencyOf(product["currency"]);
  if (currency !== undefined) {
    readPrices(product, currency, line);
    for (const key of ["discount", "tax"]) {
      const amount = moneyOf(product[key], currency);
      if (amount) line.set(key, amount);
    }
    const total = moneyOf(product["line_total"], currency);
    if (total) {
      line.delete("line_total");
      line.set("lineTotal", total);
    }
    if (product["currency"] !== undefined) line.set("currency", currency);
  }
  return fromEntries(line);
}

function isDerived(line: JsonObject, price: string | number | undefined, total: JsonValue): boolean {
  const { unitPrice } = line;
  if (!isObject(unitPrice) || price === undefined) return false;
  const qty = numberOf(line["qty"]);
  // Checked by majorOf, which made the price.
  const derived = lineTotalOf(price, unitPrice as Money, qty !== undefined && qty > 0 ? qty : 1);
  return isObject(total) && derived?.minor === total["minor"] && derived?.currency === total["currency"];
}

function writePrices(line: JsonObject, currency: string, product: Map<string, JsonValue>): void {
  const major = majorOf(line["unitPrice"], currency);
  const fine = textOf(line["unitPriceText"]);
  const price = major === undefined ? undefined : fine === undefined ? major : priceValue(fine);
  if (price !== undefined) {
    product.delete("unitPrice");
    product.delete("unitPriceText");
    product.set("price", price);
  }
  const total = majorOf(line["lineTotal"], currency);
  if (total !== undefined) {
    product.delete("lineTotal");
    if (!isDerived(line, price, line["lineTotal"] ?? null)) product.set("line_total", total);
  }
}

function isOneCategory(value: JsonValue | undefined): string | undefined {
  if (!Array.isArray(value) || value.length !== 1 || !isObject(value[0])) return undefined;
  const { name, path } = value[0];
  if (typeof path !== "string" || Object.keys(value[0]).length !== 2) return undefined;
  return categoryOf(path)["name"] === name && path.trim() === path && path !== "" ? path : undefined;
}

/** A product of an ecommerce event from a line of ours. @param eventCurrency of the event */
export function toProduct(line: JsonObject, eventCurrency: string | undefined): JsonObject {
  const product = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(line)) product.set(keyByNative.get(key) ?? key, value);
  const sku = textOf(line["sku"]);
  // Many readers of this vocabulary know products by product_id only.
  if (sku !== undefined && line["product_id"] === undefined) product.set("product_id", sku);
  const rename = (native: string, key: string): void => {
    const value = line[native];
    if (value === undefined) return;
    product.delete(native);
    product.set(key, value);
  };
  rename("qty", "quantity");
  rename("rank", "position");
  const category = isOneCategory(line["categories"]);
  if (category !== undefined) {
    product.delete("categories");
    product.set("category", category);
  }
  const currency = currencyOf(line["currency"]) ?? eventCurrency;
  if (currency !== undefined) {
    writePrices(line, currency, product);
    for (const key of ["discount", "tax"]) {
      const amount = majorOf(line[key], currency);
      if (amount !== undefined) product.set(key, amount);
    }
  }
  return fromEntries(product);
}

/** The lines of an event that lists products. Entries that are no objects are left out. */
export function toLines(products: readonly JsonValue[], currency: string | undefined): readonly JsonObject[] {
  return products.filter(isObject).map((product) => toLine(objectOf(product), currency));
}
