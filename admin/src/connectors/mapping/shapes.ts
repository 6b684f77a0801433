/** A mapping as the server reads it: how rows of a foreign system become records. */
import type { Json, JsonObject } from "../../api/shapes.ts";

export const recordKinds = ["order", "customer", "event", "consent", "loyalty", "product", "store"] as const;
export type RecordKind = (typeof recordKinds)[number];

export const valueTypes = ["text", "number", "integer", "money", "date", "boolean", "list", "json"] as const;
export type ValueType = (typeof valueTypes)[number];

/** One value of a row and how it is read. */
export type DetailedSource = {
  readonly from?: string | readonly string[];
  readonly value?: Json;
  readonly template?: string;
  readonly default?: Json;
  readonly trim?: boolean;
  readonly case?: "lower" | "upper";
  readonly map?: Readonly<Record<string, Json>>;
  readonly otherwise?: Json;
  readonly split?: string;
  readonly as?: ValueType;
  readonly decimal?: "." | ",";
  readonly unit?: "major" | "minor";
  readonly format?: string;
  readonly zone?: string;
  readonly trueWords?: readonly string[];
  readonly falseWords?: readonly string[];
  readonly sign?: "absolute" | "negate";
};
export type FieldSource = string | DetailedSource;
export type Fields = Readonly<Record<string, FieldSource>>;
export type ListMapping = { readonly path?: string; readonly fields: Fields };

export const listNames = ["payments", "refunds", "returns"] as const;
export type ListName = (typeof listNames)[number];

export type MappingOptions = {
  readonly zone?: string;
  readonly dateFormat?: string;
  readonly decimal?: "." | ",";
  readonly currency?: string;
  readonly passThrough?: boolean;
  readonly unmapped?: "ignore" | "attributes";
  readonly groupWindow?: number;
  readonly skipWhen?: { readonly from: string; readonly is: readonly string[] };
};

export type Mapping = {
  readonly kind: RecordKind;
  readonly name?: string;
  readonly description?: string;
  readonly fields: Fields;
  readonly items?: ListMapping;
  readonly lists?: Readonly<Partial<Record<ListName, ListMapping>>>;
  readonly options?: MappingOptions;
};

/** Fields of the record itself, or of one of its lists. */
export type Section = "fields" | "items" | ListName;

export type PreviewedRecord = {
  readonly lines: readonly number[];
  readonly fault: string | null;
  readonly record: { readonly kind: string; readonly externalId: string; readonly fields: JsonObject } | null;
  readonly events: readonly {
    readonly type: string;
    readonly timestamp: string | null;
    readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
    readonly properties: Json;
  }[];
};

/** What the first rows of a file become. */
export type Preview = {
  readonly mapping: Mapping;
  /** Suggested by the columns. */
  readonly isGuessed: boolean;
  readonly unmapped: readonly string[];
  readonly faults: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly sample: readonly JsonObject[];
  readonly records: readonly PreviewedRecord[];
  readonly faultyRecords: number;
};
