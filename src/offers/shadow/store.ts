import type { Postgres, Sql } from "../../storage/index.ts";
import type { RuleChange } from "../cart-rules/index.ts";
import type { ShadowSettings } from "./settings.ts";
import { type Coverage, coverageNames, type ShadowDraft, type ShadowRun } from "./shadow-run.ts";

type Row = {
  shadow_id: string;
  name: string;
  status: "running" | "stopped";
  is_over: boolean;
  settings: ShadowSettings;
  created_at: Date;
  created_by: string;
  ends_at: Date;
  stopped_at: Date | null;
} & Record<keyof Coverage, string | number>;

export const maxRunning = 3;
/** Carts that one run may judge: beyond it, it is over. Some gigabytes at most. */
const mostJudged = 5_000_000;
const kept = 100;
const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;
const isOver = (now: string) => `(r.ends_at <= ${time(now)} or r.judged >= ${mostJudged})`;
/** @param now parameter with the time, Unix milliseconds */
const columns = (now: string) =>
  `r.shadow_id, r.name, r.status, ${isOver(now)} as is_over, r.settings, r.seen, r.judged, r.superseded, r.dropped, r.failed,
   r.created_at, r.created_by, r.ends_at, r.stopped_at`;

const toRun = (row: Row): ShadowRun => ({
  ...{ id: row.shadow_id, name: row.name, settings: row.settings, createdBy: row.created_by },
  status: row.is_over ? "ended" : row.status,
  coverage: {
    seen: Number(row.seen),
    judged: Number(row.judged),
    superseded: Number(row.superseded),
    dropped: Number(row.dropped),
    failed: Number(row.failed),
  },
  createdAt: row.created_at.getTime(),
  endsAt: row.ends_at.getTime(),
  stoppedAt: row.stopped_at?.getTime() ?? null,
});

/** Of two that begin or resume at once, the second waits and sees the first. @returns whether one more may run */
async function hasPlace(tx: Sql, nowMs: number): Promise<boolean> {
  await tx.query("lock table offer_shadow_runs in share row exclusive mode");
  const { rows } = await tx.query<{ n: number | string }>(
    `select count(*) as n from offer_shadow_runs r where r.status = 'running' and not ${isOver("$1")}`,
    [nowMs],
  );
  return Number(rows[0]?.n ?? 0) < maxRunning;
}

/** Shadow runs in PostgreSQL; of those that do not run, the newest 100 are kept. */
export function createShadowStore(postgres: Postgres) {
  return {
    /** @returns false while three run: each is judged for every cart */
    begin: (
      run: Pick<ShadowRun, "id" | "name" | "settings" | "createdAt" | "createdBy" | "endsAt">,
      change: RuleChange,
    ): Promise<boolean> =>
      postgres.transaction(async (tx) => {
        if (!(await hasPlace(tx, run.createdAt))) return false;
        await tx.query(
          `insert into offer_shadow_runs (shadow_id, name, status, settings, change, created_at, created_by, ends_at)
           values ($1, $2, 'running', $3::jsonb, $4::jsonb, ${time("$5")}, $6, ${time("$7")})`,
          [
            ...[run.id, run.name, JSON.stringify(run.settings), JSON.stringify(change)],
            ...[run.createdAt, run.createdBy, run.endsAt],
          ],
        );
        await tx.query(
          `delete from offer_shadow_runs where offer_shadow_runs.shadow_id in (
             select r.shadow_id from offer_shadow_runs r where r.status <> 'running' or ${isOver("$1")}
             order by r.created_at desc offset ${kept})`,
          [run.createdAt],
        );
        return true;
      }),

    /** Stops one that runs. May be repeated. */
    async stop(id: string, at: number): Promise<void> {
      await postgres.query(
        `update offer_shadow_runs as r set status = 'stopped', stopped_at = ${time("$2")}
         where r.shadow_id = $1 and r.status = 'running' and not ${isOver("$2")}`,
        [id, at],
      );
    },

    /** Lets one that was stopped go on. @returns false while three run */
    resume: (id: string, nowMs: number): Promise<boolean> =>
      postgres.transaction(async (tx) => {
        if (!(await hasPlace(tx, nowMs))) return false;
        await tx.query(
          `update offer_shadow_runs as r set status = 'running', stopped_at = null
           where r.shadow_id = $1 and r.status = 'stopped' and not ${isOver("$2")}`,
          [id, nowMs],
        );
        return true;
      }),

    /** May be repeated. */
    async remove(id: string): Promise<void> {
      await postgres.query("delete from offer_shadow_runs where offer_shadow_runs.shadow_id = $1", [id]);
    },

    /** Forgets runs that ended or were stopped before a time. */
    async removeBefore(before: number, nowMs: number): Promise<void> {
      await postgres.query(
        `delete from offer_shadow_runs as r where (r.status = 'stopped' and r.stopped_at < ${time("$1")})
           or (${isOver("$2")} and r.ends_at < ${time("$1")})`,
        [before, nowMs],
      );
    },

    /** Adds what was counted since the last call. */
    async count(id: string, added: Coverage): Promise<void> {
      await postgres.query(
        `update offer_shadow_runs set ${coverageNames.map((name, at) => `${name} = ${name} + $${at + 2}::bigint`).join(", ")}
         where offer_shadow_runs.shadow_id = $1`,
        [id, ...coverageNames.map((name) => added[name])],
      );
    },

    /** Ids of the runs that go on. */
    async running(nowMs: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ shadow_id: string }>(
        `select r.shadow_id from offer_shadow_runs r where r.status = 'running' and not ${isOver("$1")} order by r.created_at`,
        [nowMs],
      );
      return rows.map(({ shadow_id }) => shadow_id);
    },

    async ids(): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ shadow_id: string }>("select r.shadow_id from offer_shadow_runs r");
      return rows.map(({ shadow_id }) => shadow_id);
    },

    async find(id: string, nowMs: number): Promise<ShadowDraft | undefined> {
      const { rows } = await postgres.query<Row & { change: RuleChange }>(
        `select ${columns("$2")}, r.change from offer_shadow_runs r where r.shadow_id = $1`,
        [id, nowMs],
      );
      const [row] = rows;
      return row && { ...toRun(row), change: row.change };
    },

    /** Newest first. */
    async list(nowMs: number, limit: number, before: { readonly at: number; readonly id: string } | null) {
      const { rows } = await postgres.query<Row>(
        `select ${columns("$1")} from offer_shadow_runs r
         where $3::double precision is null or (r.created_at, r.shadow_id) < (${time("$3")}, $4::uuid)
         order by r.created_at desc, r.shadow_id desc limit $2`,
        [nowMs, limit, before?.at ?? null, before?.id ?? null],
      );
      return rows.map(toRun);
    },
  };
}

export type ShadowStore = ReturnType<typeof createShadowStore>;
