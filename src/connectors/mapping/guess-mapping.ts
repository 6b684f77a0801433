// A mapping from a header and some rows: names by their aliases, formats by what the values look like.
import { isObject, type JsonValue } from "../../kernel/index.ts";
import type { RecordKind } from "../records/record.ts";
import type { Row } from "./compile-mapping.ts";
import type { DetailedSource, FieldSource, Mapping, MappingOptions } from "./mapping.ts";
import { createDateReader } from "./read-date.ts";
import { itemTargets, listTargets, type Target, targetsByKind } from "./targets.data.ts";

export type GuessedMapping = {
  readonly mapping: Mapping;
  /** Columns that nothing reads. */
  readonly unmapped: readonly string[];
  /** Required fields that no column was found for. */
  readonly missing: readonly string[];
};

const normalise = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** The best column for a target: the same path, then an alias in the order of the table. */
function findColumn(target: Target, columns: readonly string[], prefix: string, taken: ReadonlySet<string>) {
  const free = columns.filter((column) => !taken.has(column));
  const exact = free.find((column) => column.toLowerCase() === `${prefix}${target.path}`.toLowerCase());
  if (exact !== undefined) return exact;
  for (const alias of target.aliases) {
    const column = free.find((name) => normalise(name) === alias);
    if (column !== undefined) return column;
  }
  return undefined;
}

const dateFormats = [
  "iso",
  "YYYY/MM/DD HH:mm:ss",
  "YYYY/MM/DD HH:mm",
  "YYYY/MM/DD",
  "YYYYMMDD",
  "DD.MM.YYYY HH:mm:ss",
  "DD.MM.YYYY HH:mm",
  "DD.MM.YYYY",
  "DD/MM/YYYY HH:mm:ss",
  "DD/MM/YYYY HH:mm",
  "DD/MM/YYYY",
  "MM/DD/YYYY HH:mm:ss",
  "MM/DD/YYYY HH:mm",
  "MM/DD/YYYY h:mm A",
  "MM/DD/YYYY",
  "MM/DD/YY HH:mm",
  "MM/DD/YY",
  "DD-MM-YYYY HH:mm:ss",
  "DD-MM-YYYY HH:mm",
  "DD-MM-YYYY",
] as const;

function textsOf(column: string, rows: readonly Row[]): readonly string[] {
  return rows
    .flatMap((row) => {
      const value = row[column];
      return typeof value === "string" || typeof value === "number" ? [String(value).trim()] : [];
    })
    .filter((text) => text !== "");
}

/** The first format that reads every sample; day before month where both fit. */
export function guessDateFormat(samples: readonly string[]): string | undefined {
  if (samples.length === 0) return undefined;
  if (samples.every((text) => /^\d{10}(\.\d+)?$/.test(text))) return "unix";
  if (samples.every((text) => /^\d{13}$/.test(text))) return "unixMs";
  return dateFormats.find((format) => {
    const read = createDateReader(format);
    return samples.every((text) => read?.(text) !== undefined);
  });
}

/** Comma when some value has one before its last digits, or after a zero, and none speaks for the point. */
export function guessDecimal(samples: readonly string[]): "." | "," {
  const comma = samples.some((text) => /\d,\d{1,2}\D*$|(^|\D)0,\d+\D*$/.test(text));
  const point = samples.some((text) => /\d\.\d{1,2}\D*$/.test(text));
  return comma && !point ? "," : ".";
}

function guessSource(target: Target, column: string, rows: readonly Row[]): FieldSource {
  const samples = textsOf(column, rows);
  const source: { -readonly [Key in keyof DetailedSource]: DetailedSource[Key] } = { from: column };
  if (target.type === "date") {
    const format = guessDateFormat(samples);
    if (format !== undefined && format !== "iso") source.format = format;
  }
  if ((target.type === "money" || target.type === "number") && guessDecimal(samples) === ",") source.decimal = ",";
  return Object.keys(source).length > 1 ? source : column;
}

function guessFields(
  targets: readonly Target[],
  columns: readonly string[],
  rows: readonly Row[],
  taken: Set<string>,
  prefix = "",
): Record<string, FieldSource> {
  const fields: Record<string, FieldSource> = {};
  for (const target of targets) {
    const column = findColumn(target, columns, prefix, taken);
    if (column === undefined) continue;
    taken.add(column);
    fields[target.path] = guessSource(target, column, rows);
  }
  return fields;
}

function guessFree(columns: readonly string[], taken: Set<string>, prefixes: readonly string[]) {
  const fields: Record<string, FieldSource> = {};
  for (const column of columns) {
    if (taken.has(column) || !prefixes.some((prefix) => column.startsWith(prefix))) continue;
    taken.add(column);
    fields[column] = column;
  }
  return fields;
}

/** Rows in our own vocabulary need no mapping: an order line of events.md 3.1, a profile record, a native event. */
function isOwnVocabulary(kind: RecordKind, rows: readonly Row[], header: readonly string[]): boolean {
  const [row] = rows;
  if (row === undefined) return false;
  switch (kind) {
    case "order":
      return row["purchaseID"] !== undefined && Array.isArray(row["items"]);
    case "event":
      return typeof row["type"] === "string" && (isObject(row["properties"]) || isObject(row["context"]));
    case "customer":
    case "loyalty":
    case "consent":
      return [row["person"], row["personalEmail"], row["customer"], row["loyalty"], row["categories"]].some(isObject);
    case "product":
      // Cells of a table have to be read as what they are, e.g. a price with a comma.
      return header.length === 0 && row["sku"] !== undefined;
    case "store":
      return true;
  }
}

