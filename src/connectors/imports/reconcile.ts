// The file's own totals beside what is stored, and why they differ. Pure.
import { isObject, type JsonObject, toMinor } from "../../kernel/index.ts";
import type { Import } from "./import.ts";
import type { StoredOrders, StoredPersons, StoredRefunds, StoredTypes } from "./store.clickhouse.ts";
import type { FileTally, MonthTotals } from "./tally.ts";

export type Stored = {
  readonly orders: readonly StoredOrders[];
  readonly refunds: readonly StoredRefunds[];
  readonly types: readonly StoredTypes[];
  readonly persons: StoredPersons;
};

/** One total on both sides. Amounts are minor units of `currency`. */
export type ReconciledTotal = {
  readonly what: string;
  readonly currency: string | null;
  readonly file: number;
  readonly stored: number;
  readonly difference: number;
};
export type ReconciledMonth = {
  readonly month: string;
  readonly currency: string;
  readonly file: Omit<MonthTotals, "month" | "currency">;
  readonly stored: Omit<MonthTotals, "month" | "currency">;
  readonly isEqual: boolean;
};
export type Reconciliation = {
  readonly importId: string;
  readonly kind: string;
  /** False while events of the import are still under way; the stored side is not final then. */
  readonly isSettled: boolean;
  /** Every total is the same on both sides. */
  readonly isEqual: boolean;
  readonly totals: readonly ReconciledTotal[];
  readonly months: readonly ReconciledMonth[];
  readonly tally: FileTally;
  /** Why sides differ, and what else is worth knowing of the file. */
  readonly notes: readonly string[];
};

type Totals = Omit<MonthTotals, "month" | "currency">;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const names = [
  "orders",
  "ordersOfNobody",
  "lines",
  "grossMinor",
  "cancelled",
  "cancelledMinor",
  "refunds",
  "refundedMinor",
  "refundLines",
] as const satisfies readonly (keyof Totals)[];

