import type { CanonicalEvent } from "../collect/index.ts";
import { isObject, type Money } from "../kernel/index.ts";

/** One product line of an event, read defensively: anything unreadable is absent, never a fault. */
export type EventLine = {
  readonly sku: string;
  readonly parentSku?: string;
  readonly name?: string;
  readonly qty: number;
  readonly unitPrice?: Money;
  readonly lineTotal?: Money;
  readonly discount?: Money;
};

const maxLines = 2_000;

export function readMoney(value: unknown): Money | undefined {
  if (!isObject(value)) return undefined;
  const { minor, currency } = value;
  if (typeof minor !== "number" || !Number.isSafeInteger(Math.round(minor)) || typeof currency !== "string")
    return undefined;
  if (!/^[A-Z]{3}$/.test(currency)) return undefined;
  return { minor: Math.round(minor), currency };
}

function readQuantity(value: unknown): number {
  const qty = typeof value === "string" ? Number(value) : value;
  return typeof qty === "number" && Number.isFinite(qty) && qty > 0 && qty < 1e9 ? qty : 1;
}

const noLines: readonly EventLine[] = Object.freeze([]);

function readLine(value: unknown): EventLine | undefined {
  if (!isObject(value) || typeof value["sku"] !== "string" || value["sku"] === "" || value["sku"].length > 128)
    return undefined;
  const { sku, parentSku, name } = value;
  // Field by field: spreading optional parts makes an object of each, for every line of every event.
  const line: { -readonly [Field in keyof EventLine]: EventLine[Field] } = { sku, qty: readQuantity(value["qty"]) };
  if (typeof parentSku === "string" && parentSku) line.parentSku = parentSku;
  if (typeof name === "string") line.name = name.slice(0, 500);
  const unitPrice = readMoney(value["unitPrice"]);
  if (unitPrice) line.unitPrice = unitPrice;
  const lineTotal = readMoney(value["lineTotal"]);
  if (lineTotal) line.lineTotal = lineTotal;
  const discount = readMoney(value["discount"]);
  if (discount) line.discount = discount;
  return line;
}

/** Product lines of an event: `properties.items`, or the one product named by `properties.sku`. At most 500. */
export function readLines(event: CanonicalEvent): readonly EventLine[] {
  const { items, sku } = event.properties;
  if (Array.isArray(items)) {
    const lines: EventLine[] = [];
    for (let index = 0; index < items.length && index < maxLines; index += 1) {
      const line = readLine(items[index]);
      if (line) lines.push(line);
    }
    return lines;
  }
  const single = typeof sku === "string" ? readLine(event.properties) : undefined;
  return single ? [single] : noLines;
}

/** Total of a line: as sent, else unit price × quantity, else nothing of the given currency. Whole minor units, half up. */
export function totalOfLine(line: EventLine, currency: string): Money {
  if (line.lineTotal) return line.lineTotal;
  if (!line.unitPrice) return { minor: 0, currency };
  return { minor: Math.round(line.unitPrice.minor * line.qty), currency: line.unitPrice.currency };
}

export function readText(value: unknown, maxLength = 500): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, maxLength) : undefined;
}
