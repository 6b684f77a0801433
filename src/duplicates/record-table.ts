// Records as columns of numbers: each distinct text is kept once, and equal texts are equal numbers. 100,000 people take a few
// tens of megabytes, and most comparisons end at two numbers.
import { maxContacts, type PersonRecord } from "./person-record.ts";

/** One kind of text. `values[0]` is "", the missing one; `counts[v]` is how many records have the value v. */
export type Column = {
  readonly values: readonly string[];
  readonly counts: Uint32Array;
  /** Value of each record; several slots a record for contacts. */
  readonly cells: Uint32Array;
  /** Records that have a value. */
  readonly filled: number;
};

export const columnNames = [
  "givenName",
  "surname",
  "birthDate",
  "houseNumber",
  "street",
  "addressLine2",
  "city",
  "postcode",
  "place",
  "region",
  "email",
  "phone",
] as const;
export type ColumnName = (typeof columnNames)[number];

export type RecordTable = {
  readonly ids: readonly string[];
  readonly columns: Readonly<Record<ColumnName, Column>>;
};

type ColumnBuilder = { readonly put: (text: string) => void; readonly build: () => Column };

function createColumn(slots: number): ColumnBuilder {
  const values: string[] = [""];
  const numbers = new Map<string, number>([["", 0]]);
  const counts: number[] = [0];
  let cells = new Uint32Array(1024 * slots);
  let used = 0;
  return {
    put: (text) => {
      let number = numbers.get(text);
      if (number === undefined) {
        number = values.length;
        numbers.set(text, number);
        values.push(text);
        counts.push(0);
      }
      counts[number] = (counts[number] ?? 0) + 1;
      if (used === cells.length) {
        const larger = new Uint32Array(cells.length * 2);
        larger.set(cells);
        cells = larger;
      }
      cells[used] = number;
      used += 1;
    },
    build: () => ({
      values,
      counts: Uint32Array.from(counts),
      cells: cells.slice(0, used),
      filled: used - (counts[0] ?? 0),
    }),
  };
}

/** Collects records; `build` may be called once. */
export function createTableBuilder() {
  const ids: string[] = [];
  const builders = Object.fromEntries(
    columnNames.map((name) => [name, createColumn(name === "email" || name === "phone" ? maxContacts : 1)]),
  ) as Record<ColumnName, ColumnBuilder>; // one entry for each name, by construction
  return {
    add: (record: PersonRecord): void => {
      ids.push(record.id);
      builders.givenName.put(record.givenName);
      builders.surname.put(record.surname);
      builders.birthDate.put(record.birthDate);
      builders.houseNumber.put(record.houseNumber);
      builders.street.put(record.street);
      builders.addressLine2.put(record.addressLine2);
      builders.city.put(record.city);
      builders.postcode.put(record.postcode);
      builders.place.put(record.city === "" || record.postcode === "" ? "" : `${record.postcode} ${record.city}`);
      builders.region.put(record.region);
      for (let slot = 0; slot < maxContacts; slot += 1) {
        builders.email.put(record.emails[slot] ?? "");
        builders.phone.put(record.phones[slot] ?? "");
      }
    },
    size: () => ids.length,
    build: (): RecordTable => ({
      ids,
      columns: Object.fromEntries(columnNames.map((name) => [name, builders[name].build()])) as Record<
        ColumnName,
        Column
      >, // one entry for each name, by construction
    }),
  };
}

/**
 * The chance that another person has the value that two records share, from all records but these two; the unseen part of
 * the population gets its share (one record a distinct value, Laplace), so that a value nobody else has is rare, not impossible.
 */
export function chanceOfValue(column: Column, value: number): number {
  const others = Math.max(0, (column.counts[value] ?? 0) - 2);
  return (others + 1) / (Math.max(0, column.filled - 2) + column.values.length);
}
