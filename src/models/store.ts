import type { JsonValue } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { GateVerdict, Model, ModelRun, ModelSettings, ModelVersion } from "./model.ts";

type ModelRow = {
  model_key: string;
  label: string;
  settings: ModelSettings;
  live_version: number | null;
  created_at: Date;
  created_by: string;
  requested_at: Date | null;
};
type VersionRow = {
  model_key: string;
  version: number;
  run_id: string;
  trained_at: Date;
  seed: number;
  gate_passed: boolean;
  gate_reasons: string[];
  status: ModelVersion["status"];
  promoted_at: Date | null;
  promoted_by: string | null;
};
type RunRow = {
  id: string;
  model_key: string;
  purpose: ModelRun["purpose"];
  status: ModelRun["status"];
  stage: string;
  done: string | number;
  total: string | number;
  started_by: string;
  started_at: Date;
  heartbeat_at: Date;
  finished_at: Date | null;
  version: number | null;
  error: string | null;
};

const toModel = (row: ModelRow): Model => ({
  key: row.model_key,
  label: row.label,
  settings: row.settings,
  liveVersion: row.live_version,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by,
  requestedAt: row.requested_at?.getTime() ?? null,
});
const toVersion = (row: VersionRow): ModelVersion => ({
  key: row.model_key,
  version: row.version,
  runId: row.run_id,
  trainedAt: row.trained_at.getTime(),
  seed: row.seed,
  gate: { passed: row.gate_passed, reasons: row.gate_reasons },
  status: row.status,
  promotedAt: row.promoted_at?.getTime() ?? null,
  promotedBy: row.promoted_by,
});
const toRun = (row: RunRow): ModelRun => ({
  id: row.id,
  key: row.model_key,
  purpose: row.purpose,
  status: row.status,
  stage: row.stage,
  done: Number(row.done),
  total: Number(row.total),
  startedBy: row.started_by,
  startedAt: row.started_at.getTime(),
  heartbeatAt: row.heartbeat_at.getTime(),
  finishedAt: row.finished_at?.getTime() ?? null,
  version: row.version,
  error: row.error,
});

const modelColumns = "m.model_key, m.label, m.settings, m.live_version, m.created_at, m.created_by, m.requested_at";
const versionColumns = `v.model_key, v.version, v.run_id, v.trained_at, v.seed, v.gate_passed, v.gate_reasons, v.status,
  v.promoted_at, v.promoted_by`;
const runColumns = `r.id, r.model_key, r.purpose, r.status, r.stage, r.done, r.total, r.started_by, r.started_at, r.heartbeat_at,
  r.finished_at, r.version, r.error`;
const at = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;
/** Of each model; older ones are removed. */
const keptVersions = 30;
const keptRuns = 200;

export type NewVersion = {
  readonly key: string;
  readonly runId: string;
  readonly trainedAt: number;
  readonly seed: number;
  readonly artefact: object;
  readonly report: object;
  readonly gate: GateVerdict;
  /** Versions that are kept of the model; default 30. */
  readonly kept?: number;
};

/** Whether a run is still this process's; `lost` = another one took it for dead. */
export type Hold = "ours" | "cancelled" | "lost";

function holdOf(row: { readonly is_cancelled: boolean } | undefined): Hold {
  if (!row) return "lost";
  return row.is_cancelled ? "cancelled" : "ours";
}

