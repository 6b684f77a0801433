import type { Readable } from "node:stream";
import { parse } from "csv-parse";
import { type Identifier, normaliseIdentifier } from "../collect/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import { codeOfHash, codeOfValue, maxEntries } from "./list-entries.ts";

export type ReadList = {
  readonly codes: BigUint64Array;
  /** Values read, without a header and empty lines. */
  readonly read: number;
  /** Values that are no identifier of the namespace. */
  readonly rejected: number;
  /** Values of persons who asked to be left out. */
  readonly suppressed: number;
};

export type ReadListOptions = {
  readonly namespace: string;
  /** Values are SHA-256 in hexadecimal of what they stand for. */
  readonly hashed: boolean;
  /** Heading of the column with the values; default: the first column, with or without a heading. */
  readonly column?: string | undefined;
  /** One value a line, whatever characters it has, instead of CSV. */
  readonly isPlain: boolean;
  /** Country of phone numbers without a prefix. */
  readonly country?: string | undefined;
  /** Whose values are left out; default nobody's. */
  readonly isSuppressed?: ((identifier: Identifier) => boolean) | undefined;
};

const maxLineBytes = 10_000;

/**
 * Reads identifiers from CSV or lines, in the order in which they come.
 *
 * @throws {ClienteleError} `audiences.listTooLarge`, `audiences.badList`
 */
export async function readList(input: Readable, options: ReadListOptions): Promise<ReadList> {
  const headings = new Set([options.namespace, options.column ?? "", "value", "identifier", "id", "email_sha256"]);
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxLineBytes,
    ...(options.isPlain ? { quote: null, delimiter: "\u0000" } : {}),
  });
  input.on("error", (error) => parser.destroy(error));
  input.pipe(parser);
  let codes = new BigUint64Array(1_024);
  let [read, rejected, suppressed, kept, column, isFirst] = [0, 0, 0, 0, 0, true];
  try {
    // Each record of a parser without columns is a list of texts.
    for await (const record of parser as AsyncIterable<readonly string[]>) {
      if (isFirst) {
        isFirst = false;
        const names = record.map((cell) => cell.trim().toLowerCase());
        if (options.column !== undefined) {
          column = names.indexOf(options.column.toLowerCase());
          if (column === -1) throw new ClienteleError("audiences.badList", `the list has no column ${options.column}`);
          continue;
        }
        if (headings.has(names[0] ?? "")) continue;
      }
      const value = record[column]?.trim() ?? "";
      if (value === "") continue;
      read += 1;
      const code = codeOf(value, options);
      if (code === undefined) {
        rejected += 1;
        continue;
      }
      if (read > maxEntries)
        throw new ClienteleError("audiences.listTooLarge", `a list has at most ${maxEntries} entries`);
      if (code === "suppressed") {
        suppressed += 1;
        continue;
      }
      if (kept === codes.length) {
        const grown = new BigUint64Array(Math.min(2 * codes.length, maxEntries));
        grown.set(codes);
        codes = grown;
      }
      codes[kept] = code;
      kept += 1;
    }
  } catch (error) {
    if (error instanceof ClienteleError) throw error;
    throw new ClienteleError("audiences.badList", "the list cannot be read as CSV or lines", { cause: error });
  } finally {
    input.unpipe(parser);
    input.resume();
  }
  return { codes: codes.slice(0, kept), read, rejected, suppressed };
}

function codeOf(
  value: string,
  { hashed, namespace, country, isSuppressed }: ReadListOptions,
): bigint | "suppressed" | undefined {
  if (hashed || namespace === "email_sha256") {
    const code = codeOfHash(value);
    if (code === undefined || !isSuppressed) return code;
    const hash = value.trim().toLowerCase();
    const hashNamespace = namespace.endsWith("_sha256") ? namespace : `${namespace}_sha256`;
    return isSuppressed({ namespace: hashNamespace, value: hash }) ? "suppressed" : code;
  }
  const identifier = normaliseIdentifier(namespace, value, country);
  if (!identifier) return undefined;
  return isSuppressed?.(identifier) ? "suppressed" : codeOfValue(identifier.value);
}
