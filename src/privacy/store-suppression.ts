import type { Postgres, Sql } from "../storage/index.ts";

export type SuppressedRow = { readonly hash: string; readonly quick: number };

/** The list of suppressed identifiers: hashes only. */
export function createSuppressionStore(postgres: Postgres) {
  const touch = (tx: Sql) => tx.query("update suppression_state set seq = seq + 1 where id = 1");
  return {
    async state(): Promise<{ readonly salt: string; readonly seq: number }> {
      const { rows } = await postgres.query<{ salt: string; seq: number }>(
        "select s.salt, s.seq from suppression_state s where s.id = 1",
      );
      return { salt: rows[0]?.salt ?? "", seq: Number(rows[0]?.seq ?? 0) };
    },

    async all(): Promise<readonly SuppressedRow[]> {
      const { rows } = await postgres.query<{ identifier_hash: string; quick: number }>(
        "select distinct s.identifier_hash, s.quick from suppressed_identifiers s",
      );
      return rows.map((row) => ({ hash: row.identifier_hash, quick: row.quick }));
    },

    async countLasting(): Promise<number> {
      const { rows } = await postgres.query<{ n: number }>(
        "select count(distinct s.identifier_hash) as n from suppressed_identifiers s where s.lasting",
      );
      return Number(rows[0]?.n ?? 0);
    },

    /** May be repeated. */
    async add(rows: readonly SuppressedRow[], requestId: string, lasting: boolean, at: number): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query(
          `insert into suppressed_identifiers (identifier_hash, quick, request_id, lasting, created_at)
           select given.hash, given.quick, $3, $4, to_timestamp($5::double precision / 1000) from unnest($1::text[], $2::integer[]) as given(hash, quick)
           on conflict (identifier_hash, request_id) do update set lasting = suppressed_identifiers.lasting or excluded.lasting`,
          [rows.map(({ hash }) => hash), rows.map(({ quick }) => quick), requestId, lasting, at],
        );
        await touch(tx);
      });
    },

    /** Ends what was held for the time of these requests. */
    async lift(requestIds: readonly string[]): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query("delete from suppressed_identifiers where request_id = any($1::uuid[]) and not lasting", [
          requestIds,
        ]);
        await touch(tx);
      });
    },

    /** @returns false when the identifier was not suppressed */
    async remove(tx: Sql, hash: string): Promise<boolean> {
      const { rowCount } = await tx.query("delete from suppressed_identifiers where identifier_hash = $1", [hash]);
      await touch(tx);
      return rowCount > 0;
    },

    async addDrops(at: number, dropped: number): Promise<void> {
      await postgres.query(
        `insert into suppressed_drops (day, dropped) values ((to_timestamp($1::double precision / 1000) at time zone 'UTC')::date, $2)
         on conflict (day) do update set dropped = suppressed_drops.dropped + excluded.dropped`,
        [at, dropped],
      );
    },

    async drops(): Promise<number> {
      const { rows } = await postgres.query<{ n: number }>(
        "select coalesce(sum(d.dropped), 0)::bigint as n from suppressed_drops d",
      );
      return Number(rows[0]?.n ?? 0);
    },
  };
}

export type SuppressionStore = ReturnType<typeof createSuppressionStore>;