/** All PostgreSQL of models. Functions with a `tx` run inside a transaction. */
export function createModelStore(postgres: Postgres) {
  return {
    isShared: postgres.kind === "server",
    transaction: <T>(work: (tx: Sql) => Promise<T>): Promise<T> => postgres.transaction(work),

    /** Adds a model; one of that key that was archived comes back with the new settings. */
    async add(sql: Sql, model: Pick<Model, "key" | "label" | "settings">, by: string, nowMs: number): Promise<void> {
      await sql.query(
        `insert into models (model_key, kind, label, settings, created_at, created_by) values ($1, $2, $3, $4::jsonb, ${at("$5")}, $6)
         on conflict (model_key) do update set label = excluded.label, settings = excluded.settings, archived_at = null`,
        [model.key, model.settings.kind, model.label, JSON.stringify(model.settings), nowMs, by],
      );
    },
    async addMissing(models: readonly Pick<Model, "key" | "label" | "settings">[], nowMs: number): Promise<void> {
      for (const { key, label, settings } of models)
        await postgres.query(
          `insert into models (model_key, kind, label, settings, created_at, created_by)
           values ($1, $2, $3, $4::jsonb, ${at("$5")}, 'system') on conflict (model_key) do nothing`,
          [key, settings.kind, label, JSON.stringify(settings), nowMs],
        );
    },
    async archive(tx: Sql, key: string, nowMs: number): Promise<void> {
      await tx.query(`update models set archived_at = ${at("$2")}, live_version = null where models.model_key = $1`, [
        key,
        nowMs,
      ]);
    },
    /** Asks the trainer for a training. */
    async request(tx: Sql, key: string, nowMs: number): Promise<void> {
      await tx.query(`update models set requested_at = ${at("$2")} where models.model_key = $1`, [key, nowMs]);
    },
    async models(): Promise<readonly Model[]> {
      const { rows } = await postgres.query<ModelRow>(
        `select ${modelColumns} from models m where m.archived_at is null order by m.created_at, m.model_key`,
      );
      return rows.map(toModel);
    },

    /** Versions of a model, newest first. */
    async versions(key: string, limit: number): Promise<readonly ModelVersion[]> {
      const { rows } = await postgres.query<VersionRow>(
        `select ${versionColumns} from model_versions v where v.model_key = $1 order by v.version desc limit $2`,
        [key, limit],
      );
      return rows.map(toVersion);
    },
    async version(key: string, version: number): Promise<(ModelVersion & { readonly report: JsonValue }) | undefined> {
      const { rows } = await postgres.query<VersionRow & { report: JsonValue }>(
        `select ${versionColumns}, v.report from model_versions v where v.model_key = $1 and v.version = $2`,
        [key, version],
      );
      const [row] = rows;
      return row && { ...toVersion(row), report: row.report };
    },
    /** The newest version of each model. */
    async newest(): Promise<readonly ModelVersion[]> {
      const { rows } = await postgres.query<VersionRow>(
        `select distinct on (v.model_key) ${versionColumns} from model_versions v order by v.model_key, v.version desc`,
      );
      return rows.map(toVersion);
    },
    /** The versions that serve. */
    async liveVersions(): Promise<readonly ModelVersion[]> {
      const { rows } = await postgres.query<VersionRow>(
        `select ${versionColumns} from models m
         join model_versions v on v.model_key = m.model_key and v.version = m.live_version where m.archived_at is null`,
      );
      return rows.map(toVersion);
    },
    /** Artefacts of the versions that serve. */
    async liveArtefacts(): Promise<
      readonly { readonly model: Model; readonly version: ModelVersion; readonly artefact: unknown }[]
    > {
      const { rows } = await postgres.query<ModelRow & VersionRow & { artefact: unknown }>(
        `select ${modelColumns}, ${versionColumns}, v.artefact from models m
         join model_versions v on v.model_key = m.model_key and v.version = m.live_version
         where m.archived_at is null order by m.created_at, m.model_key`,
      );
      return rows.map((row) => ({ model: toModel(row), version: toVersion(row), artefact: row.artefact }));
    },
    /** The version of one key that serves, with its artefact; also of keys that have no row in `models`. */
    async liveOf(key: string): Promise<(ModelVersion & { readonly artefact: unknown }) | undefined> {
      const { rows } = await postgres.query<VersionRow & { artefact: unknown }>(
        `select ${versionColumns}, v.artefact from model_versions v where v.model_key = $1 and v.status = 'live'`,
        [key],
      );
      const [row] = rows;
      return row && { ...toVersion(row), artefact: row.artefact };
    },
    /** Number of the version that serves; null without one. */
    async liveNumber(key: string): Promise<number | null> {
      const { rows } = await postgres.query<{ version: number }>(
        "select v.version from model_versions v where v.model_key = $1 and v.status = 'live'",
        [key],
      );
      return rows[0]?.version ?? null;
    },
    /** Stores a version, live when its gate passed. @returns its number */
    async addVersion(tx: Sql, given: NewVersion): Promise<number> {
      const { rows } = await tx.query<{ version: number }>(
        `insert into model_versions (model_key, version, run_id, trained_at, seed, artefact, report, gate_passed, gate_reasons, status)
         select $1, coalesce(max(old.version), 0) + 1, $2, ${at("$3")}, $4, $5::jsonb, $6::jsonb, $7, $8::jsonb, 'refused'
         from model_versions old where old.model_key = $1 returning version`,
        [
          given.key,
          given.runId,
          given.trainedAt,
          given.seed,
          JSON.stringify(given.artefact),
          JSON.stringify(given.report),
          given.gate.passed,
          JSON.stringify(given.gate.reasons),
        ],
      );
      await tx.query(
        `delete from model_versions v where v.model_key = $1 and v.status <> 'live' and v.version <= (
           select max(newest.version) - $2 from model_versions newest where newest.model_key = $1)`,
        [given.key, given.kept ?? keptVersions],
      );
      return rows[0]?.version ?? 0;
    },
    /** Makes a version the one that serves. */
    async promote(tx: Sql, key: string, version: number, by: string | null, nowMs: number): Promise<void> {
      await tx.query(
        "update model_versions set status = 'retired' where model_versions.model_key = $1 and model_versions.status = 'live'",
        [key],
      );
      await tx.query(
        `update model_versions set status = 'live', promoted_at = ${at("$3")}, promoted_by = $4
         where model_versions.model_key = $1 and model_versions.version = $2`,
        [key, version, nowMs, by],
      );
      await tx.query("update models set live_version = $2 where models.model_key = $1", [key, version]);
    },

    /**
     * Begins a run when none of that model is under way; one without a heartbeat since `staleBefore` has died with its process.
     *
     * @param seen id of the newest run that the caller went by, null = there was none; undefined = begin whatever there was
     * @returns whether the run has begun
     */
    async startRun(
      run: Pick<ModelRun, "id" | "key" | "purpose" | "startedBy">,
      nowMs: number,
      staleBefore: number,
      seen: string | null | undefined,
    ): Promise<boolean> {
      await postgres.query(
        `update model_runs set status = 'failed', finished_at = ${at("$3")}, error = 'no sign of life: the process ended'
         where model_runs.model_key = $1 and model_runs.purpose = $2 and model_runs.status = 'running'
           and model_runs.heartbeat_at < ${at("$4")}`,
        [run.key, run.purpose, nowMs, staleBefore],
      );
      const { rowCount } = await postgres.query(
        `insert into model_runs (id, model_key, purpose, status, stage, started_by, started_at, heartbeat_at)
         select $1::uuid, $2::text, $3::text, 'running', 'waiting', $4::text, ${at("$5")}, ${at("$5")}
         where $6::boolean or $7::uuid is not distinct from (
           select r.id from model_runs r where r.model_key = $2::text and r.purpose = $3::text
           order by r.started_at desc, r.id desc limit 1)
         on conflict do nothing`,
        [run.id, run.key, run.purpose, run.startedBy, nowMs, seen === undefined, seen ?? null],
      );
      return rowCount === 1;
    },
    /** Writes a sign of life. */
    async beat(id: string, stage: string, done: number, total: number, nowMs: number): Promise<Hold> {
      const { rows } = await postgres.query<{ is_cancelled: boolean }>(
        `update model_runs set stage = $2, done = $3, total = $4, heartbeat_at = ${at("$5")}
         where model_runs.id = $1 and model_runs.status = 'running'
         returning model_runs.cancel_requested_at is not null as is_cancelled`,
        [id, stage, done, total, nowMs],
      );
      return holdOf(rows[0]);
    },
    /** Asks the process that trains a model to stop, and forgets a training that has not begun. @returns id of the run */
    async requestCancel(tx: Sql, key: string, nowMs: number): Promise<string | undefined> {
      await tx.query("update models set requested_at = null where models.model_key = $1", [key]);
      const { rows } = await tx.query<{ id: string }>(
        `update model_runs set cancel_requested_at = coalesce(cancel_requested_at, ${at("$2")})
         where model_runs.model_key = $1 and model_runs.purpose = 'train' and model_runs.status = 'running' returning id`,
        [key, nowMs],
      );
      return rows[0]?.id;
    },
    /** Locks a run to its end of the transaction: nobody can take it over or cancel it meanwhile. */
    async lockRun(tx: Sql, id: string): Promise<Hold> {
      const { rows } = await tx.query<{ is_cancelled: boolean }>(
        `select r.cancel_requested_at is not null as is_cancelled from model_runs r
         where r.id = $1 and r.status = 'running' for update`,
        [id],
      );
      return holdOf(rows[0]);
    },
    async finishRun(tx: Sql, id: string, stage: string, version: number | null, nowMs: number): Promise<void> {
      await tx.query(
        `update model_runs set status = 'done', stage = $2, done = model_runs.total, version = $3, finished_at = ${at("$4")},
           heartbeat_at = ${at("$4")} where model_runs.id = $1`,
        [id, stage, version, nowMs],
      );
      await tx.query(
        `delete from model_runs r where r.id in (
           select old.id from model_runs old where old.status <> 'running' order by old.started_at desc offset $1)`,
        [keptRuns],
      );
    },
    /** Leaves a run to the next trainer, which need not wait for a sign of life. */
    async releaseRun(id: string): Promise<void> {
      await postgres.query(
        "update model_runs set heartbeat_at = to_timestamp(0) where model_runs.id = $1 and model_runs.status = 'running'",
        [id],
      );
    },
    async abandonRun(id: string, status: "failed" | "cancelled", error: string, nowMs: number): Promise<void> {
      await postgres.query(
        `update model_runs set status = $2, error = $3, finished_at = ${at("$4")}
         where model_runs.id = $1 and model_runs.status = 'running'`,
        [id, status, error.slice(0, 500), nowMs],
      );
    },
    /** Newest first; of one model, or of all. */
    async runs(key: string | null, limit: number): Promise<readonly ModelRun[]> {
      const { rows } = await postgres.query<RunRow>(
        `select ${runColumns} from model_runs r where $1::text is null or r.model_key = $1
         order by r.started_at desc, r.id desc limit $2`,
        [key, limit],
      );
      return rows.map(toRun);
    },
  };
}

export type ModelStore = ReturnType<typeof createModelStore>;
