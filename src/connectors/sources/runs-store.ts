import type { Postgres, Sql } from "../../storage/index.ts";
import type { RecordRefusal, Run, RunCounts, RunState } from "./source.ts";

type RunRow = {
  run_id: string;
  source_id: string;
  started_at: Date;
  finished_at: Date | null;
  read: number;
  written: number;
  unchanged: number;
  rejected: number;
  deleted: number;
  state: RunState;
  error: string | null;
  faults: RecordRefusal[];
};

const columns =
  "r.run_id, r.source_id, r.started_at, r.finished_at, r.read, r.written, r.unchanged, r.rejected, r.deleted, r.state, r.error, r.faults";
const iso = (at: number) => new Date(at).toISOString();
const keptFaults = 100;

const toRun = ({ run_id, source_id, started_at, finished_at, ...row }: RunRow): Run => ({
  ...row,
  id: run_id,
  sourceId: source_id,
  startedAt: started_at.getTime(),
  finishedAt: finished_at?.getTime() ?? null,
});

/** Runs of sources: what each reading brought. */
export function createRunStore(postgres: Postgres) {
  return {
    start: async (id: string, sourceId: string, at: number): Promise<void> => {
      // Whoever holds the claim runs the source; a run that still says so was cut off with its process.
      await postgres.query(
        `update connector_runs set state = 'failed', finished_at = $2, error = 'the process ended before the run did'
         where source_id = $1 and state = 'running' and day is null`,
        [sourceId, iso(at)],
      );
      await postgres.query(
        "insert into connector_runs (run_id, source_id, started_at, state) values ($1, $2, $3, 'running')",
        [id, sourceId, iso(at)],
      );
    },
    /** The run of a webhook for a day of UTC. @returns its id */
    ofDay: async (id: string, sourceId: string, at: number): Promise<string> => {
      const { rows } = await postgres.query<{ run_id: string }>(
        `insert into connector_runs (run_id, source_id, day, started_at, state) values ($1, $2, $3::timestamptz at time zone 'UTC', $3, 'running')
         on conflict (source_id, day) do update set day = excluded.day returning run_id`,
        [id, sourceId, iso(at)],
      );
      await postgres.query(
        `update connector_runs set state = 'finished', finished_at = $3
         where source_id = $1 and run_id <> $2 and day is not null and state = 'running'`,
        [sourceId, rows[0]?.run_id ?? id, iso(at)],
      );
      return rows[0]?.run_id ?? id;
    },
    add: async (tx: Sql, id: string, counts: RunCounts, faults: readonly RecordRefusal[]): Promise<void> => {
      await tx.query(
        `update connector_runs set read = read + $2, written = written + $3, unchanged = unchanged + $4, rejected = rejected + $5, deleted = deleted + $6,
           faults = case when jsonb_array_length(faults) >= $8 then faults else faults || $7::jsonb end
         where run_id = $1`,
        [
          id,
          counts.read,
          counts.written,
          counts.unchanged,
          counts.rejected,
          counts.deleted,
          JSON.stringify(faults.slice(0, keptFaults)),
          keptFaults,
        ],
      );
    },
    finish: async (id: string, state: RunState, error: string | null, at: number): Promise<void> => {
      await postgres.query("update connector_runs set state = $2, error = $3, finished_at = $4 where run_id = $1", [
        id,
        state,
        error,
        iso(at),
      ]);
    },
    find: async (sourceId: string, id: string): Promise<Run | undefined> => {
      const { rows } = await postgres.query<RunRow>(
        `select ${columns} from connector_runs r where r.source_id = $1 and r.run_id = $2`,
        [sourceId, id],
      );
      return rows[0] && toRun(rows[0]);
    },
    list: async (
      sourceId: string,
      before: { readonly at: number; readonly id: string } | null,
      limit: number,
    ): Promise<readonly Run[]> => {
      const { rows } = await postgres.query<RunRow>(
        `select ${columns} from connector_runs r
         where r.source_id = $1 and ($2::timestamptz is null or (r.started_at, r.run_id) < ($2::timestamptz, $3::uuid))
         order by r.started_at desc, r.run_id desc limit $4`,
        [sourceId, before && iso(before.at), before?.id ?? null, limit],
      );
      return rows.map(toRun);
    },
    forget: async (before: number): Promise<void> => {
      await postgres.query("delete from connector_runs where started_at < $1 and state <> 'running'", [iso(before)]);
    },
  };
}
