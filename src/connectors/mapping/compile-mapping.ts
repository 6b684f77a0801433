// A mapping as functions: paths are split, conversions built and dates compiled once, not once a row.
import { isObject, type JsonObject, type JsonValue, plainText } from "../../kernel/index.ts";
import type { RecordFault, RecordKind } from "../records/record.ts";
import { type Convert, createConvert } from "./convert-value.ts";
import type { DetailedSource, FieldSource, ListMapping, Mapping, MappingOptions } from "./mapping.ts";
import { freePaths, itemTargets, listTargets, type Target, type TargetType, targetsByKind } from "./targets.data.ts";

/** A row: the cells of a CSV line by header, or a JSON object. */
export type Row = Readonly<Record<string, JsonValue>>;

export type CompiledField = {
  readonly target: string;
  readonly keys: readonly string[];
  readonly read: (row: Row) => JsonValue | undefined;
  readonly convert: Convert;
};

export type CompiledList = {
  readonly name: string;
  /** Undefined: each row is an entry. */
  readonly entries: ((row: Row) => readonly JsonValue[]) | undefined;
  readonly fields: readonly CompiledField[];
};

export type CompiledMapping = {
  readonly mapping: Mapping;
  readonly kind: RecordKind;
  readonly options: MappingOptions;
  readonly fields: readonly CompiledField[];
  readonly lists: readonly CompiledList[];
  readonly externalId: CompiledField | undefined;
  readonly currency: CompiledField | undefined;
  readonly skips: (row: Row) => boolean;
  /** True when several rows make one record. */
  readonly isGrouped: boolean;
  /** Columns that some source reads, for what is left over. */
  readonly columns: ReadonlySet<string>;
};

export function toDetailed(source: FieldSource): DetailedSource {
  return typeof source === "string" ? { from: source } : source;
}

/** Columns win over paths: a header may hold a point. */
function valueAt(row: Row, path: string, keys: readonly string[]): JsonValue | undefined {
  if (Object.hasOwn(row, path)) return row[path];
  if (keys.length === 1) return undefined;
  let value: JsonValue | undefined = row;
  for (const key of keys) {
    if (Array.isArray(value)) value = value[Number(key)];
    // Own keys of a JSON object hold JSON.
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key] as JsonValue;
    else return undefined;
  }
  return value;
}

function createReader(from: string): (row: Row) => JsonValue | undefined {
  const keys = from.split(".");
  return (row) => valueAt(row, from, keys);
}

const placeholder = /\{([^{}]+)\}/g;

export function templateColumns(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].map((match) => match[1] ?? "");
}

function createTemplate(template: string): (row: Row) => JsonValue | undefined {
  const readers = new Map(templateColumns(template).map((name) => [name, createReader(name)]));
  return (row) => {
    let isFilled = readers.size === 0;
    const text = template.replace(placeholder, (_all, name: string) => {
      const value = readers.get(name)?.(row);
      if (value === undefined || value === null || value === "" || typeof value === "object") return "";
      isFilled = true;
      return String(value);
    });
    return isFilled ? text.replace(/\s+/g, " ").trim() : undefined;
  };
}

function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function createSourceReader(source: DetailedSource): (row: Row) => JsonValue | undefined {
  if (source.template !== undefined) return createTemplate(source.template);
  if (source.from === undefined) {
    // Whatever a mapping file holds was parsed from JSON.
    const constant = source.value as JsonValue | undefined;
    return () => constant;
  }
  const readers = [source.from].flat().map(createReader);
  const [only] = readers;
  if (readers.length === 1 && only) return only;
  return (row) => {
    for (const read of readers) {
      const value = read(row);
      if (!isBlank(value)) return value;
    }
    return undefined;
  };
}

function typeOf(path: string, targets: readonly Target[]): TargetType {
  return targets.find((target) => target.path === path)?.type ?? "json";
}

function compileFields(
  fields: Readonly<Record<string, FieldSource>>,
  targets: readonly Target[],
  options: MappingOptions,
): readonly CompiledField[] {
  return Object.entries(fields).map(([target, given]) => {
    const source = toDetailed(given);
    return {
      target,
      keys: target.split("."),
      read: createSourceReader(source),
      convert: createConvert(source, typeOf(target, targets), options),
    };
  });
}

function compileList(
  name: string,
  list: ListMapping,
  targets: readonly Target[],
  options: MappingOptions,
): CompiledList {
  const fields = compileFields(list.fields, targets, options);
  if (list.path === undefined) return { name, entries: undefined, fields };
  const read = createReader(list.path);
  return {
    name,
    fields,
    entries: (row) => {
      const value = read(row);
      if (Array.isArray(value)) return value;
      return isObject(value) ? [value as JsonObject] : [];
    },
  };
}

function columnsOf(mapping: Mapping): ReadonlySet<string> {
  const columns = new Set<string>();
  const lists = [mapping.items, ...Object.values(mapping.lists ?? {})];
  const all = [mapping.fields, ...lists.map((list) => (list?.path === undefined ? (list?.fields ?? {}) : {}))];
  for (const fields of all) {
    for (const given of Object.values(fields)) {
      const source = toDetailed(given);
      for (const column of [source.from ?? []].flat()) columns.add(column);
      for (const column of templateColumns(source.template ?? "")) columns.add(column);
    }
  }
  for (const list of lists) if (list?.path !== undefined) columns.add(list.path.split(".")[0] ?? list.path);
  if (mapping.options?.skipWhen) columns.add(mapping.options.skipWhen.from);
  return columns;
}

function createSkip(options: MappingOptions): (row: Row) => boolean {
  const { skipWhen } = options;
  if (skipWhen === undefined) return () => false;
  const read = createReader(skipWhen.from);
  const values = new Set(skipWhen.is);
  return (row) => values.has(plainText(read(row) ?? "").trim());
}

const compiledByMapping = new WeakMap<Mapping, CompiledMapping>();

/** @param mapping a valid one; compiled once, then remembered with the object */
export function compileMapping(mapping: Mapping): CompiledMapping {
  const known = compiledByMapping.get(mapping);
  if (known) return known;
  const options = mapping.options ?? {};
  const fields = compileFields(mapping.fields, targetsByKind[mapping.kind], options);
  const lists: CompiledList[] = [];
  if (mapping.items) lists.push(compileList("items", mapping.items, itemTargets, options));
  for (const name of ["payments", "refunds", "returns"] as const) {
    const list = mapping.lists?.[name];
    if (list) lists.push(compileList(name, list, listTargets[name], options));
  }
  const keyTargets = mapping.kind === "order" ? ["externalId", "purchaseID"] : ["externalId", "customer.id"];
  const compiled: CompiledMapping = {
    mapping,
    kind: mapping.kind,
    options,
    fields,
    lists,
    externalId: keyTargets
      .map((path) => fields.find((field) => field.target === path))
      .find((field) => field !== undefined),
    currency: fields.find((field) => field.target === (mapping.kind === "product" ? "currency" : "currencyCode")),
    skips: createSkip(options),
    isGrouped: lists.some((list) => list.entries === undefined),
    columns: columnsOf(mapping),
  };
  compiledByMapping.set(mapping, compiled);
  return compiled;
}

/** True for a path that the kind knows, or that lies below one for names of the merchant's own. */
export function isTarget(path: string, kind: RecordKind): boolean {
  return (
    targetsByKind[kind].some((target) => target.path === path) ||
    freePaths[kind].some((free) => path.startsWith(free) && path.length > free.length)
  );
}

export type FaultSink = (fault: RecordFault) => void;
