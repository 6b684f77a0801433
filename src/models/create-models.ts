import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type Clock, type JsonValue, type Logger } from "../kernel/index.ts";
import type { AttributeSpec } from "../kernel/rules/index.ts";
import type { Prediction } from "../profiles/index.ts";
import type { Postgres } from "../storage/index.ts";
import { modelAttributes } from "./attributes.ts";
import { lookalikeKey, type Model, type ModelRun, type ModelVersion, standardModels, traitOf } from "./model.ts";
import { createModelRoutes } from "./routes.ts";
import { type Begun, beginRun, staleMs } from "./run-models.ts";
import { type ServingModel, toServing } from "./serving/read-artefacts.ts";
import { type WriteDeps, writeScores } from "./serving/write-scores.ts";
import { createModelStore } from "./store.ts";
import type { Learned, LearnJob } from "./training/learn.ts";
import type { PeopleDeps } from "./training/read-people.ts";
import type { Metrics } from "./training/score-report.ts";
import { learnInWorker } from "./training/start-learning.ts";
import { trainModel } from "./training/train-model.ts";

/** Who changes something, for the audit. */
export type ChangedBy = { readonly actor: string; readonly via: "ui" | "api"; readonly requestId: string | null };

export type ModelsDeps = PeopleDeps &
  Pick<WriteDeps, "reevaluate" | "audienceId" | "currency"> & {
    readonly postgres: Postgres;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly audit: Pick<AuditTrail, "record">;
    /** What models write has changed: rules are to be compiled again. */
    readonly onChange?: () => void;
    /** Does the learning; default: a worker thread for each job. */
    readonly learn?: (job: LearnJob, signal: AbortSignal) => Promise<Learned>;
    /** Whether this process trains; where it does not, a training is asked for and the trainer begins it. Default true. */
    readonly isTrainer?: boolean;
    /** People that one training looks at; default 10,000. */
    readonly maxPeople?: number;
    /** Time between two trainings of a model; default a day. */
    readonly everyMs?: number;
  };

