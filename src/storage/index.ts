export { checkEngines, type EngineCheck } from "./check-engines.ts";
export type { ClickHouse } from "./clickhouse.ts";
export { readOrCreateSecret } from "./data-dir.ts";
export { durabilitySentence } from "./durability.ts";
export { type MigrationReport, migrate } from "./migrate.ts";
export { type Durability, type EngineOptions, type Engines, openEngines } from "./open-engines.ts";
export type { Postgres, Sql } from "./postgres.ts";
