import type { SecretMap } from "../secrets/secret-box.ts";
import type { SqlSource } from "../sources/source.ts";
import { createMysqlReader } from "./mysql-reader.ts";
import { createPostgresReader } from "./postgres-reader.ts";
import type { SqlReader } from "./sql-reader.ts";

/** Connects. @throws {ClienteleError} `connectors.unreachable`, `connectors.refused`, `connectors.badQuery` from every function */
export function openSqlReader(config: SqlSource, secrets: SecretMap): Promise<SqlReader> {
  return config.engine === "postgres" ? createPostgresReader(config, secrets) : createMysqlReader(config, secrets);
}
