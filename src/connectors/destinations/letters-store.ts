import type { Postgres, Sql } from "../../storage/index.ts";
import type { OutboxItem } from "./destination.ts";

export type DeadLetterRow = {
  readonly id: string;
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly eventCount: number;
  readonly replayedAt: number | null;
};
export type NewDeadLetter = {
  readonly id: string;
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly items: readonly (OutboxItem | null)[];
};

const iso = (at: number) => new Date(at).toISOString();

/** Dead letters of destinations. */
export function letterStore(postgres: Postgres) {
  const columnsOfLetter = "l.dead_letter_id, l.at, l.code, l.message, l.event_count, l.replayed_at";
  return {
    insert: async (tx: Sql, destinationId: string, letters: readonly NewDeadLetter[]): Promise<void> => {
      for (const { id, at, code, message, items } of letters) {
        const payload = JSON.stringify(items);
        await tx.query(
          `insert into destination_dead_letters (dead_letter_id, destination_id, at, code, message, event_count, bytes, payload)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [id, destinationId, iso(at), code, message, items.length, Buffer.byteLength(payload), payload],
        );
      }
    },
    list: async (
      destinationId: string,
      before: { readonly at: number; readonly id: string } | null,
      limit: number,
    ): Promise<readonly DeadLetterRow[]> => {
      const { rows } = await postgres.query<{
        dead_letter_id: string;
        at: Date;
        code: string;
        message: string;
        event_count: number;
        replayed_at: Date | null;
      }>(
        `select ${columnsOfLetter} from destination_dead_letters l
         where l.destination_id = $1 and ($2::timestamptz is null or (l.at, l.dead_letter_id) < ($2::timestamptz, $3::uuid))
         order by l.at desc, l.dead_letter_id desc limit $4`,
        [destinationId, before && iso(before.at), before?.id ?? null, limit],
      );
      return rows.map((row) => ({
        id: row.dead_letter_id,
        at: row.at.getTime(),
        code: row.code,
        message: row.message,
        eventCount: row.event_count,
        replayedAt: row.replayed_at?.getTime() ?? null,
      }));
    },
    /** The items of one letter of a destination that was not replayed. */
    find: async (destinationId: string, id: string): Promise<readonly (OutboxItem | null)[] | undefined> => {
      const { rows } = await postgres.query<{ payload: string }>(
        "select l.payload from destination_dead_letters l where l.destination_id = $1 and l.dead_letter_id = $2 and l.replayed_at is null",
        [destinationId, id],
      );
      // Written by `insert` only.
      return rows[0] && (JSON.parse(rows[0].payload) as (OutboxItem | null)[]);
    },
    /** Ids of letters that were not replayed, oldest first. */
    open: async (destinationId: string, limit: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ dead_letter_id: string }>(
        `select l.dead_letter_id from destination_dead_letters l where l.destination_id = $1 and l.replayed_at is null
         order by l.at, l.dead_letter_id limit $2`,
        [destinationId, limit],
      );
      return rows.map((row) => row.dead_letter_id);
    },
    markReplayed: async (id: string, at: number): Promise<void> => {
      // The payload has done its duty; the line stays for the record.
      await postgres.query(
        "update destination_dead_letters set replayed_at = $2, payload = '[]', bytes = 0 where dead_letter_id = $1",
        [id, iso(at)],
      );
    },
    /** Keeps the letters of one destination below a size, oldest first out. @returns events that were thrown away */
    trim: async (tx: Sql, destinationId: string, maxBytes: number): Promise<number> => {
      const { rows } = await tx.query<{ event_count: number }>(
        `delete from destination_dead_letters where dead_letter_id in (
           select s.dead_letter_id from (
             select l.dead_letter_id, sum(l.bytes) over (order by l.at desc, l.dead_letter_id desc) as newer
             from destination_dead_letters l where l.destination_id = $1 and l.replayed_at is null) s where s.newer > $2)
         returning event_count`,
        [destinationId, maxBytes],
      );
      return rows.reduce((sum, row) => sum + row.event_count, 0);
    },
    forget: async (before: number): Promise<void> => {
      await postgres.query("delete from destination_dead_letters where at < $1", [iso(before)]);
    },
    payloads: async (after: string, limit: number) => {
      const { rows } = await postgres.query<{ dead_letter_id: string; payload: string }>(
        `select l.dead_letter_id, l.payload from destination_dead_letters l where l.dead_letter_id > $1 and l.replayed_at is null
         order by l.dead_letter_id limit $2`,
        [after, limit],
      );
      return rows;
    },
    rewrite: async (id: string, payload: string): Promise<void> => {
      await postgres.query("update destination_dead_letters set payload = $2 where dead_letter_id = $1", [id, payload]);
    },
  };
}
