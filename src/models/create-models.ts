import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type JsonValue } from "../kernel/index.ts";
import type { AttributeSpec } from "../kernel/rules/index.ts";
import type { Postgres } from "../storage/index.ts";
import { modelAttributes } from "./attributes.ts";
import { createRuns, type RunsDeps } from "./create-runs.ts";
import { lookalikeKey, type Model, type ModelRun, type ModelVersion, standardModels, traitOf } from "./model.ts";
import { createModelRoutes } from "./routes.ts";
import { createModelStore } from "./store.ts";
import { type UsingDefinition, usesOfTrait } from "./trait-uses.ts";

/** Who changes something, for the audit. */
export type ChangedBy = { readonly actor: string; readonly via: "ui" | "api"; readonly requestId: string | null };

export type ModelsDeps = Omit<RunsDeps, "store" | "everyMs" | "stopping" | "models"> & {
  readonly postgres: Postgres;
  readonly audit: Pick<AuditTrail, "record">;
  /** What models write has changed: rules are to be compiled again. */
  readonly onChange?: () => void;
  /** Whether this process trains; where it does not, a training is asked for and the trainer begins it. Default true. */
  readonly isTrainer?: boolean;
  /** Definitions that are not archived, whose rules may go by what a look-alike writes; default none. */
  readonly definitions?: () => Promise<readonly UsingDefinition[]>;
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
const listedRuns = 200;
const sharedPollMs = 1_000;

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

  const runs = createRuns({ ...deps, store, everyMs, stopping: stopping.signal, models: () => models });

  const summaries = async (): Promise<readonly ModelSummary[]> => {
    await load();
    const recent = await store.runs(null, listedRuns);
    const newest = new Map((await store.newest()).map((version) => [version.key, version]));
    const live = new Map((await store.liveVersions()).map((version) => [version.key, version]));
    return models.map((model): ModelSummary => {
      const own = recent.filter(({ key }) => key === model.key);
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
      const begun = await runs.train(model, by.actor);
      if (!begun)
        throw new ClienteleError(
          "models.running",
          `the model ${key} is being trained already; wait for the end of that run`,
        );
      begun.done.catch((error: unknown) => logger.error({ err: error, model: key }, "a model could not be trained"));
      await store.transaction((tx) => record(tx, by, "train", key, null, { runId: begun.runId }));
      return begun.runId;
    },
    /**
     * Ends the training that is under way, and forgets one that is asked for. The process that trains stops with its next sign of
     * life, 5 s at most; what serves stays.
     *
     * @throws {ClienteleError} `models.notRunning`
     */
    cancel: async (key: string, by: ChangedBy): Promise<void> => {
      const { requestedAt } = await get(key);
      const [last] = (await store.runs(key, 1)).filter(({ purpose }) => purpose === "train");
      const isAsked = requestedAt !== null && requestedAt > (last?.startedAt ?? 0);
      const runId = await store.transaction(async (tx) => {
        const found = await store.requestCancel(tx, key, clock.now());
        if (found === undefined && !isAsked)
          throw new ClienteleError("models.notRunning", `no training of the model ${key} is under way or asked for`);
        await record(tx, by, "cancel", key, null, { runId: found ?? null });
        return found;
      });
      if (runId !== undefined) runs.cancel(runId);
      await load();
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
    /**
     * Ends a look-alike; its trait goes with the next scoring.
     *
     * @throws {ClienteleError} `models.inUse` with one detail for each rule that goes by it; `models.invalid` for a shipped model
     */
    removeLookalike: async (key: string, by: ChangedBy): Promise<void> => {
      const model = await get(key);
      if (model.settings.kind !== "lookalike")
        throw new ClienteleError(
          "models.invalid",
          `the model ${key} is shipped with the product and cannot be removed`,
        );
      const uses = usesOfTrait(traitOf(model), (await deps.definitions?.()) ?? []);
      if (uses.length > 0)
        throw new ClienteleError("models.inUse", `the look-alike ${key} is used in ${uses.length} places`, {
          details: uses.slice(0, 100).map(({ path, name, status }) => ({
            path,
            code: status === "live" || status === "scheduled" ? "usedLive" : "usedDraft",
            message: `${name} (${status})`,
          })),
        });
      const runId = await store.transaction(async (tx) => {
        const found = await store.requestCancel(tx, key, clock.now());
        await store.archive(tx, key, clock.now());
        await record(tx, by, "delete", key, model.settings, null);
        return found;
      });
      if (runId !== undefined) runs.cancel(runId);
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
        load()
          .then(() => (deps.isTrainer === false ? undefined : runs.beginRequested()))
          .catch((err: unknown) => logger.warn({ err }, "models could not be read"));
      }, sharedPollMs).unref();
    },
    /** Trains what is due, one after the other, then scores everybody if that is due. */
    runDue: async (): Promise<void> => {
      await load();
      await runs.runDue();
    },
    /** Trains one model to its end. */
    train: async (key: string, by = "schedule"): Promise<void> => {
      await (await runs.train(await get(key), by))?.done;
    },
    /** Scores everybody with the serving versions. */
    score: async (by = "schedule"): Promise<void> => {
      await load();
      await (await runs.score(by))?.done;
    },
    /** Ends what is under way; the next process begins it anew. */
    stop: async (): Promise<void> => {
      stopping.abort();
      clearInterval(timer);
      await runs.settled();
    },
  };
}

export type Models = ReturnType<typeof createModels>;
