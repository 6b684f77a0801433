import type { Postgres, Sql } from "../../storage/index.ts";
import type { Cell, Count } from "./caps.ts";

/** Stands for everybody together. */
export const everybody = "00000000-0000-0000-0000-000000000000";

export type Increment = Cell & { readonly profileId: string; readonly slot: number; readonly n: number };
export type OfferCount = Count & { readonly offerId: string };
export type TotalCount = OfferCount & { readonly slot: number };

type CountRow = {
  profile_id: string;
  offer_id: string;
  counted: string;
  placement: string;
  day: number;
  slot: number;
  n: number | string;
};

const toCount = (row: Omit<CountRow, "profile_id" | "slot">): OfferCount => ({
  offerId: row.offer_id,
  counted: row.counted,
  placement: row.placement,
  day: row.day,
  n: Number(row.n),
});
const toTotal = (row: Omit<CountRow, "profile_id">): TotalCount => ({ ...toCount(row), slot: row.slot });

/** One order for all writers: two that count the same never wait for each other in a circle. */
function compareIncrements(a: Increment, b: Increment): number {
  for (const field of ["profileId", "offerId", "counted", "placement", "day", "slot"] as const)
    if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  return 0;
}

const totalColumns = "c.offer_id, c.counted, c.placement, c.day, c.slot, c.n";
/** A transaction that counts is over within this time. */
const overlap = "interval '20 seconds'";
const maxTotals = 500_000;

/** All PostgreSQL of offer counts. */
export function createOfferCountStore(postgres: Postgres) {
  return {
    isShared: postgres.kind === "server",
    transaction: <T>(work: (tx: Sql) => Promise<T>): Promise<T> => postgres.transaction(work),

    /** Adds; the caller names each cell once. @returns what the cells of everybody come to */
    async add(sql: Sql, increments: readonly Increment[]): Promise<readonly TotalCount[]> {
      if (increments.length === 0) return [];
      const sorted = [...increments].sort(compareIncrements);
      const { rows } = await sql.query<CountRow>(
        `insert into offer_counts (profile_id, offer_id, counted, placement, day, slot, n, updated_at)
         select g.profile_id, g.offer_id, g.counted, g.placement, g.day, g.slot, g.n, clock_timestamp()
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::smallint[], $7::bigint[])
           as g(profile_id, offer_id, counted, placement, day, slot, n)
         on conflict (profile_id, offer_id, counted, placement, day, slot)
           do update set n = offer_counts.n + excluded.n, updated_at = excluded.updated_at
         returning offer_counts.profile_id, offer_counts.offer_id, offer_counts.counted, offer_counts.placement, offer_counts.day,
           offer_counts.slot, offer_counts.n`,
        [
          sorted.map(({ profileId }) => profileId),
          sorted.map(({ offerId }) => offerId),
          sorted.map(({ counted }) => counted),
          sorted.map(({ placement }) => placement),
          sorted.map(({ day }) => day),
          sorted.map(({ slot }) => slot),
          sorted.map(({ n }) => n),
        ],
      );
      return rows.filter((row) => row.profile_id === everybody).map(toTotal);
    },

    async ofProfile(profileId: string): Promise<readonly OfferCount[]> {
      const { rows } = await postgres.query<CountRow>(
        `select c.offer_id, c.counted, c.placement, c.day, sum(c.n)::bigint as n from offer_counts c
         where c.profile_id = $1::uuid group by c.offer_id, c.counted, c.placement, c.day`,
        [profileId],
      );
      return rows.map(toCount);
    },

    /** Everything that offers came to, for everybody together. */
    async totalsOf(offerIds: readonly string[]): Promise<readonly TotalCount[]> {
      if (offerIds.length === 0) return [];
      const { rows } = await postgres.query<CountRow>(
        `select ${totalColumns} from offer_counts c
         where c.profile_id = '${everybody}' and c.offer_id = any($1::uuid[]) order by c.day desc limit ${maxTotals}`,
        [offerIds],
      );
      return rows.map(toTotal);
    },

    /** Counts of everybody that changed lately. */
    async changedTotals(): Promise<readonly TotalCount[]> {
      const { rows } = await postgres.query<CountRow>(
        `select ${totalColumns} from offer_counts c
         where c.profile_id = '${everybody}' and c.updated_at >= clock_timestamp() - ${overlap} limit ${maxTotals}`,
      );
      return rows.map(toTotal);
    },

    /** The counts of profiles that were merged away become those of who they are now; those of nobody go. */
    async merge(tx: Sql, survivorByLoser: ReadonlyMap<string, string>): Promise<void> {
      if (survivorByLoser.size === 0) return;
      const losers = [...survivorByLoser.keys()].sort();
      const survivors = losers.map((loser) => survivorByLoser.get(loser) ?? everybody);
      await tx.query(
        `with moved as (
           delete from offer_counts c using unnest($1::uuid[], $2::uuid[]) as m(loser, survivor)
           where c.profile_id = m.loser and m.loser <> '${everybody}'
           returning m.survivor, c.offer_id, c.counted, c.placement, c.day, c.n)
         insert into offer_counts (profile_id, offer_id, counted, placement, day, slot, n, updated_at)
         select moved.survivor, moved.offer_id, moved.counted, moved.placement, moved.day, 0, sum(moved.n), clock_timestamp()
         from moved where moved.survivor <> '${everybody}'
         group by moved.survivor, moved.offer_id, moved.counted, moved.placement, moved.day
         order by 1, 2, 3, 4, 5
         on conflict (profile_id, offer_id, counted, placement, day, slot)
           do update set n = offer_counts.n + excluded.n, updated_at = excluded.updated_at`,
        [losers, survivors],
      );
    },

    /** Forgets persons. @returns rows deleted */
    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      const { rowCount } = await tx.query(
        `delete from offer_counts c where c.profile_id = any($1::uuid[]) and c.profile_id <> '${everybody}'`,
        [profileIds],
      );
      return rowCount;
    },

    /** Days that no period reaches any more become one, the day -1; a part at a time. @returns rows made less */
    async fold(beforeDay: number, limit: number): Promise<number> {
      const { rowCount } = await postgres.query(
        `with old as (
           delete from offer_counts c where (c.profile_id, c.offer_id, c.counted, c.placement, c.day, c.slot) in (
             select o.profile_id, o.offer_id, o.counted, o.placement, o.day, o.slot from offer_counts o
             where o.day >= 0 and o.day < $1 order by o.day limit $2)
           returning c.profile_id, c.offer_id, c.counted, c.placement, c.slot, c.n)
         insert into offer_counts (profile_id, offer_id, counted, placement, day, slot, n, updated_at)
         select old.profile_id, old.offer_id, old.counted, old.placement, -1, old.slot, sum(old.n), clock_timestamp()
         from old group by old.profile_id, old.offer_id, old.counted, old.placement, old.slot
         on conflict (profile_id, offer_id, counted, placement, day, slot)
           do update set n = offer_counts.n + excluded.n, updated_at = excluded.updated_at`,
        [beforeDay, limit],
      );
      return rowCount;
    },
  };
}

export type OfferCountStore = ReturnType<typeof createOfferCountStore>;
