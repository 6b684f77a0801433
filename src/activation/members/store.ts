import type { Postgres } from "../../storage/index.ts";

/** Place in the order of entries and exits: everything up to it is committed, and nothing will ever appear before it. */
export type Position = { readonly position: number; readonly id: number };

export type Change = Position & {
  readonly profileId: string;
  readonly entered: boolean;
  /** Unix milliseconds. */
  readonly at: number;
  readonly version: number;
  /** The leaf that decided; null when the audience itself ended. */
  readonly reasonLeaf: unknown;
};

type ChangeRow = {
  audience_transition_id: number;
  position: number;
  profile_id: string;
  entered: boolean;
  at: Date;
  version: number;
  reason_leaf: unknown;
};

// Every transaction below this number has ended; those above may still write entries with lower ids.
const horizon = `select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + clock.shift as position
  from audience_transition_clock clock where clock.id = 1`;

/** Reads of entries and exits in the order in which they can be followed. */
export function createChangeStore(postgres: Postgres) {
  return {
    /** The place behind everything that is settled now. */
    async now(): Promise<Position> {
      const { rows } = await postgres.query<{ position: number }>(horizon);
      return { position: rows[0]?.position ?? 0, id: 0 };
    },

    /** Oldest first; what a transaction under way may still precede waits for the next call. */
    async changes(audienceId: string, after: Position, limit: number): Promise<readonly Change[]> {
      const { rows } = await postgres.query<ChangeRow>(
        `with horizon as (${horizon})
         select t.audience_transition_id, t.position, t.profile_id, t.entered, t.at, t.version, t.reason_leaf
         from audience_transitions t
         where t.audience_id = $1 and (t.position, t.audience_transition_id) > ($2::bigint, $3::bigint)
           and t.position < (select horizon.position from horizon)
         order by t.position, t.audience_transition_id limit $4`,
        [audienceId, after.position, after.id, limit],
      );
      return rows.map((row) => ({
        id: row.audience_transition_id,
        position: row.position,
        profileId: row.profile_id,
        entered: row.entered,
        at: row.at.getTime(),
        version: row.version,
        reasonLeaf: row.reason_leaf,
      }));
    },

    /** After the rows were loaded into another server: later positions go on behind the stored ones. May be repeated. */
    async keepGrowing(): Promise<void> {
      await postgres.query(
        `with newest as (
           select max(last.position) as position from audience_backfills a
           cross join lateral (select t.position from audience_transitions t where t.audience_id = a.audience_id
             order by t.position desc limit 1) last)
         update audience_transition_clock clock set shift = newest.position + 1 - pg_current_xact_id()::text::bigint from newest
         where clock.id = 1 and newest.position > pg_current_xact_id()::text::bigint + clock.shift`,
      );
    },
  };
}

export type ChangeStore = ReturnType<typeof createChangeStore>;
