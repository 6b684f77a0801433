// Values of an event, or of each of its product lines, as a trait takes them.
import { isObject } from "../kernel/index.ts";
import { parsePath, type RuleObject, readerOf, toDecimalNumber } from "../kernel/rules/index.ts";
import { readMoney, type TraitCell, toExact } from "../profiles/index.ts";
import type { TraitEvent } from "./trait-rules.ts";

const maxLines = 500;
const maxTextLength = 200;
/** Names of a line's fields in events, where rules call them otherwise. */
const fieldNames: Readonly<Record<string, string>> = { unitPrice: "price", lineTotal: "row_total" };

export type ReadPath = { readonly isLine: boolean; readonly read: (of: RuleObject) => unknown };

/** `item.row_total`, `event.properties.items.qty` (the same of a line), `event.properties.results`. */
export function compilePath(path: string): ReadPath | undefined {
  const parsed = parsePath(path);
  if (!parsed || parsed.keys.length === 0) return undefined;
  const { subject, keys } = parsed;
  if (subject === "item") return { isLine: true, read: readerOf(keys) };
  if (subject !== "event") return undefined;
  if (keys[0] === "properties" && keys[1] === "items" && keys.length > 2) {
    const [first = "", ...rest] = keys.slice(2);
    return { isLine: true, read: readerOf([fieldNames[first] ?? first, ...rest]) };
  }
  return { isLine: false, read: readerOf(keys) };
}

/** An event as rules see it. */
export function toRuleEvent(event: TraitEvent): RuleObject & { type: string; timestamp: number } {
  const { type, timestamp, sourceId, storeView, properties, context } = event;
  return { type, timestamp, source: sourceId, storeView, properties, context };
}

function quantityOf(value: unknown): number {
  const qty = typeof value === "string" ? Number(value) : value;
  return typeof qty === "number" && Number.isFinite(qty) && qty > 0 && qty < 1e9 ? qty : 1;
}

function toLine(item: Record<string, unknown>): RuleObject {
  const qty = quantityOf(item["qty"]);
  const price = readMoney(item["unitPrice"]);
  const total = readMoney(item["lineTotal"]);
  const rowTotal = total ?? (price && { minor: Math.round(price.minor * qty), currency: price.currency });
  return { ...item, qty, price, row_total: rowTotal };
}

/** Product lines, spelled as rules spell them; a line without a total has price × quantity. */
export function linesOf({ properties }: TraitEvent): readonly RuleObject[] {
  const { items, sku } = properties;
  if (Array.isArray(items)) return items.slice(0, maxLines).filter(isObject).map(toLine);
  return typeof sku === "string" ? [toLine(properties)] : [];
}

/** How values are taken: as plain numbers, as money of a currency, or as whatever single value is there. */
export type Reading = { readonly as: "number" | "scalar" } | { readonly as: "money"; readonly currency: string };

const dayMs = 86_400_000;

function moneyCell(value: unknown, currency: string, at: number): TraitCell | undefined {
  const money = readMoney(value);
  if (!money) return undefined;
  // Another currency needs the rate of this day.
  const c = money.currency === currency ? currency : `${money.currency}@${Math.floor(at / dayMs)}`;
  return { v: money.minor, c };
}

function scalarCell(value: unknown, at: number): TraitCell | undefined {
  if (typeof value === "boolean") return { v: value };
  if (typeof value === "number") return Number.isFinite(value) ? { v: value } : undefined;
  if (typeof value === "string") return value === "" ? undefined : { v: value.slice(0, maxTextLength) };
  const money = readMoney(value);
  return money && { v: money.minor, c: `${money.currency}@${Math.floor(at / dayMs)}` };
}

function cellOf(value: unknown, reading: Reading, at: number): TraitCell | undefined {
  if (reading.as === "money") return moneyCell(value, reading.currency, at);
  if (reading.as === "scalar") return scalarCell(value, at);
  const number = isObject(value) ? undefined : toDecimalNumber(value);
  return number === undefined ? undefined : { v: toExact(number) };
}

/**
 * The cells of values: absent ones say nothing, ones that do not fit are counted.
 *
 * @param spread a list gives one cell for each of its values
 */
export function cellsOf(
  values: readonly unknown[],
  reading: Reading,
  at: number,
  spread: boolean,
): { readonly cells: readonly TraitCell[]; readonly skipped: number } {
  const cells: TraitCell[] = [];
  let skipped = 0;
  for (const value of values) {
    if (value === undefined || value === null || value === "") continue;
    const parts: readonly unknown[] = spread && Array.isArray(value) ? value.slice(0, maxLines) : [value];
    for (const part of parts) {
      const cell = cellOf(part, reading, at);
      if (cell) cells.push(cell);
      else skipped += 1;
    }
  }
  return { cells, skipped };
}
