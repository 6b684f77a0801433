import type { Postgres } from "../storage/index.ts";
import { instant } from "./store-work.ts";

export type SizeStep = "hour" | "day";
/** Entries and exits of a period, and the members at its end as far as they were written down; null = not. */
export type Movement = {
  readonly at: number;
  readonly entered: number;
  readonly exited: number;
  readonly size: number | null;
};

/** An exact count under way; `done` and `total` are profiles. */
export type StoredEstimate = {
  readonly id: string;
  readonly status: "computing" | "live" | "failed";
  readonly done: number;
  readonly total: number;
  readonly count: number | null;
  readonly reason: string | null;
  readonly updatedAt: number;
};

type MovementRow = { at: Date; entered: string | number; exited: string | number; size: string | number | null };

/** Sizes, overlaps and exact counts of audiences. */
export function createEstimateStore(postgres: Postgres) {
  return {
    /** Number of profiles by the set of these audiences that they are in, as bits in the given order. */
    async membersBySet(audienceIds: readonly string[]): Promise<ReadonlyMap<number, number>> {
      const { rows } = await postgres.query<{ bits: number; count: string | number }>(
        `select by_profile.bits, count(*) as count from (
           select audience_memberships.profile_id, sum(1 << (given.place - 1)::integer)::integer as bits
           from audience_memberships
           join unnest($1::uuid[]) with ordinality as given(audience_id, place)
             on audience_memberships.audience_id = given.audience_id
           group by audience_memberships.profile_id
         ) as by_profile group by by_profile.bits`,
        [audienceIds],
      );
      return new Map(rows.map(({ bits, count }) => [Number(bits), Number(count)]));
    },

    /** Writes down the present sizes as those of the period that ends at `at`. May be repeated. */
    async recordSizes(audienceIds: readonly string[], at: number): Promise<void> {
      if (audienceIds.length === 0) return;
      await postgres.query(
        `insert into audience_sizes (audience_id, at, size)
         select given.audience_id, ${instant("$2")},
           (select count(*) from audience_memberships where audience_memberships.audience_id = given.audience_id)
         from unnest($1::uuid[]) as given(audience_id) on conflict (audience_id, at) do nothing`,
        [audienceIds, at],
      );
    },

    /** When sizes were last written down; null = never. */
    async lastSizesAt(): Promise<number | null> {
      const { rows } = await postgres.query<{ at: Date | null }>(
        "select max(audience_sizes.at) as at from audience_sizes",
      );
      return rows[0]?.at?.getTime() ?? null;
    },

    async forgetSizes(before: number): Promise<void> {
      await postgres.query(`delete from audience_sizes where audience_sizes.at < ${instant("$1")}`, [before]);
    },

    /** Periods in UTC in which something was written down or somebody moved, ascending; `at` is the start of each. */
    async movements(audienceId: string, from: number, to: number, step: SizeStep): Promise<readonly Movement[]> {
      const { rows } = await postgres.query<MovementRow>(
        `select moves.at, sum(moves.entered) as entered, sum(moves.exited) as exited,
           (array_agg(moves.size order by moves.exact desc) filter (where moves.size is not null))[1] as size
         from (
           select date_trunc($4::text, audience_transitions.at, 'UTC') as at, count(*) filter (where audience_transitions.entered) as entered,
             count(*) filter (where not audience_transitions.entered) as exited, null::bigint as size, null::timestamptz as exact
           from audience_transitions
           where audience_transitions.audience_id = $1 and audience_transitions.at >= ${instant("$2")} and audience_transitions.at < ${instant("$3")}
           group by 1
           union all
           select date_trunc($4::text, audience_sizes.at - interval '1 millisecond', 'UTC'), 0, 0, audience_sizes.size, audience_sizes.at
           from audience_sizes
           where audience_sizes.audience_id = $1 and audience_sizes.at > ${instant("$2")} and audience_sizes.at <= ${instant("$3")}
         ) as moves group by moves.at order by moves.at`,
        [audienceId, from, to, step],
      );
      return rows.map(({ at, entered, exited, size }) => ({
        at: at.getTime(),
        entered: Number(entered),
        exited: Number(exited),
        size: size === null ? null : Number(size),
      }));
    },

    /** Entries less exits since an instant. */
    async netSince(audienceId: string, at: number): Promise<number> {
      const { rows } = await postgres.query<{ net: string | number | null }>(
        `select sum(case when audience_transitions.entered then 1 else -1 end) as net from audience_transitions
         where audience_transitions.audience_id = $1 and audience_transitions.at >= ${instant("$2")}`,
        [audienceId, at],
      );
      return Number(rows[0]?.net ?? 0);
    },

    async beginEstimate(id: string, nowMs: number): Promise<void> {
      await postgres.query(
        `insert into audience_estimates (audience_estimate_id, status, created_at, updated_at)
         values ($1, 'computing', ${instant("$2")}, ${instant("$2")})`,
        [id, nowMs],
      );
    },

    async writeEstimate(
      id: string,
      part: Pick<StoredEstimate, "status" | "done" | "total" | "count" | "reason">,
      nowMs: number,
    ): Promise<void> {
      await postgres.query(
        `update audience_estimates set status = $2, done = $3, total = $4, result = $5::jsonb, reason = $6,
           updated_at = ${instant("$7")} where audience_estimates.audience_estimate_id = $1`,
        [
          id,
          part.status,
          part.done,
          part.total,
          part.count === null ? null : JSON.stringify({ count: part.count }),
          part.reason,
          nowMs,
        ],
      );
    },

    async estimate(id: string): Promise<StoredEstimate | undefined> {
      const { rows } = await postgres.query<{
        status: StoredEstimate["status"];
        done: string | number;
        total: string | number;
        result: { readonly count: number } | null;
        reason: string | null;
        updated_at: Date;
      }>(
        `select audience_estimates.status, audience_estimates.done, audience_estimates.total, audience_estimates.result,
           audience_estimates.reason, audience_estimates.updated_at
         from audience_estimates where audience_estimates.audience_estimate_id = $1`,
        [id],
      );
      return (
        rows[0] && {
          id,
          status: rows[0].status,
          done: Number(rows[0].done),
          total: Number(rows[0].total),
          count: rows[0].result?.count ?? null,
          reason: rows[0].reason,
          updatedAt: rows[0].updated_at.getTime(),
        }
      );
    },

    async forgetEstimates(before: number): Promise<void> {
      await postgres.query(`delete from audience_estimates where audience_estimates.created_at < ${instant("$1")}`, [
        before,
      ]);
    },
  };
}

export type EstimateStore = ReturnType<typeof createEstimateStore>;
