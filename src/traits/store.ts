import type { Postgres } from "../storage/index.ts";
import type { TraitBody } from "./trait-body.ts";

export type ComputationStatus = "computing" | "live" | "failed";

/** One way of computing a trait, and how far the count of the past has come. Times in ms. */
export type StoredComputation = {
  readonly hash: string;
  readonly key: string;
  readonly version: number;
  readonly body: TraitBody;
  readonly cutoff: number;
  readonly status: ComputationStatus;
  /** Events. */
  readonly done: number;
  readonly total: number;
  readonly failures: number;
  readonly reason: string | null;
  readonly computedThrough: number | null;
  readonly startedAt: number;
  readonly heartbeatAt: number | null;
  readonly finishedAt: number | null;
};

type Row = {
  hash: string;
  trait_key: string;
  version: number;
  body: TraitBody;
  cutoff: Date;
  status: ComputationStatus;
  done: string | number;
  total: string | number;
  failures: number;
  reason: string | null;
  computed_through: Date | null;
  started_at: Date;
  heartbeat_at: Date | null;
  finished_at: Date | null;
};

const toComputation = (row: Row): StoredComputation => ({
  hash: row.hash,
  key: row.trait_key,
  version: row.version,
  body: row.body,
  cutoff: row.cutoff.getTime(),
  status: row.status,
  done: Number(row.done),
  total: Number(row.total),
  failures: row.failures,
  reason: row.reason,
  computedThrough: row.computed_through?.getTime() ?? null,
  startedAt: row.started_at.getTime(),
  heartbeatAt: row.heartbeat_at?.getTime() ?? null,
  finishedAt: row.finished_at?.getTime() ?? null,
});

const columns = `trait_computations.hash, trait_computations.trait_key, trait_computations.version, trait_computations.body,
  trait_computations.cutoff, trait_computations.status, trait_computations.done, trait_computations.total, trait_computations.failures,
  trait_computations.reason, trait_computations.computed_through, trait_computations.started_at, trait_computations.heartbeat_at,
  trait_computations.finished_at`;

const at = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

/** All PostgreSQL of traits. */
export function createTraitStore(postgres: Postgres) {
  return {
    isShared: postgres.kind === "server",

    async computations(): Promise<readonly StoredComputation[]> {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from trait_computations order by trait_computations.started_at, trait_computations.hash`,
      );
      return rows.map(toComputation);
    },

    /** The first of several processes decides the cut-off. */
    async begin(
      computation: Pick<StoredComputation, "hash" | "key" | "version" | "body" | "cutoff">,
      nowMs: number,
    ): Promise<void> {
      await postgres.query(
        `insert into trait_computations (hash, trait_key, version, body, cutoff, status, started_at)
         values ($1, $2, $3, $4::jsonb, ${at("$5")}, 'computing', ${at("$6")}) on conflict (hash) do nothing`,
        [
          computation.hash,
          computation.key,
          computation.version,
          JSON.stringify(computation.body),
          computation.cutoff,
          nowMs,
        ],
      );
    },

    /**
     * Takes a computation that nobody works on; one without a heartbeat for `staleMs` was left behind and counts as a failure.
     *
     * @returns false when somebody does
     */
    async claim(hash: string, nowMs: number, staleMs: number): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `update trait_computations set heartbeat_at = ${at("$2")}, done = 0,
           failures = trait_computations.failures + case when trait_computations.heartbeat_at is null then 0 else 1 end
         where trait_computations.hash = $1 and trait_computations.status = 'computing'
           and (trait_computations.heartbeat_at is null or trait_computations.heartbeat_at <= ${at("$3")})`,
        [hash, nowMs, nowMs - staleMs],
      );
      return rowCount === 1;
    },

    async progress(hash: string, done: number, total: number, nowMs: number): Promise<void> {
      await postgres.query(
        `update trait_computations set done = $2, total = $3, heartbeat_at = ${at("$4")}
         where trait_computations.hash = $1 and trait_computations.status = 'computing'`,
        [hash, done, total, nowMs],
      );
    },

    async finish(hash: string, done: number, computedThrough: number, nowMs: number): Promise<void> {
      await postgres.query(
        `update trait_computations set status = 'live', done = $2, total = $2, reason = null, computed_through = ${at("$3")},
           finished_at = ${at("$4")}, heartbeat_at = ${at("$4")} where trait_computations.hash = $1`,
        [hash, done, computedThrough, nowMs],
      );
    },

    /** Gives the computation back for another try, or for good when it failed `limit` times. */
    async fail(hash: string, reason: string, limit: number): Promise<void> {
      await postgres.query(
        `update trait_computations set failures = trait_computations.failures + 1, reason = $2, heartbeat_at = null,
           status = case when trait_computations.failures + 1 >= $3 then 'failed' else 'computing' end
         where trait_computations.hash = $1`,
        [hash, reason.slice(0, 500), limit],
      );
    },

    /** Gives the computation back untouched: the process stops. */
    async release(hash: string): Promise<void> {
      await postgres.query(
        "update trait_computations set heartbeat_at = null where trait_computations.hash = $1 and trait_computations.status = 'computing'",
        [hash],
      );
    },

    /** Ends a computation that was left behind too often. */
    async giveUp(hash: string, reason: string): Promise<void> {
      await postgres.query(
        "update trait_computations set status = 'failed', reason = $2 where trait_computations.hash = $1",
        [hash, reason],
      );
    },

    /** Starts a failed computation again. The cut-off stays: later events have been folded all along. */
    async restart(hash: string): Promise<void> {
      await postgres.query(
        `update trait_computations set status = 'computing', failures = 0, reason = null, heartbeat_at = null, done = 0
         where trait_computations.hash = $1 and trait_computations.status = 'failed'`,
        [hash],
      );
    },

    async remove(hashes: readonly string[]): Promise<void> {
      if (hashes.length === 0) return;
      await postgres.query("delete from trait_computations where trait_computations.hash = any($1::text[])", [hashes]);
    },
  };
}

export type TraitStore = ReturnType<typeof createTraitStore>;
