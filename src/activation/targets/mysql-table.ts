import { openMysqlConnection, type SecretMap } from "../../connectors/index.ts";
import type { SqlSync } from "../syncs/sync.ts";
import type { SqlTable } from "./sql-target.ts";

const quote = (name: string) => `\`${name.replaceAll("`", "``")}\``;
const toDateTime = (iso: string) => iso.replace("T", " ").replace("Z", "");
const noSuchTable = "ER_NO_SUCH_TABLE";

// Binary order: identifiers that differ in case or accent are two. The key stays below the 3,072 bytes of InnoDB.
const definition = `audience varchar(100) not null, namespace varchar(120) not null, identifier varchar(500) not null, profile_id varchar(36),
  since datetime(3) not null, version int not null, sequence bigint not null, synced_at datetime(3) not null,
  primary key (audience, namespace, identifier)`;

/** A table of a MySQL or MariaDB server; made when it does not exist. */
export async function openMysqlTable(config: SqlSync, secrets: SecretMap): Promise<SqlTable> {
  const { timeoutMs } = config;
  const table = config.table.split(".").map(quote).join(".");
  const raw = openMysqlConnection(config, secrets, { connectTimeout: timeoutMs });
  const connection = raw.promise();
  const run = (sql: string, values: readonly unknown[] = []) =>
    connection.query({ sql, values: [...values], timeout: timeoutMs });
  try {
    // Strict: a value that does not fit must not be cut off silently.
    await run("set session sql_mode = 'STRICT_ALL_TABLES'");
    await run("set session time_zone = '+00:00'");
    await run(`select 1 from ${table} limit 0`).catch(async (error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === noSuchTable)) throw error;
      await run(
        `create table if not exists ${table} (${definition}) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`,
      );
    });
  } catch (error) {
    raw.destroy();
    throw error;
  }
  return {
    write: async (entered, exited, audience, at) => {
      await run("start transaction");
      try {
        if (exited.length > 0)
          await run(
            `delete from ${table} where audience = ? and (${exited.map(() => "(namespace = ? and identifier = ?)").join(" or ")})`,
            [audience, ...exited.flatMap(({ namespace, identifier }) => [namespace, identifier])],
          );
        if (entered.length > 0)
          await run(
            `insert into ${table} (audience, namespace, identifier, profile_id, since, version, sequence, synced_at)
             values ${entered.map(() => "(?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}
             on duplicate key update profile_id = values(profile_id), since = values(since), version = values(version),
               sequence = values(sequence), synced_at = values(synced_at)`,
            entered.flatMap(({ namespace, identifier, profileId, since, version, sequence }) => [
              audience,
              namespace,
              identifier,
              profileId ?? null,
              toDateTime(since),
              version,
              sequence,
              toDateTime(new Date(at).toISOString()),
            ]),
          );
        await run("commit");
      } catch (error) {
        await run("rollback").catch(() => undefined);
        throw error;
      }
    },
    close: async () => raw.destroy(),
  };
}
