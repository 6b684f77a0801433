import { plainText } from "../../kernel/index.ts";
import type { Row } from "../mapping/compile-mapping.ts";

/** Place of a row in the order of cursor mode, as texts of the database itself: a number or Date would lose digits. */
export type SqlPlace = { readonly at: string; readonly keys: readonly string[] };
export type PlacedRow = { readonly row: Row; readonly place: SqlPlace };

/** A read-only look into a foreign database. */
export type SqlReader = {
  /** Rows after a place in order of cursor and keys. */
  readonly page: (after: SqlPlace | null, limit: number) => Promise<readonly PlacedRow[]>;
  /** Every row, in one consistent view, in portions. */
  readonly scan: (portion: number) => AsyncIterable<readonly Row[]>;
  readonly close: () => Promise<void>;
};

/** Names in our own columns of the page query. */
export const placeColumn = "clientele_at";
export const keyColumn = (index: number) => `clientele_key_${index}`;

/** Splits our own columns off a row of the page query. */
export function toPlaced(given: Row, keyCount: number): PlacedRow {
  const own = new Set([placeColumn, ...Array.from({ length: keyCount }, (_, index) => keyColumn(index))]);
  const row = Object.fromEntries(Object.entries(given).filter(([name]) => !own.has(name)));
  const keys = Array.from({ length: keyCount }, (_, index) => plainText(given[keyColumn(index)] ?? ""));
  return { row, place: { at: plainText(given[placeColumn] ?? ""), keys } };
}
