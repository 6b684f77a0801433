import type { Postgres } from "../storage/index.ts";
import type { AudienceBody } from "./audience-kind.ts";
import { createWorkStore, instant, toWork, type Work, type WorkRow, workColumns } from "./store-work.ts";

/** How far everybody has been judged by a version of an audience. */
export type Backfill = Work & {
  readonly audienceId: string;
  readonly version: number;
  /** What everybody was judged by last; null = nothing yet. */
  readonly served: { readonly version: number; readonly body: AudienceBody } | null;
};

/** How far the past events of a leaf are collected. */
export type StoredFill = Work & { readonly hash: string; readonly cutoff: number; readonly startedAt: number };

type BackfillRow = WorkRow & {
  audience_id: string;
  version: number;
  served_version: number | null;
  served_body: AudienceBody | null;
};
type FillRow = WorkRow & { hash: string; cutoff: Date; started_at: Date };

/** What is known of leaves and versions that are brought up to date. */
export function createBackfillStore(postgres: Postgres) {
  return {
    isShared: postgres.kind === "server",
    /** Work on leaves, by hash. */
    fillWork: createWorkStore(postgres, "audience_leaf_fills", "hash"),
    /** Work on audiences, by id. */
    judgeWork: createWorkStore(postgres, "audience_backfills", "audience_id"),

    async fills(): Promise<readonly StoredFill[]> {
      const { rows } = await postgres.query<FillRow>(
        `select work.hash, work.cutoff, work.started_at, ${workColumns} from audience_leaf_fills as work`,
      );
      return rows.map((row) => ({
        ...toWork(row),
        hash: row.hash,
        cutoff: row.cutoff.getTime(),
        startedAt: row.started_at.getTime(),
      }));
    },

    /** The first of several processes decides the cut-off. */
    async beginFills(hashes: readonly string[], cutoff: number, nowMs: number): Promise<void> {
      await postgres.query(
        `insert into audience_leaf_fills (hash, cutoff, status, started_at)
         select given.hash, ${instant("$2")}, 'computing', ${instant("$3")} from unnest($1::text[]) as given(hash)
         on conflict (hash) do nothing`,
        [hashes, cutoff, nowMs],
      );
    },

    async finishFills(hashes: readonly string[], runner: string, total: number, nowMs: number): Promise<void> {
      await postgres.query(
        `update audience_leaf_fills as work set status = 'live', done = $3, total = $3, reason = null, runner = null,
           heartbeat_at = ${instant("$4")} where work.hash = any($1::text[]) and work.runner = $2::uuid`,
        [hashes, runner, total, nowMs],
      );
    },

    async removeFills(hashes: readonly string[]): Promise<void> {
      await postgres.query("delete from audience_leaf_fills where audience_leaf_fills.hash = any($1::text[])", [
        hashes,
      ]);
    },

    async backfills(): Promise<readonly Backfill[]> {
      const { rows } = await postgres.query<BackfillRow>(
        `select work.audience_id, work.version, work.served_version, work.served_body, ${workColumns} from audience_backfills as work`,
      );
      return rows.map((row) => ({
        ...toWork(row),
        audienceId: row.audience_id,
        version: row.version,
        served:
          row.served_version === null || row.served_body === null
            ? null
            : { version: row.served_version, body: row.served_body },
      }));
    },

    /** Everybody is to be judged by these versions. A version that is at it already goes on, unless `again`. */
    async beginBackfills(
      wanted: readonly { readonly audienceId: string; readonly version: number }[],
      nowMs: number,
      again = false,
    ): Promise<void> {
      if (wanted.length === 0) return;
      await postgres.query(
        `insert into audience_backfills as work (audience_id, version, status, done, total, updated_at)
         select given.audience_id, given.version, 'computing', 0, 0, ${instant("$3")}
         from unnest($1::uuid[], $2::integer[]) as given(audience_id, version)
         on conflict (audience_id) do update set version = excluded.version, status = 'computing', done = 0, total = 0,
           failures = 0, reason = null, runner = null, updated_at = excluded.updated_at
         where $4::boolean or work.version <> excluded.version`,
        [wanted.map(({ audienceId }) => audienceId), wanted.map(({ version }) => version), nowMs, again],
      );
    },

    async finishBackfill(
      { audienceId, version, body }: { audienceId: string; version: number; body: AudienceBody },
      runner: string,
      total: number,
      nowMs: number,
    ): Promise<void> {
      await postgres.query(
        `update audience_backfills as work set status = 'live', done = $4, total = $4, reason = null, runner = null,
           served_version = $2, served_body = $5::jsonb, updated_at = ${instant("$6")}, heartbeat_at = ${instant("$6")}
         where work.audience_id = $1::uuid and work.version = $2 and work.runner = $3::uuid`,
        [audienceId, version, runner, total, JSON.stringify(body), nowMs],
      );
    },
  };
}

export type BackfillStore = ReturnType<typeof createBackfillStore>;
