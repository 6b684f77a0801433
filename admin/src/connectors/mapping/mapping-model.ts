/** Reads and changes a mapping as rows of a form. Pure; what the form does not show stays as it is. */
import type { Fault } from "../../api/client.ts";
import type { Json, JsonObject } from "../../api/shapes.ts";
import type { DetailedSource, FieldSource, Fields, Mapping, RecordKind, Section } from "./shapes.ts";
import { freePathsOf, type Target, targetsOf } from "./targets.data.ts";

/** Where a value comes from: columns of the row, the same for every row, or a text with columns in it. */
export type Way = "column" | "value" | "template";

const provisionalName = "not set up yet";

/** Copy with one part set, or left out where the value is undefined. */
export function withPart<T extends object, K extends keyof T>(object: T, key: K, value: T[K] | undefined): T {
  const { [key]: _old, ...others } = object;
  // Only optional parts are left out by callers; the type cannot say so for any T.
  return (value === undefined ? others : { ...others, [key]: value }) as T;
}

/** A mapping that takes rows as they are, to stand in until the columns are known. */
export function provisionalMapping(kind: RecordKind, keyColumn: string): Mapping {
  return { kind, name: provisionalName, fields: { externalId: keyColumn || "id" }, options: { passThrough: true } };
}

export function isProvisional(mapping: Mapping | undefined): boolean {
  return mapping?.name === provisionalName;
}

/** Nothing mapped yet: what the editor begins with when there are no columns to guess from. */
export function emptyMapping(kind: RecordKind): Mapping {
  return { kind, fields: {} };
}

export function toDetailed(source: FieldSource): DetailedSource {
  return typeof source === "string" ? { from: source } : source;
}

/** The short spelling where there is nothing but a column. */
export function toSource(source: DetailedSource): FieldSource {
  const [only, ...others] = Object.keys(source);
  return only === "from" && others.length === 0 && typeof source.from === "string" ? source.from : source;
}

export function wayOf({ template, value, from }: DetailedSource): Way {
  if (template !== undefined) return "template";
  return from === undefined && value !== undefined ? "value" : "column";
}

/** The same conversions, from somewhere else. */
export function withWay(source: DetailedSource, way: Way): DetailedSource {
  if (wayOf(source) === way) return source;
  const { from: _from, value: _value, template: _template, ...conversions } = source;
  switch (way) {
    case "column":
      return { ...conversions, from: "" };
    case "value":
      return { ...conversions, value: "" };
    case "template":
      return { ...conversions, template: "" };
  }
}

export function columnsOf({ from }: DetailedSource): readonly string[] {
  return typeof from === "string" ? [from].filter((column) => column !== "") : (from ?? []);
}

export function withColumns(source: DetailedSource, columns: readonly string[]): DetailedSource {
  const [only = "", ...others] = columns;
  return { ...source, from: others.length === 0 ? only : columns };
}

export function fieldsOf(mapping: Mapping, section: Section): Fields {
  if (section === "fields") return mapping.fields;
  return (section === "items" ? mapping.items : mapping.lists?.[section])?.fields ?? {};
}

export function hasSection(mapping: Mapping, section: Section): boolean {
  if (section === "fields") return true;
  return (section === "items" ? mapping.items : mapping.lists?.[section]) !== undefined;
}

export function withFields(mapping: Mapping, section: Section, fields: Fields): Mapping {
  if (section === "fields") return { ...mapping, fields };
  if (section === "items") return { ...mapping, items: { ...mapping.items, fields } };
  return { ...mapping, lists: { ...mapping.lists, [section]: { ...mapping.lists?.[section], fields } } };
}

export function withoutSection(mapping: Mapping, section: Exclude<Section, "fields">): Mapping {
  if (section === "items") return withPart(mapping, "items", undefined);
  const { [section]: _removed, ...lists } = mapping.lists ?? {};
  return withPart(mapping, "lists", Object.keys(lists).length > 0 ? lists : undefined);
}

/** Path of the list inside a row; empty: each row is one entry. */
export function listPathOf(mapping: Mapping, section: Exclude<Section, "fields">): string {
  return (section === "items" ? mapping.items : mapping.lists?.[section])?.path ?? "";
}

export function withListPath(mapping: Mapping, section: Exclude<Section, "fields">, path: string): Mapping {
  const list = withPart(
    {
      path: "",
      ...(section === "items" ? mapping.items : mapping.lists?.[section]),
      fields: fieldsOf(mapping, section),
    },
    "path",
    path === "" ? undefined : path,
  );
  return section === "items"
    ? { ...mapping, items: list }
    : { ...mapping, lists: { ...mapping.lists, [section]: list } };
}

/** What is drawn: everything required, then what is mapped, in the order of the table; free names last. */
export function rowsOf(mapping: Mapping, section: Section): readonly Target[] {
  const fields = fieldsOf(mapping, section);
  const known = targetsOf(mapping.kind, section);
  const isOptional = mapping.options?.passThrough === true;
  const paths = new Set(known.map(({ path }) => path));
  return [
    ...known.filter(({ path, isRequired }) => Object.hasOwn(fields, path) || (isRequired && !isOptional)),
    ...Object.keys(fields)
      .filter((path) => !paths.has(path))
      .map((path): Target => ({ path, type: "json", isRequired: false })),
  ];
}

/** Fields that could still be added. */
export function openTargets(mapping: Mapping, section: Section): readonly Target[] {
  const fields = fieldsOf(mapping, section);
  return targetsOf(mapping.kind, section).filter(({ path }) => !Object.hasOwn(fields, path));
}

/** Whether a name may be added that is in no table. */
export function isFreePath(mapping: Mapping, section: Section, path: string): boolean {
  return freePathsOf(mapping.kind, section).some((prefix) => path.startsWith(prefix) && path.length > prefix.length);
}

const escapePointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The first fault that the server found in a field. */
export function faultOfField(faults: readonly Fault[], section: Section, path: string): Fault | undefined {
  const list = section === "fields" ? "" : section === "items" ? "/items" : `/lists/${section}`;
  const pointer = `${list}/fields/${escapePointer(path)}`;
  return faults.find((fault) => fault.path === pointer || fault.path.startsWith(`${pointer}/`));
}

/** What stands at a dotted path of a record; for a list, in its first entry. */
export function valueAt(fields: JsonObject, section: Section, path: string): Json | undefined {
  let value: Json | undefined = fields;
  const keys = section === "fields" ? path.split(".") : [section, "0", ...path.split(".")];
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    // Own keys of JSON hold JSON.
    value = Object.hasOwn(value, key) ? (value as unknown as JsonObject)[key] : undefined;
  }
  return value;
}

export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A fixed value as typed: JSON where it is a number, a list, an object or a truth value, else text. */
export function parseValue(text: string): Json {
  const trimmed = text.trim();
  if (!/^(true|false|null|-?\d+(\.\d+)?|\[.*\]|\{.*\})$/s.test(trimmed) || /^-?0\d/.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return text;
  }
}
