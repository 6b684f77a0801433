// The file's own arithmetic: totals worked out from its rows alone, to be held against what was stored.
import { isObject, type JsonObject, type JsonValue } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";
import { type Decimal, decimalText, multiply, parseDecimal, toMinorUnits } from "../records/decimal.ts";
import type { SourceRecord } from "../records/record.ts";

/** Totals of one month and currency; a refund counts in its own month. Amounts are minor units. */
export type MonthTotals = {
  readonly month: string;
  readonly currency: string;
  readonly orders: number;
  readonly ordersOfNobody: number;
  readonly lines: number;
  readonly grossMinor: number;
  readonly cancelled: number;
  readonly cancelledMinor: number;
  readonly refunds: number;
  readonly refundedMinor: number;
  readonly refundLines: number;
};

export type FileTally = {
  readonly rows: number;
  readonly records: number;
  readonly months: readonly MonthTotals[];
  /** Distinct customer numbers, or e-mail addresses where there are none. */
  readonly customers: number;
  readonly rowsWithoutCustomer: number;
  readonly zeroPriceRows: number;
  readonly negativeRows: number;
  /** Rows equal to another row of their order in every column. */
  readonly duplicateRows: number;
  /** Rows dropped because their line number came twice. */
  readonly repeatedLines: number;
  /** Sum of all lines before each was rounded, by currency, as decimal text. */
  readonly unroundedByCurrency: Readonly<Record<string, string>>;
  /** For events: how many of each type. */
  readonly types: Readonly<Record<string, number>>;
};

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const maxCustomers = 3_000_000;
const maxTypes = 500;

function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return {
    units: a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale),
    scale,
  };
}

function at(fields: JsonObject, path: string): JsonValue | undefined {
  let value: unknown = fields;
  for (const key of path.split(".")) value = isObject(value) ? value[key] : undefined;
  // Inside a JsonObject there is JSON only.
  return (value ?? undefined) as JsonValue | undefined;
}

function textAt(fields: JsonObject, path: string): string | undefined {
  const value = at(fields, path);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function objectsAt(fields: JsonObject, path: string): readonly JsonObject[] {
  const value = at(fields, path);
  return Array.isArray(value) ? value.filter((entry): entry is JsonObject => isObject(entry)) : [];
}

function monthOf(iso: string | undefined): string {
  const time = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 7);
}

