// A table of people at past cut-offs: features as they were then, and what came after.

/** A row = one person at one cut-off. By columns, so that it can be handed to a worker without copying. */
export type Table = {
  readonly columns: readonly Float64Array[];
  /** Instant of each row, ms. */
  readonly cutoff: Float64Array;
  /** Number of the person: rows of one person stay together in every split. */
  readonly person: Int32Array;
  /** By name of the outcome. */
  readonly outcomes: Readonly<Record<string, Float64Array>>;
};

export type Row = {
  readonly values: Float64Array;
  readonly cutoff: number;
  readonly person: number;
  readonly outcomes: Readonly<Record<string, number>>;
};

export function toTable(rows: readonly Row[], featureCount: number): Table {
  const names = Object.keys(rows[0]?.outcomes ?? {});
  return {
    columns: Array.from({ length: featureCount }, (_, feature) =>
      Float64Array.from(rows, ({ values }) => values[feature] ?? Number.NaN),
    ),
    cutoff: Float64Array.from(rows, ({ cutoff }) => cutoff),
    person: Int32Array.from(rows, ({ person }) => person),
    outcomes: Object.fromEntries(
      names.map((name) => [name, Float64Array.from(rows, ({ outcomes }) => outcomes[name] ?? 0)]),
    ),
  };
}

export function rowCount({ cutoff }: Table): number {
  return cutoff.length;
}

/** Rows for which a condition holds. */
export function rowsWhere(table: Table, holds: (row: number) => boolean): Int32Array {
  const found: number[] = [];
  for (let row = 0; row < table.cutoff.length; row += 1) if (holds(row)) found.push(row);
  return Int32Array.from(found);
}

/** Some rows as a table of their own. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  return {
    columns: table.columns.map(pick),
    cutoff: pick(table.cutoff),
    person: Int32Array.from(rows, (row) => table.person[row] ?? 0),
    outcomes: Object.fromEntries(Object.entries(table.outcomes).map(([name, column]) => [name, pick(column)])),
  };
}
