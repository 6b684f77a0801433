import { createPostgresClient, type SecretMap } from "../../connectors/index.ts";
import type { SqlSync } from "../syncs/sync.ts";
import type { SqlTable } from "./sql-target.ts";
import type { ToldChange } from "./target.ts";

const graceMs = 5_000;
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const alreadyThere = new Set(["42P07", "23505"]);

const definition = `audience text not null, namespace text not null, identifier text not null, profile_id text, since timestamptz not null,
  version integer not null, sequence bigint not null, synced_at timestamptz not null, primary key (audience, namespace, identifier)`;

function keysOf(changes: readonly ToldChange[], audience: string) {
  return [audience, changes.map(({ namespace }) => namespace), changes.map(({ identifier }) => identifier)];
}

/** A table of a PostgreSQL server; made when it does not exist. */
export async function openPostgresTable(config: SqlSync, secrets: SecretMap): Promise<SqlTable> {
  const { timeoutMs } = config;
  const table = config.table.split(".").map(quote).join(".");
  const client = createPostgresClient(config, secrets, {
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + graceMs,
    options: "-c timezone=UTC",
  });
  try {
    await client.connect();
    // Who may write a table may not always make one.
    const { rows } = await client.query<{ found: string | null }>("select to_regclass($1)::text as found", [table]);
    if (rows[0]?.found == null)
      await client.query(`create table if not exists ${table} (${definition})`).catch((error: unknown) => {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (!alreadyThere.has(code)) throw error;
      });
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    write: async (entered, exited, audience, at) => {
      await client.query("begin");
      try {
        if (exited.length > 0)
          await client.query(
            `delete from ${table} t using unnest($2::text[], $3::text[]) as given(namespace, identifier)
             where t.audience = $1 and t.namespace = given.namespace and t.identifier = given.identifier`,
            keysOf(exited, audience),
          );
        if (entered.length > 0)
          await client.query(
            `insert into ${table} (audience, namespace, identifier, profile_id, since, version, sequence, synced_at)
             select $1, given.namespace, given.identifier, given.profile_id, given.since, given.version, given.sequence, $8
             from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[], $7::bigint[])
               as given(namespace, identifier, profile_id, since, version, sequence)
             on conflict (audience, namespace, identifier) do update set profile_id = excluded.profile_id, since = excluded.since,
               version = excluded.version, sequence = excluded.sequence, synced_at = excluded.synced_at`,
            [
              ...keysOf(entered, audience),
              entered.map(({ profileId }) => profileId ?? null),
              entered.map(({ since }) => since),
              entered.map(({ version }) => version),
              entered.map(({ sequence }) => sequence),
              new Date(at).toISOString(),
            ],
          );
        await client.query("commit");
      } catch (error) {
        await client.query("rollback").catch(() => undefined);
        throw error;
      }
    },
    close: () => client.end(),
  };
}
