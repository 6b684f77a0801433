import type { Postgres, Sql } from "../../storage/index.ts";
import type { RotationState } from "./rotate.ts";

/** What one visitor saw of one rotation, as it is stored. */
export type KeptState = { readonly rotationId: string; readonly visitor: string; readonly state: RotationState };

type StateRow = { readonly rotation_id: string; readonly visitor: string; readonly state: RotationState };

/** One order for all writers: two that write the same rows never wait for each other in a circle. */
const byRow = (a: KeptState, b: KeptState): number =>
  a.visitor === b.visitor ? (a.rotationId < b.rotationId ? -1 : 1) : a.visitor < b.visitor ? -1 : 1;

const erasedAtOnce = 10_000;

/** @returns rows deleted */
async function erase(sql: Pick<Sql, "query">, visitors: readonly string[]): Promise<number> {
  if (visitors.length === 0) return 0;
  const { rows } = await sql.query<{ readonly n: number | string }>(
    `with gone as (delete from rotation_states s where s.visitor = any($1::text[]) returning 1)
     select count(*) as n from gone`,
    [visitors],
  );
  return Number(rows[0]?.n ?? 0);
}

/** All PostgreSQL of blocks and rotations. */
export function createRotationStore(postgres: Postgres) {
  return {
    /** Whether other processes may write here too. */
    isShared: postgres.kind === "server",

    /** Writes states; each row at most once in a call. One that is stored with more loads stays. */
    async write(states: readonly KeptState[], nowMs: number): Promise<void> {
      if (states.length === 0) return;
      const sorted = [...states].sort(byRow);
      await postgres.query(
        `insert into rotation_states (rotation_id, visitor, loads, state, updated_at)
         select g.rotation_id, g.visitor, g.loads, g.state::jsonb, $5::timestamptz
         from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) as g(rotation_id, visitor, loads, state)
         on conflict (visitor, rotation_id) do update
           set loads = excluded.loads, state = excluded.state, updated_at = excluded.updated_at
           where rotation_states.loads < excluded.loads`,
        [
          sorted.map(({ rotationId }) => rotationId),
          sorted.map(({ visitor }) => visitor),
          sorted.map(({ state }) => state.count),
          sorted.map(({ state }) => JSON.stringify(state)),
          new Date(nowMs),
        ],
      );
    },

    async read(visitor: string, rotationIds: readonly string[]): Promise<readonly KeptState[]> {
      const { rows } = await postgres.query<StateRow>(
        `select s.rotation_id, s.visitor, s.state from rotation_states s
         where s.visitor = $1 and s.rotation_id = any($2::text[])`,
        [visitor, rotationIds],
      );
      return rows.map((row) => ({ rotationId: row.rotation_id, visitor: row.visitor, state: row.state }));
    },

    erase,

    /** As `erase`, outside of a transaction. */
    eraseNow: (visitors: readonly string[]): Promise<number> => erase(postgres, visitors),

    /** Deletes up to 10,000 rows that are older, or the oldest beyond a number. @returns how many; call it until it is 0 */
    async prune(beforeMs: number, most: number): Promise<number> {
      const { rows } = await postgres.query<{ readonly n: number | string }>(
        `with surplus as (
           select greatest(0, count(*) - $2::bigint) as n from rotation_states s
         ), old as (
           select s.visitor, s.rotation_id, s.updated_at, row_number() over (order by s.updated_at) as place
           from rotation_states s order by s.updated_at limit ${erasedAtOnce}
         ), gone as (
           delete from rotation_states s using old, surplus
           where s.visitor = old.visitor and s.rotation_id = old.rotation_id
             and (old.updated_at < $1::timestamptz or old.place <= surplus.n)
           returning 1
         )
         select count(*) as n from gone`,
        [new Date(beforeMs), most],
      );
      return Number(rows[0]?.n ?? 0);
    },
  };
}

export type RotationStore = ReturnType<typeof createRotationStore>;
