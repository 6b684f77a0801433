export { checkEngines } from "./check-engines.ts";
export { type ClickHouse, encodeRows } from "./clickhouse.ts";
export { migrate } from "./migrate.ts";
export { type Durability, type Engines, openEngines } from "./open-engines.ts";
export type { Postgres, Sql } from "./postgres.ts";
