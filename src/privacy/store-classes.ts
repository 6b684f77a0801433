import type { Postgres, Sql } from "../storage/index.ts";
import type { DataClass } from "./data-classes.data.ts";

type ClassRow = {
  kind: DataClass["kind"];
  name: string;
  pii: DataClass["pii"];
  retention_days: number | null;
  purposes: string[];
};

/** Data classes that differ from the shipped ones. */
export function createClassStore(postgres: Postgres) {
  return {
    async all(): Promise<readonly DataClass[]> {
      const { rows } = await postgres.query<ClassRow>(
        "select c.kind, c.name, c.pii, c.retention_days, c.purposes from data_classes c order by c.kind, c.name limit 10000",
      );
      return rows.map(({ kind, name, pii, retention_days: retentionDays, purposes }) => ({
        kind,
        name,
        pii,
        retentionDays,
        purposes,
      }));
    },

    async put(tx: Sql, given: DataClass, at: number, actor: string): Promise<void> {
      await tx.query(
        `insert into data_classes (kind, name, pii, retention_days, purposes, updated_at, updated_by)
         values ($1, $2, $3, $4, $5::jsonb, to_timestamp($6::double precision / 1000), $7)
         on conflict (kind, name) do update set pii = excluded.pii, retention_days = excluded.retention_days, purposes = excluded.purposes,
           updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
        [given.kind, given.name, given.pii, given.retentionDays, JSON.stringify(given.purposes), at, actor],
      );
    },

    /** @returns false when there was none */
    async remove(tx: Sql, kind: string, name: string): Promise<boolean> {
      return (await tx.query("delete from data_classes where kind = $1 and name = $2", [kind, name])).rowCount > 0;
    },
  };
}

export type ClassStore = ReturnType<typeof createClassStore>;
