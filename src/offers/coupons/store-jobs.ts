import type { Postgres } from "../../storage/index.ts";
import type { CodeSpec } from "./code-format.ts";

export type JobStatus = "queued" | "running" | "done" | "cancelled" | "failed";

/** What a generation makes. */
export type JobSpec = CodeSpec & {
  /** Uses of each code; null = as the rule says. */
  readonly limit: number | null;
  readonly expires: string | null;
};

export type GenerationJob = {
  readonly id: string;
  readonly poolId: string;
  readonly spec: JobSpec;
  readonly quantity: number;
  readonly done: number;
  readonly status: JobStatus;
  readonly error: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly finishedAt: number | null;
};

type JobRow = {
  job_id: string;
  pool_id: string;
  spec: JobSpec;
  quantity: number;
  done: number;
  status: JobStatus;
  error: string | null;
  created_at: Date;
  created_by: string;
  finished_at: Date | null;
};

const columns =
  "j.job_id, j.pool_id, j.spec, j.quantity, j.done, j.status, j.error, j.created_at, j.created_by, j.finished_at";
const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;

const toJob = (row: JobRow): GenerationJob => ({
  id: row.job_id,
  poolId: row.pool_id,
  spec: row.spec,
  quantity: row.quantity,
  done: row.done,
  status: row.status,
  error: row.error,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by,
  finishedAt: row.finished_at?.getTime() ?? null,
});

/** Generations of codes in PostgreSQL. */
export function createJobStore(postgres: Postgres) {
  return {
    /** @returns false when the pool is gone or put away: nothing was stored */
    async createJob(job: GenerationJob): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `insert into coupon_jobs (job_id, pool_id, spec, quantity, status, created_at, created_by)
         select $1, p.pool_id, $3::jsonb, $4, 'queued', ${time("$5")}, $6
         from coupon_pools p where p.pool_id = $2 and p.archived_at is null for share`,
        [job.id, job.poolId, JSON.stringify(job.spec), job.quantity, job.createdAt, job.createdBy],
      );
      return rowCount === 1;
    },

    async job(jobId: string): Promise<GenerationJob | undefined> {
      const { rows } = await postgres.query<JobRow>(`select ${columns} from coupon_jobs j where j.job_id = $1`, [
        jobId,
      ]);
      return rows.map(toJob)[0];
    },

    /** Newest first. */
    async jobsOf(poolId: string, limit: number): Promise<readonly GenerationJob[]> {
      const { rows } = await postgres.query<JobRow>(
        `select ${columns} from coupon_jobs j where j.pool_id = $1 order by j.created_at desc, j.job_id desc limit $2`,
        [poolId, limit],
      );
      return rows.map(toJob);
    },

    /** Codes that are made or will be, of the generations that nobody stopped. */
    async planned(poolId: string): Promise<number> {
      const { rows } = await postgres.query<{ planned: number }>(
        `select coalesce(sum(case when j.status in ('queued', 'running') then j.quantity else j.done end), 0)::bigint as planned
         from coupon_jobs j where j.pool_id = $1`,
        [poolId],
      );
      return rows[0]?.planned ?? 0;
    },

    /** Takes the oldest job that nobody is at, for the time of the lease. */
    async claim(lease: string, nowMs: number, leaseMs: number): Promise<GenerationJob | undefined> {
      const { rows } = await postgres.query<JobRow>(
        `update coupon_jobs j set status = 'running', lease = $1, leased_until = ${time("$3")}
         where j.job_id = (
           select open.job_id from coupon_jobs open
           where open.status = 'queued' or (open.status = 'running' and open.leased_until < ${time("$2")})
           order by open.created_at, open.job_id limit 1 for update skip locked)
         returning ${columns}`,
        [lease, nowMs, nowMs + leaseMs],
      );
      return rows.map(toJob)[0];
    },

    /**
     * Stores codes and the progress together: a run that dies leaves neither without the other.
     *
     * @returns the new progress; undefined when the job is no longer this run's: nothing was stored
     */
    async addGenerated(
      { id, poolId, spec }: GenerationJob,
      lease: string,
      codes: readonly string[],
      { nowMs, leaseMs }: { readonly nowMs: number; readonly leaseMs: number },
    ): Promise<number | undefined> {
      return postgres.transaction(async (tx) => {
        const held = await tx.query(
          "select 1 from coupon_jobs j where j.job_id = $1 and j.lease = $2 and j.status = 'running' for update",
          [id, lease],
        );
        if (held.rowCount === 0) return undefined;
        const { rowCount } = await tx.query(
          `insert into coupon_codes (code, pool_id, use_limit, expires, job_id, created_at)
           select given.code, $2::uuid, $3::integer, $4::date, $5::uuid, ${time("$6")}
           from unnest($1::text[]) as given(code) on conflict (code) do nothing`,
          [codes, poolId, spec.limit, spec.expires, id, nowMs],
        );
        const { rows } = await tx.query<{ done: number }>(
          `update coupon_jobs j set done = j.done + $2, leased_until = ${time("$3")} where j.job_id = $1 returning j.done`,
          [id, rowCount, nowMs + leaseMs],
        );
        return rows[0]?.done;
      });
    },

    async finish(jobId: string, lease: string, error: string | null, nowMs: number): Promise<void> {
      await postgres.query(
        `update coupon_jobs set status = case when $3::text is null then 'done' else 'failed' end, error = $3,
           finished_at = ${time("$4")}
         where coupon_jobs.job_id = $1 and coupon_jobs.lease = $2 and coupon_jobs.status = 'running'`,
        [jobId, lease, error, nowMs],
      );
    },

    /** Stops every generation of a pool that is under way. */
    async cancelAll(poolId: string, nowMs: number): Promise<void> {
      await postgres.query(
        `update coupon_jobs set status = 'cancelled', finished_at = ${time("$2")}
         where coupon_jobs.pool_id = $1 and coupon_jobs.status in ('queued', 'running')`,
        [poolId, nowMs],
      );
    },

    /** @returns false when it has ended already */
    async cancel(jobId: string, nowMs: number): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `update coupon_jobs set status = 'cancelled', finished_at = ${time("$2")}
         where coupon_jobs.job_id = $1 and coupon_jobs.status in ('queued', 'running')`,
        [jobId, nowMs],
      );
      return rowCount === 1;
    },
  };
}

export type JobStore = ReturnType<typeof createJobStore>;