const ownKeys: Readonly<Record<RecordKind, FieldSource>> = {
  order: "purchaseID",
  customer: { from: ["externalId", "customer.id", "personalEmail.address"] },
  loyalty: { from: ["externalId", "loyalty.id", "customer.id"] },
  consent: { from: ["externalId", "customer.id", "personalEmail.address"] },
  event: { from: ["messageId", "externalId"] },
  product: "sku",
  store: { from: ["externalId", "storeId", "code", "id"] },
};

function ownMapping(kind: RecordKind): Mapping {
  // A column that is read is not passed on besides: the SKU must stay one.
  if (kind === "product") return { kind, fields: { sku: ownKeys.product }, options: { passThrough: true } };
  const updated: FieldSource = { from: ["updatedAt", "lastUpdatedDate"] };
  return {
    kind,
    fields: { externalId: ownKeys[kind], updatedAt: updated, deleted: "deleted" },
    options: { passThrough: true },
  };
}

function nestedColumns(rows: readonly Row[]): readonly string[] {
  const names = new Set<string>();
  const visit = (value: JsonValue, path: string, depth: number) => {
    if (isObject(value) && depth < 3)
      for (const [key, child] of Object.entries(value))
        visit(child as JsonValue, path === "" ? key : `${path}.${key}`, depth + 1);
    else if (path !== "" && names.size < 500) names.add(path);
  };
  for (const row of rows.slice(0, 20)) visit(row, "", 0);
  return [...names];
}

/**
 * The mapping that a file most likely needs.
 *
 * @param header column names; for JSON rows their paths are found by themselves
 * @param sample some rows, for date formats, decimal signs and nesting
 */
export function guessMapping(header: readonly string[], sample: readonly Row[], kind: RecordKind): GuessedMapping {
  if (isOwnVocabulary(kind, sample, header)) return { mapping: ownMapping(kind), unmapped: [], missing: [] };
  const columns = header.length > 0 ? header : nestedColumns(sample);
  const taken = new Set<string>();
  const free: Readonly<Record<RecordKind, readonly string[]>> = {
    order: ["attributes.", "identifiers."],
    customer: ["attributes.", "identifiers."],
    loyalty: ["attributes.", "identifiers."],
    consent: ["categories.", "identifiers."],
    event: ["properties.", "context.", "identifiers."],
    product: [],
    store: [],
  };
  const items = kind === "order" ? guessItems(columns, sample, taken) : undefined;
  const lists = kind === "order" ? guessLists(columns, sample, taken) : {};
  const fields = {
    ...guessFields(targetsByKind[kind], columns, sample, taken),
    ...guessFree(columns, taken, free[kind]),
  };
  const options: MappingOptions = kind === "customer" ? { unmapped: "attributes" } : {};
  const missing = targetsByKind[kind].filter((row) => row.isRequired && fields[row.path] === undefined);
  const missingItems = itemTargets.filter((row) => row.isRequired && items && items.fields[row.path] === undefined);
  const mapping: Mapping = {
    kind,
    fields,
    ...(items ? { items } : {}),
    ...(Object.keys(lists).length > 0 ? { lists } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
  return {
    mapping,
    unmapped: columns.filter((column) => !taken.has(column)),
    missing: [...missing.map((row) => row.path), ...missingItems.map((row) => `items.${row.path}`)],
  };
}

function guessItems(columns: readonly string[], sample: readonly Row[], taken: Set<string>): Mapping["items"] {
  const nested = columns.find((column) =>
    sample.some((row) => Array.isArray(row[column]) && /items|lines|products/i.test(column)),
  );
  if (nested !== undefined) {
    taken.add(nested);
    const entries = sample.flatMap((row) => {
      const list = row[nested];
      return Array.isArray(list) ? list.filter((entry): entry is Row => isObject(entry)) : [];
    });
    return { path: nested, fields: guessFields(itemTargets, nestedColumns(entries), entries, new Set()) };
  }
  const fields = guessFields(itemTargets, columns, sample, taken, "items.");
  if (Object.keys(fields).length === 0) return undefined;
  for (const column of columns) {
    const name = /^items\.(attributes\..+)$/.exec(column)?.[1];
    if (name === undefined) continue;
    taken.add(column);
    fields[name] = column;
  }
  return { fields };
}

function guessLists(
  columns: readonly string[],
  sample: readonly Row[],
  taken: Set<string>,
): NonNullable<Mapping["lists"]> {
  const lists: Record<string, { fields: Record<string, FieldSource> }> = {};
  for (const name of ["payments", "refunds", "returns"] as const) {
    const fields = guessFields(
      // A date or a currency alone says nothing about refunds: only columns that name the list count.
      listTargets[name].map((row) => ({ ...row, aliases: row.aliases })),
      columns,
      sample,
      taken,
      `${name}.`,
    );
    if (Object.keys(fields).length > 0) lists[name] = { fields };
  }
  return lists;
}