export type ModelSummary = Model & {
  readonly trait: string;
  readonly status: "untrained" | "training" | "live" | "refused";
  readonly newest: ModelVersion | undefined;
  readonly live: ModelVersion | undefined;
  readonly run: ModelRun | undefined;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const learnTimeoutMs = 30 * 60_000;
const defaultMaxPeople = 10_000;
const listedRuns = 200;
const sharedPollMs = 5_000;
const seed = 20_260_101;

/**
 * Models: trained on the past by the role `trainer`, published by their gates, asked for everybody once a day.
 *
 * Call `start` after the database is there. `runDue` is the job of the trainer; it may be repeated and run in several processes.
 */
export function createModels(deps: ModelsDeps) {
  const { clock, logger, audit } = deps;
  const store = createModelStore(deps.postgres);
  const everyMs = deps.everyMs ?? dayMs;
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let models: readonly Model[] = [];
  let attributes: readonly AttributeSpec[] = modelAttributes([]);
  let timer: NodeJS.Timeout | undefined;

  const load = async (): Promise<void> => {
    const before = models;
    models = await store.models();
    const keys = (all: readonly Model[]): string => all.map(({ key }) => key).join();
    if (keys(before) === keys(models)) return;
    attributes = modelAttributes(models);
    deps.onChange?.();
  };

  const get = async (key: string): Promise<Model> => {
    await load();
    const model = models.find((each) => each.key === key);
    if (!model) throw new ClienteleError("models.notFound", `there is no model ${key}; list them first`);
    return model;
  };

  const serving = async (): Promise<readonly ServingModel[]> =>
    (await store.liveArtefacts()).flatMap(
      ({ model, version, artefact }) => toServing(model, version.version, traitOf(model), artefact) ?? [],
    );

  const liveOf = async (key: string) => {
    const found = (await store.liveArtefacts()).find(({ model }) => model.key === key);
    if (!found) return undefined;
    const stored = await store.version(key, found.version.version);
    // Written by a training; other kinds of reports have other metrics, which no gate of scores reads.
    const report = stored?.report as { readonly metrics?: Metrics } | undefined;
    return { artefact: found.artefact, metrics: report?.metrics };
  };

  const follow = (begun: Begun): Begun => {
    const settled = begun.done.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return begun;
  };

  const train = async (model: Model, by: string): Promise<Begun | undefined> => {
    const begun = await beginRun(
      { store, clock, logger },
      { key: model.key, purpose: "train", startedBy: by },
      stopping.signal,
      async (runId, beat) => {
        const nowMs = clock.now();
        const trained = await trainModel(
          {
            people: deps,
            currency: deps.currency,
            audienceId: deps.audienceId,
            maxPeople: deps.maxPeople ?? defaultMaxPeople,
            learn: (job) =>
              deps.learn ? deps.learn(job, stopping.signal) : learnInWorker(job, learnTimeoutMs, stopping.signal),
          },
          { model, live: await liveOf(model.key), nowMs, seed, progress: beat },
        );
        if ("skipped" in trained) return { version: null, stage: trained.skipped };
        await beat("storing", 0, 1);
        const version = await store.transaction(async (tx) => {
          const number = await store.addVersion(tx, { ...trained, key: model.key, runId, trainedAt: nowMs, seed });
          if (trained.gate.passed) await store.promote(tx, model.key, number, null, clock.now());
          return number;
        });
        logger.info({ model: model.key, version, ...trained.gate }, "model trained");
        return { version, stage: trained.gate.passed ? "published" : "refused" };
      },
    );
    return begun && follow(begun);
  };

  const isOurs = (trait: string, prediction: Prediction): boolean =>
    models.some((model) => model.key === prediction.model || traitOf(model) === trait) ||
    prediction.model.startsWith("lookalike_");

  const score = async (by: string): Promise<Begun | undefined> => {
    const begun = await beginRun(
      { store, clock, logger },
      { key: "", purpose: "score", startedBy: by },
      stopping.signal,
      async (_runId, beat) => {
        const live = await serving();
        await load();
        const toMinor = deps.toMinor;
        const written = await writeScores({ ...deps, toMinor }, live, clock.now(), isOurs, (done, total) =>
          beat("scoring", done, total),
        );
        logger.info({ models: live.length, written }, "profiles scored");
        return { version: null, stage: `${written} profiles written` };
      },
    );
    return begun && follow(begun);
  };

  /** Whether a model is to be trained again; after failures it waits longer each time, a day at most. */
  const isDue = ({ key, requestedAt }: Model, runs: readonly ModelRun[]): boolean => {
    const own = runs.filter((run) => run.key === key && run.purpose === "train");
    const [last] = own;
    if (!last) return true;
    if (last.status === "running") return clock.now() - last.heartbeatAt >= staleMs;
    if (requestedAt !== null && requestedAt > last.startedAt) return true;
    const failures = own.findIndex(({ status }) => status !== "failed");
    const inRow = failures < 0 ? own.length : failures;
    // One that found too little to learn from looks again soon: a young shop grows by the hour.
    const soonMs = inRow === 0 && last.version === null ? hourMs : everyMs;
    const waitMs = inRow === 0 ? soonMs : Math.min(everyMs, hourMs * 2 ** (inRow - 1));
    return clock.now() - last.startedAt >= waitMs;
  };

  const isScoringDue = async (runs: readonly ModelRun[]): Promise<boolean> => {
    const newest = await store.liveArtefacts();
    const last = runs.find(({ purpose, status }) => purpose === "score" && status === "done");
    if (newest.length === 0 && !last) return false;
    if (!last || clock.now() - last.startedAt >= everyMs) return true;
    return newest.some(({ version }) => (version.promotedAt ?? 0) > last.startedAt);
  };

  const summaries = async (): Promise<readonly ModelSummary[]> => {
    await load();
    const runs = await store.runs(null, listedRuns);
    const newest = new Map((await store.newest()).map((version) => [version.key, version]));
    const live = new Map((await store.liveArtefacts()).map(({ version }) => [version.key, version]));
    return models.map((model): ModelSummary => {
      const own = runs.filter(({ key }) => key === model.key);
      const run = own.find(({ status }) => status === "running") ?? own[0];
      const serves = live.get(model.key);
      const last = newest.get(model.key);
      const status = run?.status === "running" ? "training" : serves ? "live" : last ? "refused" : "untrained";
      return { ...model, trait: traitOf(model), status, newest: last, live: serves, run };
    });
  };

  const record = (
    tx: Parameters<AuditTrail["record"]>[0],
    by: ChangedBy,
    action: string,
    key: string,
    before: object | null,
    after: object | null,
  ): Promise<void> =>
    audit.record(tx, { ...by, action: `model.${action}`, objectKind: "model", objectId: key, before, after });

  const face = {
    /** Every model with its newest and its serving version. */
    list: summaries,
    one: async (key: string): Promise<ModelSummary> => {
      await get(key);
      const found = (await summaries()).find((model) => model.key === key);
      if (!found) throw new ClienteleError("models.notFound", `there is no model ${key}; list them first`);
      return found;
    },
    versions: async (key: string): Promise<readonly ModelVersion[]> => {
      await get(key);
      return store.versions(key, 30);
    },
    runs: async (key: string): Promise<readonly ModelRun[]> => {
      await get(key);
      return store.runs(key, 50);
    },
    report: async (key: string, version: number): Promise<ModelVersion & { readonly report: JsonValue }> => {
      const found = await store.version(key, version);
      if (!found) throw new ClienteleError("models.notFound", `there is no version ${version} of the model ${key}`);
      return found;
    },
    /**
     * Begins a training and answers at once.
     *
     * @returns id of the run; null when the trainer begins it within a minute
     * @throws {ClienteleError} `models.running`
     */
    trainNow: async (key: string, by: ChangedBy): Promise<string | null> => {
      const model = await get(key);
      if (deps.isTrainer === false) {
        await store.transaction(async (tx) => {
          await store.request(tx, key, clock.now());
          await record(tx, by, "train", key, null, { runId: null });
        });
        return null;
      }
      const begun = await train(model, by.actor);
      if (!begun)
        throw new ClienteleError(
          "models.running",
          `the model ${key} is being trained already; wait for the end of that run`,
        );
      begun.done.catch((error: unknown) => logger.error({ err: error, model: key }, "a model could not be trained"));
      await store.transaction((tx) => record(tx, by, "train", key, null, { runId: begun.runId }));
      return begun.runId;
    },
    /** Makes an earlier version serve, or a refused one. Scores follow with the next run of the trainer. */
    promote: async (key: string, version: number, by: ChangedBy): Promise<void> => {
      const model = await get(key);
      await face.report(key, version);
      await store.transaction(async (tx) => {
        await store.promote(tx, key, version, by.actor, clock.now());
        await record(tx, by, "promote", key, { version: model.liveVersion }, { version });
      });
      await load();
    },
    /** Adds the look-alike of an audience, or changes its size; it is trained with the next run of the trainer. */
    addLookalike: async (audience: string, share: number, by: ChangedBy): Promise<Model> => {
      if (deps.audienceId(audience) === undefined)
        throw new ClienteleError("models.invalid", `the audience ${audience} is not live; publish it first`);
      const key = lookalikeKey(audience);
      await load();
      const before = models.find((each) => each.key === key);
      const settings = { kind: "lookalike" as const, audience, share };
      await store.transaction(async (tx) => {
        await store.add(tx, { key, label: `Alike: ${audience}`, settings }, by.actor, clock.now());
        await record(tx, by, before ? "update" : "create", key, before?.settings ?? null, settings);
      });
      return get(key);
    },
    removeLookalike: async (key: string, by: ChangedBy): Promise<void> => {
      const model = await get(key);
      if (model.settings.kind !== "lookalike")
        throw new ClienteleError(
          "models.invalid",
          `the model ${key} is shipped with the product and cannot be removed`,
        );
      await store.transaction(async (tx) => {
        await store.archive(tx, key, clock.now());
        await record(tx, by, "delete", key, model.settings, null);
      });
      await load();
    },
  };

  return {
    ...face,
    routes: () => createModelRoutes(face),
    /** Attributes `profile.<trait>` that models write; the same list until a model comes or goes. */
    attributes: (): readonly AttributeSpec[] => attributes,
    start: async (): Promise<void> => {
      await store.addMissing(standardModels, clock.now());
      await load();
      if (!store.isShared) return;
      timer = setInterval(() => {
        load().catch((err: unknown) => logger.warn({ err }, "models could not be read"));
      }, sharedPollMs).unref();
    },
    /** Trains what is due, one after the other, then scores everybody if that is due. */
    runDue: async (): Promise<void> => {
      await load();
      for (const model of models) {
        if (stopping.signal.aborted) return;
        if (!isDue(model, await store.runs(model.key, listedRuns))) continue;
        try {
          await (await train(model, "schedule"))?.done;
        } catch (error) {
          // The version before goes on serving; the others are trained all the same.
          logger.error({ err: error, model: model.key }, "a model could not be trained");
        }
      }
      if (!stopping.signal.aborted && (await isScoringDue(await store.runs("", listedRuns))))
        await (await score("schedule"))?.done;
    },
    /** Trains one model to its end. */
    train: async (key: string, by = "schedule"): Promise<void> => {
      await (await train(await get(key), by))?.done;
    },
    /** Scores everybody with the serving versions. */
    score: async (by = "schedule"): Promise<void> => {
      await (await score(by))?.done;
    },
    /** Ends what is under way; the next process begins it anew. */
    stop: async (): Promise<void> => {
      stopping.abort();
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

export type Models = ReturnType<typeof createModels>;
