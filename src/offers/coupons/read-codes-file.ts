// Codes from a CSV file, read as it comes.
import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import { isCode, normaliseCode } from "./coupon-rule.ts";
import type { NewCode } from "./store-codes.ts";

export type ImportReport = {
  readonly imported: number;
  /** Codes that exist already, here or in another pool, or stand in the file twice. */
  readonly known: number;
  readonly faulty: number;
  /** The first 100. */
  readonly faults: readonly ErrorDetail[];
};

const maxFaults = 100;
const batchSize = 5_000;
const maxRecordBytes = 4_096;
const maxUsesOfCode = 1_000_000_000;
const codePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const wholeNumber = /^\d{1,10}$/;

/** Column names of Magento's export are understood too. */
const columnByName: Readonly<Record<string, "code" | "limit" | "expires">> = {
  ...{ code: "code", coupon_code: "code", "coupon code": "code" },
  ...{ limit: "limit", usage_limit: "limit", uses_per_coupon: "limit" },
  ...{ expires: "expires", expiration_date: "expires", expires_at: "expires" },
};

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

type Columns = Readonly<Record<"code" | "limit" | "expires", number>>;

function readHeader(record: readonly string[]): Columns {
  const at = { code: -1, limit: -1, expires: -1 };
  for (const [index, name] of record.entries()) {
    const key = name.trim().toLowerCase();
    const column = Object.hasOwn(columnByName, key) ? columnByName[key] : undefined;
    if (column && at[column] === -1) at[column] = index;
  }
  if (at.code === -1) throw new ClienteleError("coupons.badFile", "the first line names no column code");
  return at;
}

/** @returns a code, or what is wrong with the line */
function readRecord(record: readonly string[], columns: Columns): NewCode | string {
  const field = (column: keyof Columns) => (record[columns[column]] ?? "").trim();
  const code = normaliseCode(field("code"));
  const limit = field("limit");
  const expires = field("expires").slice(0, 10);
  if (!isCode(code) || !codePattern.test(code))
    return "a code has 1 to 64 letters, digits, dashes, dots and underscores, and begins with a letter or digit";
  if (limit !== "" && (!wholeNumber.test(limit) || Number(limit) > maxUsesOfCode))
    return "limit is a whole number, or empty for the limit of the rule";
  if (expires !== "" && !isDay(expires)) return "expires is a day YYYY-MM-DD, or empty";
  // As Magento has it: 0 means no limit of its own.
  return { code, limit: limit === "" || Number(limit) === 0 ? null : Number(limit), expires: expires || null };
}

/**
 * Reads the file and hands its codes over in batches. Faulty lines are left out and told.
 *
 * @param add stores codes and tells how many were new
 * @throws {ClienteleError} `coupons.badFile`
 */
export async function importCodes(
  file: Readable,
  add: (codes: readonly NewCode[]) => Promise<number>,
): Promise<ImportReport> {
  const faults: ErrorDetail[] = [];
  const total = { imported: 0, known: 0, faulty: 0 };
  let columns: Columns | undefined;
  let batch = new Map<string, NewCode>();
  let line = 0;
  const flush = async () => {
    if (batch.size === 0) return;
    const added = await add([...batch.values()]);
    total.imported += added;
    total.known += batch.size - added;
    batch = new Map();
  };
  const parser = parse({
    ...{
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      relax_quotes: true,
      max_record_size: maxRecordBytes,
    },
    delimiter: [",", ";"],
  });
  file.once("error", (error) => parser.destroy(error));
  try {
    for await (const record of file.pipe(parser) as AsyncIterable<readonly string[]>) {
      line += 1;
      if (!columns) {
        columns = readHeader(record);
        continue;
      }
      const code = readRecord(record, columns);
      if (typeof code === "string") {
        total.faulty += 1;
        if (faults.length < maxFaults) faults.push({ path: `/${line}`, code: "coupons.badFile", message: code });
        continue;
      }
      // The first of two lines counts, as it does when the second comes in a later batch.
      if (batch.has(code.code)) total.known += 1;
      else batch.set(code.code, code);
      if (batch.size >= batchSize) await flush();
    }
  } catch (cause) {
    if (cause instanceof ClienteleError) throw cause;
    // What was parsed and not yet read is lost with the error: some of the lines before it are stored, not all.
    if (cause instanceof CsvError)
      throw new ClienteleError(
        "coupons.badFile",
        "the file is no CSV: mend it and send it whole; stored codes are skipped",
        {
          cause,
        },
      );
    throw cause;
  } finally {
    file.unpipe(parser);
  }
  await flush();
  if (!columns) throw new ClienteleError("coupons.badFile", "the file is empty");
  return { ...total, faults };
}
