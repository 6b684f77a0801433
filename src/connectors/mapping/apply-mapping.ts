// Rows to records. Pure; a row that cannot be read gives every fault at once.
import { isObject, type JsonObject, type JsonValue, plainText, sha256Hex } from "../../kernel/index.ts";
import type { RecordFault, SourceRecord } from "../records/record.ts";
import {
  type CompiledField,
  type CompiledList,
  type CompiledMapping,
  compileMapping,
  type Row,
} from "./compile-mapping.ts";
import type { Mapping } from "./mapping.ts";

export type MappedRow =
  | {
      readonly ok: true;
      readonly record: SourceRecord /** Row lines that repeat another of the record. */;
      readonly repeats: number;
    }
  | { readonly ok: false; readonly faults: readonly RecordFault[] };

type Mutable = Record<string, JsonValue>;

const dangerous = new Set(["__proto__", "constructor", "prototype"]);

/** Sets a nested value; paths come from the mapping, which was checked, and never reach a prototype. */
function setAt(root: Mutable, keys: readonly string[], value: JsonValue): void {
  let at = root;
  for (const [index, key] of keys.entries()) {
    if (dangerous.has(key)) return;
    if (index === keys.length - 1) {
      at[key] = value;
      return;
    }
    const next = at[key];
    // Made here, so it may be written to; what came from the row is copied first.
    const child: Mutable = isObject(next) ? ({ ...next } as Mutable) : {};
    at[key] = child;
    at = child;
  }
}

const maxFaults = 50;

function readFields(
  fields: readonly CompiledField[],
  row: Row,
  currency: string,
  prefix: string,
  faults: RecordFault[],
  into: Mutable,
): void {
  for (const field of fields) {
    const converted = field.convert(field.read(row), currency);
    if (!converted.ok) {
      if (faults.length < maxFaults)
        faults.push({ path: prefix + field.target, code: converted.code, message: converted.message });
    } else if (converted.value !== undefined) setAt(into, field.keys, converted.value);
  }
}

function isFilled(entry: Mutable): boolean {
  return Object.keys(entry).length > 0;
}

function readList(
  list: CompiledList,
  rows: readonly Row[],
  currency: string,
  faults: RecordFault[],
): { readonly entries: readonly JsonObject[]; readonly repeats: number } {
  const entries: JsonObject[] = [];
  const add = (row: Row, index: number) => {
    const entry: Mutable = {};
    readFields(list.fields, row, currency, `${list.name}.${index}.`, faults, entry);
    if (isFilled(entry)) entries.push(entry);
  };
  if (list.entries) {
    const [row] = rows;
    if (row) for (const [index, entry] of list.entries(row).entries()) if (isObject(entry)) add(entry as Row, index);
    return { entries, repeats: 0 };
  }
  rows.forEach(add);
  return list.name === "items" ? dropRepeatedLines(entries) : dropEqual(entries);
}

/** Lines with an id count once; lines without one are all taken, also equal ones: two scans of one article are two pieces. */
function dropRepeatedLines(entries: readonly JsonObject[]) {
  const seen = new Set<string>();
  const kept = entries.filter(({ id }) => {
    if (id === undefined) return true;
    const key = plainText(id);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return { entries: kept, repeats: entries.length - kept.length };
}

/** Refunds, returns and payments stand in every row of their order: equal ones are one. */
function dropEqual(entries: readonly JsonObject[]) {
  const byText = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  return { entries: [...byText.values()], repeats: 0 };
}

function leftOver(compiled: CompiledMapping, row: Row): JsonObject {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) => !compiled.columns.has(name) && value !== "" && value !== null && !dangerous.has(name),
    ),
  );
}

/** Key of the record that a row belongs to; undefined when the row has none. */
export function keyOfRow(compiled: CompiledMapping, row: Row): string | undefined {
  const { externalId } = compiled;
  if (externalId === undefined) return undefined;
  const converted = externalId.convert(externalId.read(row), "USD");
  return converted.ok && converted.value !== undefined ? plainText(converted.value) : undefined;
}

