import type { Postgres } from "../../storage/index.ts";
import type { SimulationReport } from "./report.ts";
import type { SimulationSettings } from "./settings.ts";

export type SimulationStatus = "running" | "done" | "cancelled" | "failed";

/** Times are Unix milliseconds. */
export type SimulationRun = {
  readonly id: string;
  readonly status: SimulationStatus;
  readonly settings: SimulationSettings;
  /** Orders. */
  readonly done: number;
  readonly total: number;
  readonly error: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly finishedAt: number | null;
};

type Row = {
  simulation_id: string;
  status: SimulationStatus;
  settings: SimulationSettings;
  done: number;
  total: number;
  error: string | null;
  created_at: Date;
  created_by: string;
  finished_at: Date | null;
};

const columns =
  "s.simulation_id, s.status, s.settings, s.done, s.total, s.error, s.created_at, s.created_by, s.finished_at";
const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;
const kept = 200;
/** A live run tells its progress every second or so; a batch never takes this long. */
const silentMs = 120_000;

const toRun = (row: Row): SimulationRun => ({
  ...{ id: row.simulation_id, status: row.status, settings: row.settings, done: row.done, total: row.total },
  error: row.error,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by,
  finishedAt: row.finished_at?.getTime() ?? null,
});

/** Simulations in PostgreSQL; the newest 200 are kept. */
export function createSimulationStore(postgres: Postgres) {
  return {
    /** @returns false while another one runs: they take a core and memory */
    async begin(run: Pick<SimulationRun, "id" | "settings" | "createdAt" | "createdBy">): Promise<boolean> {
      return postgres.transaction(async (tx) => {
        // Of two that begin at once, the second waits and sees the first.
        await tx.query("lock table offer_simulations in share row exclusive mode");
        await tx.query(
          `update offer_simulations set status = 'failed', error = 'the process ended', finished_at = ${time("$1")}
           where offer_simulations.status = 'running' and offer_simulations.told_at < ${time("$2")}`,
          [run.createdAt, run.createdAt - silentMs],
        );
        const { rowCount } = await tx.query(
          `insert into offer_simulations (simulation_id, status, settings, created_at, created_by, told_at)
           select $1, 'running', $2::jsonb, ${time("$3")}, $4, ${time("$3")}
           where not exists (select 1 from offer_simulations s where s.status = 'running')`,
          [run.id, JSON.stringify(run.settings), run.createdAt, run.createdBy],
        );
        await tx.query(
          `delete from offer_simulations where offer_simulations.status <> 'running' and offer_simulations.simulation_id not in
             (select s.simulation_id from offer_simulations s order by s.created_at desc limit ${kept})`,
        );
        return rowCount === 1;
      });
    },

    /** @returns false when the run was cancelled or counts as dead */
    async tell(id: string, { done, total, at }: { done: number; total: number; at: number }): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `update offer_simulations set done = $2, total = $3, told_at = ${time("$4")}
         where offer_simulations.simulation_id = $1 and offer_simulations.status = 'running'`,
        [id, done, total, at],
      );
      return rowCount === 1;
    },

    /** Ends a run that still runs. */
    async finish(
      id: string,
      end: {
        readonly status: Exclude<SimulationStatus, "running">;
        readonly result: SimulationReport | null;
        readonly error: string | null;
        readonly at: number;
      },
    ): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `update offer_simulations set status = $2, result = $3::jsonb, error = $4, finished_at = ${time("$5")}
         where offer_simulations.simulation_id = $1 and offer_simulations.status = 'running'`,
        [id, end.status, end.result === null ? null : JSON.stringify(end.result), end.error, end.at],
      );
      return rowCount === 1;
    },

    async find(id: string): Promise<(SimulationRun & { readonly result: SimulationReport | null }) | undefined> {
      const { rows } = await postgres.query<Row & { result: SimulationReport | null }>(
        `select ${columns}, s.result from offer_simulations s where s.simulation_id = $1`,
        [id],
      );
      const [row] = rows;
      return row && { ...toRun(row), result: row.result };
    },

    /** Newest first. */
    async list(limit: number, before: { readonly at: number; readonly id: string } | null) {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from offer_simulations s
         where $2::double precision is null or (s.created_at, s.simulation_id) < (${time("$2")}, $3::uuid)
         order by s.created_at desc, s.simulation_id desc limit $1`,
        [limit, before?.at ?? null, before?.id ?? null],
      );
      return rows.map(toRun);
    },
  };
}

export type SimulationStore = ReturnType<typeof createSimulationStore>;
