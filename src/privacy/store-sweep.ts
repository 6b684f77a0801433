// The safety net under erasure and export: any table that names a profile or an identifier in its columns, also one of a
// capability that does not know of privacy requests.
import type { Person } from "../profiles/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";

type ColumnRow = { table_name: string; column_name: string; udt_name: string };
export type SweptTable = { readonly name: string; readonly conditions: readonly string[] };

const idColumn = /(^|_)profile_id$|^(survivor|loser)_id$/;
const idsColumn = /(^|_)profile_ids$/;
const pageSize = 1_000;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function conditionsOf(columns: readonly ColumnRow[]): readonly string[] {
  const conditions = columns.flatMap(({ column_name: name, udt_name: type }) => {
    const column = `t.${quote(name)}`;
    if (idColumn.test(name) && (type === "uuid" || type === "text")) return [`${column}::text = any($1::text[])`];
    if (idsColumn.test(name) && (type === "_uuid" || type === "_text")) return [`${column}::text[] && $1::text[]`];
    return [];
  });
  const names = new Map(columns.map(({ column_name, udt_name }) => [column_name, udt_name]));
  if (names.get("namespace") === "text" && names.get("value") === "text")
    conditions.push(
      "(t.namespace, t.value) in (select given.namespace, given.value from unnest($2::text[], $3::text[]) as given(namespace, value))",
    );
  return conditions;
}

const paramsOf = ({ profileIds, identifiers }: Person): readonly unknown[] => [
  profileIds,
  identifiers.map(({ namespace }) => namespace),
  identifiers.map(({ value }) => value),
];

/** A parameter that no condition uses would have no type. */
function whereOf({ conditions }: SweptTable): string {
  return `(cardinality($1::text[]) >= 0 and cardinality($2::text[]) >= 0 and cardinality($3::text[]) >= 0) and (${conditions.join(" or ")})`;
}

/** @param claimed tables that somebody answers for */
export function createSweepStore(postgres: Postgres, claimed: ReadonlySet<string>) {
  const tables = async (): Promise<readonly SweptTable[]> => {
    const { rows } = await postgres.query<ColumnRow>(
      `select c.table_name, c.column_name, c.udt_name from information_schema.columns c
       join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
       where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position`,
    );
    const byTable = new Map<string, ColumnRow[]>();
    for (const row of rows) byTable.set(row.table_name, [...(byTable.get(row.table_name) ?? []), row]);
    return [...byTable]
      .filter(([name]) => !claimed.has(name))
      .map(([name, columns]) => ({ name, conditions: conditionsOf(columns) }))
      .filter(({ conditions }) => conditions.length > 0);
  };

  return {
    /** Tables that nobody answers for and that name persons. */
    tables,

    /** May be repeated. @param found what `tables` gave before the transaction @returns rows deleted */
    async erase(tx: Sql, found: readonly SweptTable[], person: Person): Promise<number> {
      let deleted = 0;
      for (const table of found) {
        const { rowCount } = await tx.query(
          `delete from ${quote(table.name)} t where ${whereOf(table)}`,
          paramsOf(person),
        );
        deleted += rowCount;
      }
      return deleted;
    },

    /** Rows of one table about a person, in pages. */
    async *rows(table: SweptTable, person: Person): AsyncGenerator<object> {
      for (let offset = 0; ; offset += pageSize) {
        const { rows } = await postgres.query<{ row: object }>(
          `select to_jsonb(t) as row from ${quote(table.name)} t where ${whereOf(table)} order by t.ctid limit $4 offset $5`,
          [...paramsOf(person), pageSize, offset],
        );
        for (const { row } of rows) yield row;
        if (rows.length < pageSize) return;
      }
    },
  };
}

export type SweepStore = ReturnType<typeof createSweepStore>;
