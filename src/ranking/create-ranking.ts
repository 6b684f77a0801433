import type { AuditInput, AuditTrail, Via } from "../access/index.ts";
import type { CatalogSnapshot } from "../catalog/index.ts";
import { ClienteleError, type Clock, type Logger } from "../kernel/index.ts";
import { createModelStore, type ModelRun, type ModelVersion, staleRunMs } from "../models/index.ts";
import type { ClickHouse, Postgres } from "../storage/index.ts";
import type { ShopVectors } from "./cosines.ts";
import { createImpressionLog } from "./impression-log.ts";
import { createSignalKeeper, type RankerArtefact, rankerKey } from "./keep-signals.ts";
import { alreadyRunning, beginTraining, finishTraining, type TrainingDeps } from "./run-training.ts";
import {
  createExplorationBudget,
  createListServer,
  type ListRanking,
  plainSettings,
  type RankingContext,
  type RankingSettings,
} from "./serve-list.ts";
import { createRankingStore } from "./store.clickhouse.ts";

export type RankingDeps = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly catalog: { current(): CatalogSnapshot };
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether this process trains. */
  readonly isTrainer: boolean;
  /** Default: learned order, variety, one exploring slot, one list in a hundred shuffled. */
  readonly settings?: () => RankingSettings;
  /** Vectors of queries and products; default: none. */
  readonly vectors?: ShopVectors;
  /** Does the learning; default: a worker thread. */
  readonly learn?: TrainingDeps["learn"];
  /** Time between two trainings; default a day. */
  readonly everyMs?: number;
};

export type ChangedBy = { readonly actor: string; readonly via: Via; readonly requestId: string };

function entryOf(action: "train" | "promote", by: ChangedBy, after: object): AuditInput {
  return { ...by, action: `ranking.${action}`, objectKind: "model", objectId: rankerKey, before: null, after };
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const listed = 30;

/** Whether the ranker is to be trained: once a day, sooner after a look that found too little or a failure. */
function isDue(runs: readonly ModelRun[], nowMs: number, everyMs: number): boolean {
  const [last] = runs;
  if (!last) return true;
  if (last.status === "running") return nowMs - last.heartbeatAt >= staleRunMs;
  const isThin = last.status !== "done" || last.version === null;
  return nowMs - last.startedAt >= (isThin ? Math.min(hourMs, everyMs) : everyMs);
}

/**
 * The learned order of product lists: logs what is shown, counts what comes of it, trains, and serves what passed its gate.
 *
 * `forList` reads memory only. Without a live ranker, or where too much is missing, a list keeps its order without a model.
 */
export function createRanking(deps: RankingDeps) {
  const { clock, logger, audit } = deps;
  const store = createRankingStore(deps.clickhouse);
  const models = createModelStore(deps.postgres);
  const impressions = createImpressionLog(store.insertImpressions, logger);
  const keeper = createSignalKeeper({ store, models, catalog: deps.catalog, clock, logger });
  const budget = createExplorationBudget(clock);
  const server = createListServer({
    catalog: deps.catalog,
    state: keeper.state,
    settings: deps.settings ?? (() => plainSettings),
    clock,
    budget,
    vectors: deps.vectors,
    logImpression: impressions.log,
  });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const training: TrainingDeps = {
    ...{ store, models, clock, logger, stopping: stopping.signal, onPromoted: keeper.loadRanker },
    ...(deps.learn ? { learn: deps.learn } : {}),
  };

  const train = async (by: string): Promise<{ readonly runId: string; readonly done: Promise<void> }> => {
    await impressions.flush();
    const begun = await beginTraining(training, by);
    if (!begun) throw alreadyRunning();
    const done = finishTraining(training, begun);
    running = done.catch(() => undefined);
    return { runId: begun.runId, done };
  };

  const versions = (): Promise<readonly ModelVersion[]> => models.versions(rankerKey, listed);

  return {
    /** What orders and logs one list; synchronous, from memory. */
    forList: (context: RankingContext): ListRanking => server.forList(context),
    /** Counts anew and loads the version that serves. A job of every process that answers. */
    refresh: async (): Promise<void> => {
      await keeper.loadRanker();
      await keeper.count();
    },
    /** Job of the trainer: trains when it is due. */
    runDue: async (): Promise<void> => {
      if (!isDue(await models.runs(rankerKey, listed), clock.now(), deps.everyMs ?? dayMs)) return;
      if (stopping.signal.aborted) return;
      const { done } = await train("schedule");
      await done.catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
    /**
     * Begins a training.
     *
     * @returns its run, and what resolves when it is over
     * @throws {ClienteleError} `models.running`, `ranking.notTrainer`
     */
    train: async (by: ChangedBy) => {
      if (!deps.isTrainer)
        throw new ClienteleError(
          "ranking.notTrainer",
          "this process does not train; send the call to one with the role trainer, or wait for the daily training",
        );
      const begun = await train(by.actor);
      await models.transaction((tx) => audit.record(tx, entryOf("train", by, { runId: begun.runId })));
      return begun;
    },
    /** Makes a version serve, an earlier or a refused one too. @throws {ClienteleError} `ranking.versionNotFound` */
    promote: async (version: number, by: ChangedBy): Promise<void> => {
      if (!(await models.version(rankerKey, version)))
        throw new ClienteleError("ranking.versionNotFound", `the ranker has no version ${version}`);
      await models.transaction(async (tx) => {
        await models.promote(tx, rankerKey, version, by.actor, clock.now());
        await audit.record(tx, entryOf("promote", by, { version }));
      });
      await keeper.loadRanker();
    },
    versions,
    runs: (): Promise<readonly ModelRun[]> => models.runs(rankerKey, listed),
    /** A version with its report. @throws {ClienteleError} `ranking.versionNotFound` */
    report: async (version: number) => {
      const found = await models.version(rankerKey, version);
      if (!found) throw new ClienteleError("ranking.versionNotFound", `the ranker has no version ${version}`);
      return found;
    },
    /** What serves and how it fares in this process. */
    status: () => {
      const { ranker, countedAt, signals } = keeper.state();
      const artefact: RankerArtefact | undefined = ranker?.artefact;
      return {
        version: ranker?.version ?? null,
        trees: artefact?.model.trees.length ?? 0,
        trainedOn: artefact?.model.trainedOn ?? null,
        curves: artefact?.curves ?? null,
        countedAt,
        products: signals.items.size,
        queries: signals.queries.size,
        lists: server.counters(),
        exploration: budget.today(),
        lostImpressions: impressions.dropped(),
      };
    },
    /** Writes the impressions that wait. */
    flush: impressions.flush,
    /** Ends a training under way; who starts next begins it anew. */
    stop: async (): Promise<void> => {
      stopping.abort(new ClienteleError("models.failed", "the program is stopping"));
      await running;
    },
    /** Writes what waits, once nothing is shown any more. */
    close: impressions.flush,
  };
}

export type Ranking = ReturnType<typeof createRanking>;
