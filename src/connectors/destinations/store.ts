import type { Postgres, Sql } from "../../storage/index.ts";
import { type ConnectionRow, connectionColumns, connectionStore, toConnection } from "../managed/store.ts";
import type { Destination, OutboxCursor, StoredDestination } from "./destination.ts";
import { letterStore, type NewDeadLetter } from "./letters-store.ts";
import { outboxStore } from "./outbox-store.ts";

type Row = ConnectionRow<Destination["config"]> & {
  destination_id: string;
  position: number;
  item: number;
  failures: number;
  failing_since: Date | null;
  next_attempt_at: Date | null;
  last_error: string | null;
  last_delivered_at: Date | null;
  delivered: number;
  filtered: number;
  dead: number;
  lost: number;
  lagging_since: Date | null;
};

const columns = `c.destination_id, ${connectionColumns}, c.position, c.item, c.failures, c.failing_since, c.next_attempt_at, c.last_error,
  c.last_delivered_at, c.delivered, c.filtered, c.dead, c.lost, c.lagging_since`;

const ms = (at: Date | null) => at?.getTime() ?? null;
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function toDestination(row: Row): StoredDestination {
  return {
    ...toConnection(row.destination_id, row),
    state: {
      cursor: { position: row.position, item: row.item },
      failures: row.failures,
      failingSince: ms(row.failing_since),
      nextAttemptAt: ms(row.next_attempt_at),
      lastError: row.last_error,
      lastDeliveredAt: ms(row.last_delivered_at),
      delivered: row.delivered,
      filtered: row.filtered,
      dead: row.dead,
      lost: row.lost,
      laggingSince: ms(row.lagging_since),
    },
  };
}

/** What one delivery changed. `failure` null = the destination answers. */
export type Progress = {
  readonly from: OutboxCursor;
  readonly to: OutboxCursor;
  readonly delivered: number;
  readonly filtered: number;
  readonly letters: readonly NewDeadLetter[];
  readonly failure: { readonly message: string; readonly retryAt: number } | null;
  readonly at: number;
};

export type DestinationStore = ReturnType<typeof createDestinationStore>;

const channel = "clientele_destinations";
const maxDestinations = 200;

/** All PostgreSQL of destinations. Functions with a `tx` run inside the caller's transaction. */
export function createDestinationStore(postgres: Postgres) {
  return {
    outbox: outboxStore(postgres),
    letters: letterStore(postgres),
    ...connectionStore<Row, StoredDestination>(postgres, {
      name: "destinations",
      id: "destination_id",
      columns,
      toStored: toDestination,
    }),
    announce: () => postgres.notify(channel, ""),
    onChange: (handler: () => void) => postgres.listen(channel, handler),

    all: async (): Promise<readonly StoredDestination[]> => {
      const { rows } = await postgres.query<Row>(`select ${columns} from destinations c order by c.key limit $1`, [
        maxDestinations,
      ]);
      return rows.map(toDestination);
    },
    /** Starts at the events that come from now on. @returns false when the key is taken */
    insert: async (tx: Sql, given: Destination & { readonly sealed: string }): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `insert into destinations (destination_id, key, name, config, secrets, status, created_at, created_by, updated_at, updated_by, position)
         select $1, $2, $3, $4::jsonb, $5, $6, $7, $8, $7, $8, h.last_position + 1 from destination_outbox_head h on conflict do nothing`,
        [
          given.id,
          given.key,
          given.name,
          JSON.stringify(given.config),
          given.sealed,
          given.status,
          iso(given.createdAt),
          given.createdBy,
        ],
      );
      return rowCount === 1;
    },
    update: async (tx: Sql, given: Destination & { readonly sealed: string }): Promise<void> => {
      await tx.query(
        `update destinations set name = $2, config = $3::jsonb, secrets = $4, status = $5, etag = etag + 1, updated_at = $6, updated_by = $7,
           failures = 0, next_attempt_at = null where destination_id = $1`,
        [
          given.id,
          given.name,
          JSON.stringify(given.config),
          given.sealed,
          given.status,
          iso(given.updatedAt),
          given.updatedBy,
        ],
      );
    },
    /** Writes what a delivery changed. @returns false when the destination moved meanwhile; nothing is written then */
    advance: async (tx: Sql, id: string, progress: Progress): Promise<boolean> => {
      const { from, to, delivered, filtered, letters, failure, at } = progress;
      const dead = letters.reduce((sum, letter) => sum + letter.items.length, 0);
      const { rowCount } = await tx.query(
        `update destinations set position = $4, item = $5, delivered = delivered + $6, filtered = filtered + $7, dead = dead + $8,
           failures = case when $9::text is null then 0 else failures + 1 end,
           failing_since = case when $9::text is null then null else coalesce(failing_since, $10::timestamptz) end,
           last_error = coalesce($9::text, last_error),
           next_attempt_at = $11::timestamptz,
           last_delivered_at = case when $6::bigint > 0 then $10::timestamptz else last_delivered_at end
         where destination_id = $1 and position = $2 and item = $3`,
        [
          id,
          from.position,
          from.item,
          to.position,
          to.item,
          delivered,
          filtered,
          dead,
          failure?.message ?? null,
          iso(at),
          iso(failure?.retryAt ?? null),
        ],
      );
      return rowCount === 1;
    },
    /** Active destinations that have not passed a position, locked. */
    behind: async (tx: Sql, position: number): Promise<readonly StoredDestination[]> => {
      const { rows } = await tx.query<Row>(
        `select ${columns} from destinations c where c.status = 'active' and c.position <= $1 order by c.destination_id for update`,
        [position],
      );
      return rows.map(toDestination);
    },
    skipTo: async (tx: Sql, id: string, position: number, dead: number, lost: number, at: number): Promise<void> => {
      await tx.query(
        `update destinations set position = $2, item = 0, dead = dead + $3, lost = lost + $4, lagging_since = coalesce(lagging_since, $5::timestamptz)
         where destination_id = $1`,
        [id, position, dead, lost, iso(at)],
      );
    },
    /** A destination that has caught up lags no more. */
    settleLag: async (): Promise<void> => {
      await postgres.query(
        `update destinations set lagging_since = null
         where lagging_since is not null and destinations.position > (select h.last_position from destination_outbox_head h)`,
      );
    },
  };
}
