// Orders of a file as events, in order of time: what `clientele models evaluate` learns from, without a database.
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import type { CanonicalEvent } from "../../collect/index.ts";
import { ClienteleError, toMinor } from "../../kernel/index.ts";

/** Events of each customer by customer number, each in order of time. */
export type OrdersFile = {
  readonly people: ReadonlyMap<string, readonly CanonicalEvent[]>;
  readonly from: number;
  readonly until: number;
  readonly orders: number;
  /** Lines without customer, number, time or price. */
  readonly skipped: number;
};

/** Columns by what shops call them. */
const columns = {
  order: ["invoice_no", "order_id", "invoiceno", "purchase_id", "basket_id"],
  customer: ["customer_id", "customerid", "user_id", "household_id"],
  time: ["invoice_date", "order_date", "created_at", "date", "invoicedate", "transaction_timestamp"],
  sku: ["stock_code", "sku", "product_id", "stockcode"],
  quantity: ["quantity", "qty", "cds"],
  price: ["unit_price_gbp", "unit_price", "price", "unitprice"],
  /** Of the line, where there is no price of a piece. */
  total: ["value_usd", "order_total", "total", "value", "sales_value"],
} as const;

type Field = keyof typeof columns;
type Invoice = {
  readonly id: string;
  readonly at: number;
  readonly lines: { sku: string; qty: number; minor: number }[];
};

const maxLines = 50_000_000;

function fieldReader(header: readonly string[]) {
  const places = new Map(header.map((name, place) => [name.trim().toLowerCase(), place]));
  const placeOf = (field: Field) => columns[field].map((name) => places.get(name)).find((place) => place !== undefined);
  for (const field of ["customer", "time"] as const)
    if (placeOf(field) === undefined)
      throw new ClienteleError(
        "models.badFile",
        `the file has no column for ${field}; one of ${columns[field].join(", ")} is needed`,
      );
  return (row: readonly string[], field: Field): string => {
    const place = placeOf(field);
    return place === undefined ? "" : (row[place] ?? "").trim();
  };
}

function readTime(text: string): number {
  const isoLike = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?$/.test(text)
    ? `${text.replace(" ", "T")}${text.length === 10 ? "T00:00:00" : ""}Z`
    : text;
  return Date.parse(isoLike);
}

function toEvent(customer: string, { id, at, lines }: Invoice, currency: string): CanonicalEvent {
  const sum = lines.reduce((total, { minor }) => total + minor, 0);
  const isRefund = sum < 0;
  const items = lines.map(({ sku, qty, minor }) => ({
    sku,
    qty: Math.abs(qty),
    lineTotal: { minor: Math.abs(minor), currency },
  }));
  const properties = isRefund
    ? { refundId: id, refund: { minor: -sum, currency } }
    : { orderId: id, orderTotal: { minor: sum, currency }, items: items.slice(0, 200) };
  return {
    messageId: id,
    sourceId: "file",
    sourceKind: "history",
    type: isRefund ? "orderRefunded" : "orderPlaced",
    originalName: "order",
    timestamp: at,
    receivedAt: at,
    identifiers: [{ namespace: "user_id", value: customer }],
    verified: true,
    storeView: "default",
    properties,
    context: {},
    extra: {},
    flags: [],
  };
}

type Invoices = Map<string, Map<string, Invoice>>;

/** @returns lines that were skipped */
async function readInto(invoices: Invoices, path: string, currency: string, untilMs: number): Promise<number> {
  const raw = createReadStream(path);
  const parser = parse({ relax_column_count: true, skip_empty_lines: true, bom: true });
  const stream = path.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  stream.on("error", (error: Error) => parser.destroy(error));
  raw.on("error", (error: Error) => parser.destroy(error));
  stream.pipe(parser);
  let read: ReturnType<typeof fieldReader> | undefined;
  let [count, skipped] = [0, 0];
  for await (const row of parser as AsyncIterable<readonly string[]>) {
    if (!read) {
      read = fieldReader(row);
      continue;
    }
    count += 1;
    if (count > maxLines) throw new ClienteleError("models.badFile", `the file has more than ${maxLines} lines`);
    const customer = read(row, "customer");
    const at = readTime(read(row, "time"));
    const quantity = Number(read(row, "quantity") || 1);
    const price = read(row, "price");
    const amount = price === "" ? Number(read(row, "total")) : Number(price) * quantity;
    if (customer === "" || Number.isNaN(at) || !Number.isFinite(amount) || !Number.isFinite(quantity)) {
      skipped += 1;
      continue;
    }
    if (at > untilMs) continue;
    const id = read(row, "order") || `${customer}@${at}`;
    const own = invoices.get(customer) ?? new Map<string, Invoice>();
    invoices.set(customer, own);
    const invoice = own.get(id) ?? { id, at, lines: [] };
    own.set(id, invoice);
    const minor = toMinor(amount.toFixed(4), currency) ?? 0;
    invoice.lines.push({ sku: read(row, "sku") || "unknown", qty: quantity, minor });
  }
  return skipped;
}

/**
 * Reads CSV files of order lines (optionally .gz), each with a header; lines of one order number are one order, a negative order is
 * a refund.
 *
 * @param untilMs later orders are left out
 * @throws {ClienteleError} `models.badFile` when a needed column is missing
 */
export async function readOrdersFiles(
  paths: readonly string[],
  currency: string,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<OrdersFile> {
  const invoices: Invoices = new Map();
  let skipped = 0;
  for (const path of paths) skipped += await readInto(invoices, path, currency, untilMs);
  return summarise(invoices, skipped, currency);
}

function summarise(
  invoices: ReadonlyMap<string, ReadonlyMap<string, Invoice>>,
  skipped: number,
  currency: string,
): OrdersFile {
  let [from, until, orders] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const people = new Map<string, readonly CanonicalEvent[]>();
  for (const [customer, own] of invoices) {
    const events = [...own.values()]
      .map((invoice) => toEvent(customer, invoice, currency))
      .sort((a, b) => a.timestamp - b.timestamp || (a.messageId < b.messageId ? -1 : 1));
    people.set(customer, events);
    for (const { timestamp, type } of events) {
      from = Math.min(from, timestamp);
      until = Math.max(until, timestamp);
      orders += type === "orderPlaced" ? 1 : 0;
    }
  }
  return { people, from, until, orders, skipped };
}
