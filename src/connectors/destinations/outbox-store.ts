import type { Postgres, Sql } from "../../storage/index.ts";
import type { OutboxCursor, OutboxItem, OutboxRow } from "./destination.ts";

const iso = (at: number) => new Date(at).toISOString();

/** The outbox: what destinations still have to get, in one order. */
export function outboxStore(postgres: Postgres) {
  return {
    /** Inside the transaction of a batch. */
    append: async (tx: Sql, at: number, chunks: readonly { readonly count: number; readonly payload: string }[]) => {
      for (const { count, payload } of chunks)
        await tx.query(
          "insert into destination_outbox (created_at, event_count, bytes, payload) values ($1, $2, $3, $4)",
          [iso(at), count, Buffer.byteLength(payload), payload],
        );
    },

    /** Gives committed rows their place in the one order. May run in any process; the head row makes it one at a time. */
    sequence: async (limit: number): Promise<number> => {
      const { rows } = await postgres.query<{ waiting: boolean }>(
        "select exists (select 1 from destination_outbox where position is null) as waiting",
      );
      if (!rows[0]?.waiting) return 0;
      return postgres.transaction(async (tx) => {
        const head = await tx.query<{ last_position: number }>(
          "select last_position from destination_outbox_head for update",
        );
        const last = head.rows[0]?.last_position ?? 0;
        const { rowCount } = await tx.query(
          `update destination_outbox set position = $1 + numbered.n
           from (select o.outbox_id, row_number() over (order by o.outbox_id) as n from destination_outbox o
                 where o.position is null order by o.outbox_id limit $2) numbered
           where destination_outbox.outbox_id = numbered.outbox_id`,
          [last, limit],
        );
        await tx.query("update destination_outbox_head set last_position = $1", [last + rowCount]);
        return rowCount;
      });
    },

    head: async (): Promise<number> => {
      const { rows } = await postgres.query<{ last_position: number }>(
        "select last_position from destination_outbox_head",
      );
      return rows[0]?.last_position ?? 0;
    },

    /** Rows from a position on, in order; at least one, more while they fit into `maxBytes`. */
    read: async (from: number, maxBytes: number): Promise<readonly OutboxRow[]> => {
      const { rows } = await postgres.query<{ position: number; created_at: Date; payload: string }>(
        `select o.position, o.created_at, o.payload from destination_outbox o
         join (select p.outbox_id, sum(p.bytes) over (order by p.position) - p.bytes as before
               from (select position, outbox_id, bytes from destination_outbox where position >= $1 order by position limit 200) p) picked
           on picked.outbox_id = o.outbox_id and picked.before < $2
         order by o.position`,
        [from, maxBytes],
      );
      return rows.map((row) => ({
        position: row.position,
        createdAt: row.created_at.getTime(),
        // Written by `append` only.
        items: JSON.parse(row.payload) as (OutboxItem | null)[],
      }));
    },

    /** Events and bytes from a place on, and the age of the oldest. */
    waiting: async (from: OutboxCursor) => {
      const { rows } = await postgres.query<{ events: number; bytes: number; oldest: Date | null }>(
        `select coalesce(sum(o.event_count), 0)::bigint as events, coalesce(sum(o.bytes), 0)::bigint as bytes, min(o.created_at) as oldest
         from destination_outbox o where o.position >= $1 or o.position is null`,
        [from.position],
      );
      const row = rows[0];
      return {
        events: Math.max(0, (row?.events ?? 0) - from.item),
        bytes: row?.bytes ?? 0,
        oldestAt: row?.oldest?.getTime() ?? null,
      };
    },

    bytes: async (): Promise<number> => {
      const { rows } = await postgres.query<{ bytes: number }>(
        "select coalesce(sum(bytes), 0)::bigint as bytes from destination_outbox",
      );
      return rows[0]?.bytes ?? 0;
    },

    /** Deletes what every active destination has passed; everything when there is none. */
    clean: async (): Promise<number> => {
      const { rowCount } = await postgres.query(
        `delete from destination_outbox where destination_outbox.position is not null and destination_outbox.position <
           coalesce((select min(d.position) from destinations d where d.status = 'active'), 9223372036854775807)`,
      );
      return rowCount;
    },

    /** The oldest row, locked until the transaction ends. */
    oldest: async (tx: Sql) => {
      const { rows } = await tx.query<{ position: number; event_count: number; bytes: number; payload: string }>(
        `select o.position, o.event_count, o.bytes, o.payload from destination_outbox o where o.position is not null
         order by o.position limit 1 for update`,
      );
      return rows[0];
    },
    remove: async (tx: Sql, position: number): Promise<void> => {
      await tx.query("delete from destination_outbox where position = $1", [position]);
    },
    payloads: async (after: number, limit: number) => {
      const { rows } = await postgres.query<{ outbox_id: number; payload: string }>(
        "select o.outbox_id, o.payload from destination_outbox o where o.outbox_id > $1 order by o.outbox_id limit $2",
        [after, limit],
      );
      return rows;
    },
    rewrite: async (outboxId: number, payload: string): Promise<void> => {
      await postgres.query("update destination_outbox set payload = $2 where outbox_id = $1", [outboxId, payload]);
    },
  };
}
