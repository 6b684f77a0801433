import { parse } from "csv-parse/sync";
import { ClienteleError, type ErrorDetail, isObject } from "../kernel/index.ts";
import { type Rate, rateFault } from "./rate-table.ts";

/** Rates of one call or file. */
export const maxRates = 50_000;
const maxFaults = 100;

function toRate(row: unknown): Rate {
  const field = (name: string): string => {
    const value = isObject(row) ? row[name] : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  };
  return { day: field("day"), base: field("base"), currency: field("currency"), rate: field("rate") };
}

/**
 * Checks rates from outside; the last of several for one day and pair counts.
 *
 * @throws {ClienteleError} `rates.invalid` with every fault
 */
export function checkRates(rows: readonly unknown[]): readonly Rate[] {
  if (rows.length > maxRates)
    throw new ClienteleError("rates.tooMany", `${rows.length} rates; at most ${maxRates} at once`);
  const details: ErrorDetail[] = [];
  const byKey = new Map<string, Rate>();
  for (const [index, row] of rows.entries()) {
    const rate = toRate(row);
    const fault = rateFault(rate);
    if (fault === undefined) byKey.set(`${rate.day} ${rate.base} ${rate.currency}`, rate);
    else if (details.length < maxFaults) details.push({ path: `/${index}`, code: "rates.invalid", message: fault });
  }
  if (details.length > 0)
    throw new ClienteleError("rates.invalid", `${details.length} rates are faulty; nothing was stored`, { details });
  return [...byKey.values()];
}

/** Reads a CSV file with the columns day, base, currency, rate. @throws {ClienteleError} `rates.invalid`, `rates.tooMany` */
export function parseRatesCsv(text: string): readonly Rate[] {
  let rows: readonly unknown[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true, to: maxRates + 1 });
  } catch (cause) {
    throw new ClienteleError("rates.invalid", "the file is no CSV with the columns day, base, currency, rate", {
      cause,
    });
  }
  return checkRates(rows);
}
