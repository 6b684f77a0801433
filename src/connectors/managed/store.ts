import type { Postgres, Sql } from "../../storage/index.ts";
import type { StoredConnection } from "./connection.ts";

/** Columns that all their tables have. */
export type ConnectionRow<Config> = {
  key: string;
  name: string;
  config: Config;
  secrets: string;
  status: "active" | "paused";
  etag: number;
  created_at: Date;
  created_by: string;
  updated_at: Date;
  updated_by: string;
};

/** For a select with the alias `c`. */
export const connectionColumns =
  "c.key, c.name, c.config, c.secrets, c.status, c.etag, c.created_at, c.created_by, c.updated_at, c.updated_by";

export function toConnection<Config>(id: string, row: ConnectionRow<Config>): StoredConnection<Config> {
  return {
    id,
    key: row.key,
    name: row.name,
    config: row.config,
    status: row.status,
    etag: row.etag,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    sealed: row.secrets,
  };
}

type Table<Row, Stored> = {
  readonly name: "connector_sources" | "destinations" | "audience_syncs";
  readonly id: "source_id" | "destination_id" | "audience_sync_id";
  /** With the alias `c`. */
  readonly columns: string;
  readonly toStored: (row: Row) => Stored;
};

/** What is read and removed the same way for sources, destinations and audience syncs; their own stores add the rest. */
export function connectionStore<Row extends object, Stored>(postgres: Postgres, table: Table<Row, Stored>) {
  const { name, id, columns, toStored } = table;
  const select = `select ${columns} from ${name} c`;
  return {
    transaction: <T>(work: (tx: Sql) => Promise<T>): Promise<T> => postgres.transaction(work),
    isShared: postgres.kind === "server",

    list: async (afterKey: string, limit: number): Promise<readonly Stored[]> => {
      const { rows } = await postgres.query<Row>(`${select} where c.key > $1 order by c.key limit $2`, [
        afterKey,
        limit,
      ]);
      return rows.map(toStored);
    },
    find: async (idOrKey: string): Promise<Stored | undefined> => {
      const { rows } = await postgres.query<Row>(`${select} where c.key = $1 or c.${id}::text = $1`, [idOrKey]);
      return rows[0] && toStored(rows[0]);
    },
    lock: async (tx: Sql, connectionId: string): Promise<Stored | undefined> => {
      const { rows } = await tx.query<Row>(`${select} where c.${id} = $1 for update`, [connectionId]);
      return rows[0] && toStored(rows[0]);
    },
    count: async (tx: Sql): Promise<number> => {
      const { rows } = await tx.query<{ n: number }>(`select count(*) as n from ${name}`);
      return rows[0]?.n ?? 0;
    },
    remove: async (tx: Sql, connectionId: string): Promise<void> => {
      await tx.query(`delete from ${name} where ${id} = $1`, [connectionId]);
    },
    /** Takes one for this worker, or keeps it. @returns it as it is now, or undefined when another has it or it is not active */
    claim: async (connectionId: string, worker: string, leaseMs: number): Promise<Stored | undefined> => {
      const { rows } = await postgres.query<Row>(
        `update ${name} c set claimed_by = $2, claimed_until = now() + $3::double precision * interval '1 millisecond'
         where c.${id} = $1 and c.status = 'active' and (c.claimed_until is null or c.claimed_until < now() or c.claimed_by = $2)
         returning ${columns}`,
        [connectionId, worker, leaseMs],
      );
      return rows[0] && toStored(rows[0]);
    },
    /** Gives one back that this worker has. */
    release: async (connectionId: string, worker: string): Promise<void> => {
      await postgres.query(`update ${name} set claimed_until = null where ${id} = $1 and claimed_by = $2`, [
        connectionId,
        worker,
      ]);
    },
    /** Right at the start of the only process on an embedded engine, where no other claim can be alive. */
    releaseAll: async (): Promise<void> => {
      await postgres.query(
        `update ${name} set claimed_by = null, claimed_until = null where claimed_until is not null`,
      );
    },
  };
}

/** What the manager needs of a store. */
export type ConnectionStore<Stored> = Pick<
  ReturnType<typeof connectionStore<object, Stored>>,
  "transaction" | "list" | "find" | "lock" | "count" | "remove"
> & { readonly update: (tx: Sql, next: Stored) => Promise<void> };
