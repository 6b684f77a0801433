import { isObject, type JsonObject, type JsonValue, type Money } from "../../kernel/index.ts";
import { decimalText, isWholeMinor, multiply, toMinorUnits } from "./decimal.ts";
import { present, type RecordReader } from "./read-record.ts";

/** One line of an order, and whether it takes goods or money back. */
export type RecordLine = {
  /** The line in the vocabulary of events; quantity and total are never negative. */
  readonly item: JsonObject;
  readonly total: Money;
  /** Negative quantity or total: a return, a cancelled line, a credit. */
  readonly isCredit: boolean;
};

const maxLines = 5_000;
const maxOptions = 50;
const maxCategories = 50;

function optionsOf(line: RecordReader): JsonValue | undefined {
  const options = line
    .list("selectedOptions", maxOptions)
    .map((option) => present({ attribute: option.text("attribute", 200), value: option.text("value", 200) }));
  return options.length > 0 ? options : undefined;
}

/** Both spellings of categories in circulation: `categories[]{id,name,path}` and `productCategories[]{categoryID,…}`. */
function categoriesOf(line: RecordReader): JsonValue | undefined {
  const plain = line
    .list("categories", maxCategories)
    .map((row) => present({ id: row.text("id", 200), name: row.text("name", 200), path: row.text("path", 1000) }));
  const adobe = line.list("productCategories", maxCategories).map((row) =>
    present({
      id: row.text("categoryID", 200),
      name: row.text("categoryName", 200),
      path: row.text("categoryPath", 1000),
    }),
  );
  const categories = [...plain, ...adobe];
  return categories.length > 0 ? categories : undefined;
}

function absolute({ minor, currency }: Money): Money {
  return { minor: Math.abs(minor), currency };
}

function readLine(line: RecordReader, orderCurrency: string): RecordLine | undefined {
  const sku = line.text("SKU", 128) ?? line.text("sku", 128);
  if (sku === undefined) line.fault("SKU", "required", "is missing");
  const quantity = line.value("quantity") === undefined ? undefined : line.decimal("quantity");
  if (line.value("quantity") === undefined) line.fault("quantity", "required", "is missing");
  const currency = line.text("currencyCode", 3) ?? orderCurrency;
  const unit = line.decimal("unitPrice");
  const given = line.decimal("priceTotal");
  const exact = given ?? (unit && quantity ? multiply(unit, quantity) : undefined);
  if (exact === undefined && line.value("priceTotal") === undefined && line.value("unitPrice") === undefined)
    line.fault("priceTotal", "required", "is missing, and so is unitPrice");
  const minor = exact && toMinorUnits(exact, currency);
  if (exact && minor === undefined) line.fault("priceTotal", "money", "is too large");
  if (sku === undefined || quantity === undefined || minor === undefined) return undefined;
  const unitMinor = unit && isWholeMinor(unit, currency) ? toMinorUnits(unit, currency) : undefined;
  const total = absolute({ minor, currency });
  const isCredit = quantity.units < 0n || minor < 0;
  const magnitude = quantity.units < 0n ? { ...quantity, units: -quantity.units } : quantity;
  const attributes = line.object("attributes");
  return {
    isCredit,
    total,
    item: present({
      lineId: line.text("id", 128) ?? line.text("_id", 128),
      sku,
      parentSku: line.text("parentSKU", 128) ?? line.text("parentSku", 128),
      name: line.text("name"),
      qty: Number(decimalText(magnitude)),
      unitPrice: unitMinor === undefined ? undefined : absolute({ minor: unitMinor, currency }),
      unitPriceText: unit && unitMinor === undefined ? decimalText(unit).replace(/^-/, "") : undefined,
      lineTotal: total,
      discount: line.money("discountAmount", currency),
      tax: line.money("taxAmount", currency),
      options: optionsOf(line),
      categories: categoriesOf(line),
      imageUrl: line.text("productImageUrl", 2000),
      attributes: isObject(attributes) ? attributes : undefined,
    }),
  };
}

export function readLines(order: RecordReader, currency: string): readonly RecordLine[] {
  return order.list("items", maxLines).flatMap((line) => readLine(line, currency) ?? []);
}

export function sumOf(lines: readonly RecordLine[], currency: string): Money {
  return {
    minor: lines.reduce((sum, line) => sum + (line.total.currency === currency ? line.total.minor : 0), 0),
    currency,
  };
}

/** Room for the lines in an event of 256 KB and 10,000 keys; the rest of an order is far below the difference. */
const maxItemsBytes = 200_000;
const maxItemsKeys = 8_000;

function fits(items: readonly JsonObject[]): boolean {
  let keys = 0;
  let bytes = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    // Every key, at whatever depth, is followed by a colon; colons in texts only make the bound stricter.
    keys += text.split(":").length;
    bytes += Buffer.byteLength(text);
    if (keys > maxItemsKeys || bytes > maxItemsBytes) return false;
  }
  return true;
}

/**
 * The lines as one event can carry them: orders of many hundred lines lose descriptive fields first, then lines.
 * Totals of the order are never affected.
 */
export function fitItems(lines: readonly RecordLine[]): {
  readonly items: readonly JsonObject[];
  readonly omitted: number;
} {
  const items = lines.map((line) => line.item);
  if (items.length <= 40 || fits(items)) return { items, omitted: 0 };
  const named = items.map(({ sku, parentSku, name, qty, unitPrice, unitPriceText, lineTotal }) =>
    present({ sku, parentSku, name, qty, unitPrice, unitPriceText, lineTotal }),
  );
  if (fits(named)) return { items: named, omitted: 0 };
  const bare = items.map(({ sku, parentSku, qty, lineTotal }) => present({ sku, parentSku, qty, lineTotal }));
  let kept = bare.length;
  while (kept > 1 && !fits(bare.slice(0, kept))) kept = Math.floor(kept * 0.9);
  return { items: bare.slice(0, kept), omitted: bare.length - kept };
}
