import type { Sql } from "../storage/index.ts";
import type { Run, RunReport } from "./proposal.ts";

type RunRow = {
  id: string;
  status: Run["status"];
  started_by: string;
  started_at: Date;
  finished_at: Date | null;
  report: RunReport | null;
  error: string | null;
};

const toRun = (row: RunRow): Run => ({
  id: row.id,
  status: row.status,
  startedBy: row.started_by,
  startedAt: row.started_at.getTime(),
  finishedAt: row.finished_at?.getTime() ?? null,
  report: row.report,
  error: row.error,
});

const runColumns = "r.id, r.status, r.started_by, r.started_at, r.finished_at, r.report, r.error";
/** A run a minute for a day; older ones are removed. */
const keptRuns = 1_000;

/** Runs and fingerprints; a part of the store. */
export function createRunStore(sql: Sql) {
  return {
    /** @returns false when a run is under way; one that began before `staleBeforeMs` died with its process */
    async startRun(id: string, by: string, nowMs: number, staleBeforeMs: number): Promise<boolean> {
      await sql.query(
        `update duplicate_runs set status = 'failed', finished_at = to_timestamp($1::double precision / 1000), error = 'the process ended'
         where duplicate_runs.status = 'running' and duplicate_runs.started_at < to_timestamp($2::double precision / 1000)`,
        [nowMs, staleBeforeMs],
      );
      const { rowCount } = await sql.query(
        `insert into duplicate_runs (id, status, started_by, started_at)
         values ($1, 'running', $2, to_timestamp($3::double precision / 1000)) on conflict do nothing`,
        [id, by, nowMs],
      );
      return rowCount === 1;
    },

    async endRun(id: string, report: RunReport | null, error: string | null, nowMs: number): Promise<void> {
      await sql.query(
        `update duplicate_runs set status = $2, report = $3::jsonb, error = $4, finished_at = to_timestamp($5::double precision / 1000)
         where duplicate_runs.id = $1`,
        [id, report === null ? "failed" : "done", report === null ? null : JSON.stringify(report), error, nowMs],
      );
      await sql.query(
        `delete from duplicate_runs r where r.id in (
           select old.id from duplicate_runs old order by old.started_at desc offset $1)`,
        [keptRuns],
      );
    },

    /** Newest first. */
    async runs(limit: number): Promise<readonly Run[]> {
      const { rows } = await sql.query<RunRow>(
        `select ${runColumns} from duplicate_runs r order by r.started_at desc, r.id desc limit $1`,
        [limit],
      );
      return rows.map(toRun);
    },

    /** Fingerprints by profile, of ids after `afterId` up to `lastId`; null = no bound. */
    async fingerprints(afterId: string | null, lastId: string | null): Promise<ReadonlyMap<string, string>> {
      const { rows } = await sql.query<{ profile_id: string; fingerprint: string }>(
        `select f.profile_id, f.fingerprint from duplicate_fingerprints f
         where ($1::uuid is null or f.profile_id > $1::uuid) and ($2::uuid is null or f.profile_id <= $2::uuid)
         order by f.profile_id limit $3`,
        [afterId, lastId, maxFingerprints],
      );
      return new Map(rows.map((row) => [row.profile_id, row.fingerprint]));
    },

    async writeFingerprints(entries: readonly (readonly [profileId: string, fingerprint: string])[]): Promise<void> {
      if (entries.length === 0) return;
      await sql.query(
        `insert into duplicate_fingerprints (profile_id, fingerprint)
         select given.profile_id, given.fingerprint from unnest($1::uuid[], $2::text[]) as given(profile_id, fingerprint)
         on conflict (profile_id) do update set fingerprint = excluded.fingerprint`,
        [entries.map(([profileId]) => profileId), entries.map(([, fingerprint]) => fingerprint)],
      );
    },

    async removeFingerprints(profileIds: readonly string[]): Promise<void> {
      if (profileIds.length === 0) return;
      await sql.query("delete from duplicate_fingerprints f where f.profile_id = any($1::uuid[])", [profileIds]);
    },
  };
}

/** Between two neighbours of one page of profiles; those of vanished profiles in between go with the next runs. */
const maxFingerprints = 20_000;