function noTotals(): Mutable<Totals> {
  return {
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
}

type ByMonth = Map<string, Mutable<Totals>>;
const keyOf = ({ month, currency }: { readonly month: string; readonly currency: string }) => `${month} ${currency}`;

function storedByMonth({ orders, refunds }: Stored): ByMonth {
  const byMonth: ByMonth = new Map();
  const totalsOf = (row: { readonly month: string; readonly currency: string }) => {
    const known = byMonth.get(keyOf(row)) ?? noTotals();
    byMonth.set(keyOf(row), known);
    return known;
  };
  for (const row of orders) {
    const { month: _month, currency: _currency, ...sums } = row;
    Object.assign(totalsOf(row), sums);
  }
  for (const row of refunds) {
    const totals = totalsOf(row);
    totals.refunds = row.refunds;
    totals.refundedMinor = row.refundedMinor;
    totals.refundLines = row.lines;
  }
  return byMonth;
}

function compareMonths(tally: FileTally, stored: Stored): readonly ReconciledMonth[] {
  const inStore = storedByMonth(stored);
  const inFile: ByMonth = new Map(
    tally.months.map(({ month, currency, ...sums }) => [keyOf({ month, currency }), { ...sums }]),
  );
  return [...new Set([...inFile.keys(), ...inStore.keys()])].sort().map((key) => {
    const [month = "", currency = ""] = key.split(" ");
    const file = inFile.get(key) ?? noTotals();
    const other = inStore.get(key) ?? noTotals();
    return { month, currency, file, stored: other, isEqual: names.every((name) => file[name] === other[name]) };
  });
}

const isAmount = (name: string) => name.endsWith("Minor");

function sumUp(months: readonly ReconciledMonth[]): readonly ReconciledTotal[] {
  const currencies = [...new Set(months.map(({ currency }) => currency))].sort();
  const sum = (name: keyof Totals, side: "file" | "stored", currency: string | null) =>
    months.reduce((all, month) => all + (currency === null || month.currency === currency ? month[side][name] : 0), 0);
  return names.flatMap((name) =>
    (isAmount(name) ? currencies : [null]).map((currency): ReconciledTotal => {
      const [file, stored] = [sum(name, "file", currency), sum(name, "stored", currency)];
      return { what: name, currency, file, stored, difference: stored - file };
    }),
  );
}

function total(what: string, file: number, stored: number): ReconciledTotal {
  return { what, currency: null, file, stored, difference: stored - file };
}

function totalsOf(run: Import, tally: FileTally, stored: Stored, months: readonly ReconciledMonth[]) {
  const events = stored.types.reduce((sum, { events: count }) => sum + count, 0);
  if (run.kind === "order") return [...sumUp(months), total("customers", tally.customers, stored.persons.identifiers)];
  if (run.kind === "event") return [total("events", tally.records, events)];
  // Products are no events: what the catalog took of them was counted with the answer that it gave.
  if (run.kind === "product") {
    const { written, unchanged, older, rejected } = run.counts;
    return [total("products", tally.records - rejected, written + unchanged + older)];
  }
  return [total("records", tally.records, events)];
}

function notesOf(run: Import, tally: FileTally, stored: Stored, totals: readonly ReconciledTotal[]): readonly string[] {
  const { counts } = run;
  const notes: string[] = [];
  const note = (count: number, text: string) => {
    if (count > 0) notes.push(`${count.toLocaleString("en")} ${text}`);
  };
  note(
    counts.rejectedRows,
    "rows were refused and are in the bad-rows file; the file's totals hold those that could be read",
  );
  note(counts.skippedRows, "rows were passed over by skipWhen");
  note(
    counts.unchanged,
    "records had been taken before with the same content; the stored side counts what those imports wrote",
  );
  note(counts.older, "records are older than what is stored and were ignored");
  note(counts.dropped, "events were not kept at the door, e.g. of persons who asked to be forgotten");
  note(counts.duplicates, "events were known already, from an attempt that was interrupted");
  note(tally.rowsWithoutCustomer, "rows name no customer; their orders are stored without a person");
  note(tally.zeroPriceRows, "rows have a total of zero");
  note(tally.negativeRows, "rows have a negative quantity or amount; they are stored as refunds");
  note(tally.duplicateRows, "rows equal another row of their order; each counts");
  note(tally.repeatedLines, "rows repeat the line number of another row of their order and count once");
  for (const [currency, text] of Object.entries(tally.unroundedByCurrency)) {
    const rounded = tally.months
      .filter((month) => month.currency === currency)
      .reduce((sum, month) => sum + month.grossMinor - month.refundedMinor, 0);
    const exact = toMinor(text, currency);
    notes.push(
      `lines before rounding sum to ${text} ${currency}; rounded one by one, less refunds, ${rounded} minor units (difference ${rounded - (exact ?? 0)})`,
    );
  }
  if (stored.persons.identifiers !== stored.persons.profiles)
    notes.push(
      `${stored.persons.identifiers.toLocaleString("en")} identifiers lead to ${stored.persons.profiles.toLocaleString("en")} profiles: some persons were known under several`,
    );
  if (run.priorImports.length > 0 && totals.some(({ difference }) => difference > 0))
    notes.push("the stored side is larger where an earlier import wrote records that this file does not hold");
  return notes;
}

/** @param tally of the import, as it was stored */
export function reconcile(run: Import, tally: FileTally, stored: Stored, isSettled: boolean): Reconciliation {
  const months = run.kind === "order" ? compareMonths(tally, stored) : [];
  const totals = totalsOf(run, tally, stored, months);
  return {
    importId: run.id,
    kind: run.kind,
    isSettled,
    isEqual: totals.every(({ difference }) => difference === 0) && months.every(({ isEqual }) => isEqual),
    totals,
    months,
    tally,
    notes: notesOf(run, tally, stored, totals),
  };
}

/** The stored form of a tally is its own JSON. */
export function readTally(json: JsonObject | null): FileTally | undefined {
  return isObject(json) && Array.isArray(json["months"]) ? (json as unknown as FileTally) : undefined;
}