function currencyOf(compiled: CompiledMapping, row: Row): string {
  const fallback = compiled.options.currency ?? "USD";
  const converted = compiled.currency?.convert(compiled.currency.read(row), fallback);
  return converted?.ok && typeof converted.value === "string" ? converted.value.toUpperCase() : fallback;
}

const envelope = new Set(["externalId", "updatedAt", "deleted"]);

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The key of a record that has no number of its own: whoever it is about, else all of it. */
function fallbackKey(compiled: CompiledMapping, fields: JsonObject): string | undefined {
  const personal = isObject(fields["personalEmail"])
    ? textOf(fields["personalEmail"]["address"] as JsonValue)
    : undefined;
  switch (compiled.kind) {
    case "event":
      return textOf(fields["messageId"]) ?? sha256Hex(JSON.stringify(fields)).slice(0, 40);
    case "customer":
    case "loyalty":
    case "consent": {
      const loyalty = isObject(fields["loyalty"]) ? textOf(fields["loyalty"]["id"] as JsonValue) : undefined;
      return loyalty ?? personal?.trim().toLowerCase() ?? textOf(fields["phone"]);
    }
    case "product":
      return textOf(fields["sku"]);
    case "store":
      return textOf(fields["storeId"]) ?? textOf(fields["code"]) ?? textOf(fields["id"]);
    case "order":
      return textOf(fields["purchaseID"]);
  }
}

/**
 * The record of the rows that belong together: one row, or the lines of one order. Fields of the order are read from its first
 * row.
 */
export function applyMappingToRows(mapping: Mapping, rows: readonly Row[]): MappedRow {
  const compiled = compileMapping(mapping);
  const [first] = rows;
  if (first === undefined) return { ok: false, faults: [{ path: "", code: "empty", message: "there is no row" }] };
  const faults: RecordFault[] = [];
  const { options, kind } = compiled;
  const takesAll = options.passThrough === true || kind === "product" || kind === "store";
  const fields: Mutable = takesAll ? leftOver(compiled, first) : {};
  const currency = currencyOf(compiled, first);
  readFields(compiled.fields, first, currency, "", faults, fields);
  if (options.currency !== undefined && kind === "order" && fields["currencyCode"] === undefined)
    fields["currencyCode"] = options.currency;
  if (options.currency !== undefined && kind === "product" && fields["currency"] === undefined)
    fields["currency"] = options.currency;
  let repeats = 0;
  for (const list of compiled.lists) {
    const read = readList(list, rows, currency, faults);
    repeats += read.repeats;
    if (read.entries.length > 0) fields[list.name] = read.entries;
  }
  if (options.unmapped === "attributes" && !takesAll) {
    const attributes = isObject(fields["attributes"]) ? (fields["attributes"] as JsonObject) : {};
    const rest = { ...leftOver(compiled, first), ...attributes };
    if (Object.keys(rest).length > 0) fields[kind === "event" ? "properties" : "attributes"] = rest;
  }
  const externalId = textOf(fields["externalId"]) ?? keyOfRow(compiled, first) ?? fallbackKey(compiled, fields);
  if (externalId === undefined || externalId === "")
    faults.push({ path: "externalId", code: "required", message: "the row has no key" });
  const updatedAt = textOf(fields["updatedAt"]) ?? textOf(fields["lastUpdatedDate"]);
  const deleted = fields["deleted"] === true;
  if (faults.length > 0 || externalId === undefined) return { ok: false, faults };
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !envelope.has(name)));
  return {
    ok: true,
    repeats,
    record: {
      kind,
      externalId,
      fields: own,
      ...(updatedAt === undefined ? {} : { updatedAt }),
      ...(deleted ? { deleted } : {}),
    },
  };
}

/**
 * One row, or one JSON document such as the body of a webhook, as a record.
 *
 * @param mapping a valid one (`validateMapping`)
 * @returns the record, or every fault with the path of its target
 */
export function applyMapping(mapping: Mapping, row: Row): MappedRow {
  return applyMappingToRows(mapping, [row]);
}