export function createTally(defaultCurrency: string) {
  const months = new Map<string, Mutable<MonthTotals>>();
  const customers = new Set<string>();
  const unrounded = new Map<string, Decimal>();
  const types = new Map<string, number>();
  let rows = 0;
  let records = 0;
  let rowsWithoutCustomer = 0;
  let zeroPriceRows = 0;
  let negativeRows = 0;
  let duplicateRows = 0;
  let repeatedLines = 0;

  const totalsOf = (month: string, currency: string): Mutable<MonthTotals> => {
    const key = `${month} ${currency}`;
    const known = months.get(key);
    if (known) return known;
    const fresh: Mutable<MonthTotals> = {
      month,
      currency,
      orders: 0,
      ordersOfNobody: 0,
      lines: 0,
      grossMinor: 0,
      cancelled: 0,
      cancelledMinor: 0,
      refunds: 0,
      refundedMinor: 0,
      refundLines: 0,
    };
    months.set(key, fresh);
    return fresh;
  };

  const refund = (date: string, currency: string, minor: number, lines: number): void => {
    const totals = totalsOf(monthOf(date), currency);
    totals.refunds += 1;
    totals.refundedMinor += Math.abs(minor);
    totals.refundLines += lines;
  };

  const addLine = (item: JsonObject, currency: string): { readonly minor: number; readonly isCredit: boolean } => {
    const quantity = parseDecimal(item["quantity"]);
    const unit = parseDecimal(item["unitPrice"]);
    const total = parseDecimal(item["priceTotal"]) ?? (unit && quantity ? multiply(unit, quantity) : undefined);
    if (!total || !quantity) return { minor: 0, isCredit: false };
    unrounded.set(currency, add(unrounded.get(currency) ?? { units: 0n, scale: 0 }, total));
    if (total.units === 0n) zeroPriceRows += 1;
    const isCredit = quantity.units < 0n || total.units < 0n;
    if (isCredit) negativeRows += 1;
    return { minor: Math.abs(toMinorUnits(total, currency) ?? 0), isCredit };
  };

  const addOrder = ({ fields, updatedAt }: SourceRecord, person: string | undefined): void => {
    const currency = (textAt(fields, "currencyCode") ?? defaultCurrency).toUpperCase();
    const created = textAt(fields, "createdDate") ?? "";
    const later = textAt(fields, "lastUpdatedDate") ?? updatedAt ?? created;
    let sales = 0;
    let salesMinor = 0;
    let credits = 0;
    let creditMinor = 0;
    for (const item of objectsAt(fields, "items")) {
      const { minor, isCredit } = addLine(item, currency);
      if (isCredit) {
        credits += 1;
        creditMinor += minor;
      } else {
        sales += 1;
        salesMinor += minor;
      }
    }
    if (sales > 0 || credits === 0) {
      const given = parseDecimal(at(fields, "priceTotal"));
      const gross = (given && toMinorUnits(given, currency)) ?? salesMinor;
      const totals = totalsOf(monthOf(created), currency);
      totals.orders += 1;
      totals.lines += sales;
      totals.grossMinor += gross;
      if (person === undefined) totals.ordersOfNobody += 1;
      if (at(fields, "cancelDate") !== undefined || /^cancell?ed$/i.test(textAt(fields, "status") ?? "")) {
        totals.cancelled += 1;
        totals.cancelledMinor += gross;
      }
    }
    if (credits > 0) refund(created, currency, creditMinor, credits);
    let listed = creditMinor;
    for (const entry of objectsAt(fields, "refunds")) {
      const own = textAt(entry, "currencyCode") ?? currency;
      const amount = parseDecimal(entry["refundAmount"]);
      const minor = Math.abs((amount && toMinorUnits(amount, own)) ?? 0);
      if (own === currency) listed += minor;
      refund(textAt(entry, "date") ?? later, own, minor, objectsAt(entry, "items").length);
    }
    const whole = parseDecimal(at(fields, "refundTotal"));
    const surplus = ((whole && toMinorUnits(whole, currency)) ?? 0) - listed;
    if (surplus > 0) refund(later, currency, surplus, 0);
  };

  return {
    addRows: (count: number): void => {
      rows += count;
    },

    add: (record: SourceRecord, given: readonly Row[], repeats: number): void => {
      records += 1;
      repeatedLines += repeats;
      const { fields } = record;
      const isGuest = at(fields, "customer.isGuest") === true;
      const person =
        (isGuest ? undefined : textAt(fields, "customer.id")) ??
        textAt(fields, "customerId") ??
        textAt(fields, "personalEmail.address") ??
        textAt(fields, "email") ??
        (record.kind === "customer" ? record.externalId : undefined);
      if (person === undefined) rowsWithoutCustomer += given.length;
      else if (customers.size < maxCustomers) customers.add(person);
      if (given.length > 1) duplicateRows += given.length - new Set(given.map((row) => JSON.stringify(row))).size;
      if (record.kind === "order") addOrder(record, person);
      if (record.kind === "event") {
        const type = textAt(fields, "type") ?? textAt(fields, "event") ?? "";
        if (types.has(type) || types.size < maxTypes) types.set(type, (types.get(type) ?? 0) + 1);
      }
    },

    result: (): FileTally => ({
      rows,
      records,
      months: [...months.values()].sort((a, b) => (a.month + a.currency < b.month + b.currency ? -1 : 1)),
      customers: customers.size,
      rowsWithoutCustomer,
      zeroPriceRows,
      negativeRows,
      duplicateRows,
      repeatedLines,
      unroundedByCurrency: Object.fromEntries(
        [...unrounded].map(([currency, sum]) => [
          currency,
          decimalText(sum)
            .replace(/(\.\d*?)0+$/, "$1")
            .replace(/\.$/, ""),
        ]),
      ),
      types: Object.fromEntries(types),
    }),
  };
}

export type Tally = ReturnType<typeof createTally>;
