// What the trainer does: trains a model, scores everybody, and whatever of both is due.
import type { Clock, Logger } from "../kernel/index.ts";
import type { Prediction } from "../profiles/index.ts";
import { isScoringDue, isTrainingDue } from "./due.ts";
import { createTurns } from "./in-turn.ts";
import { type Model, type ModelRun, traitOf } from "./model.ts";
import { type Begun, beginRun } from "./run-models.ts";
import { type ServingModel, toServing } from "./serving/read-artefacts.ts";
import { type WriteDeps, writeScores } from "./serving/write-scores.ts";
import type { ModelStore } from "./store.ts";
import type { Learned, LearnJob } from "./training/learn.ts";
import type { PeopleDeps } from "./training/read-people.ts";
import type { Metrics } from "./training/score-report.ts";
import { defaultHeapMb, learnInWorker } from "./training/start-learning.ts";
import { trainModel } from "./training/train-model.ts";

export type RunsDeps = PeopleDeps &
  Pick<WriteDeps, "reevaluate" | "audienceId" | "currency"> & {
    readonly store: ModelStore;
    readonly clock: Clock;
    readonly logger: Logger;
    /** Every model as it was last read. */
    readonly models: () => readonly Model[];
    /** Aborted when the program stops. */
    readonly stopping: AbortSignal;
    /** Time between two trainings of a model. */
    readonly everyMs: number;
    /** IANA zone of the shop, whose midnights are the cut-offs; default UTC. */
    readonly timezone?: string;
    /** Does the learning; default: a worker thread for each job. */
    readonly learn?: (job: LearnJob, signal: AbortSignal) => Promise<Learned>;
    /** People that one training looks at; default 10,000. */
    readonly maxPeople?: number;
    /** Time that one training may take, reading included; default an hour. */
    readonly limitMs?: number;
    /** Heap that learning may take, MB; default 2,048. A training that needs more fails, and nothing else. */
    readonly maxHeapMb?: number;
  };

const defaultLimitMs = 60 * 60_000;
const defaultMaxPeople = 10_000;
const listedRuns = 200;
const seed = 20_260_101;

export function createRuns(deps: RunsDeps) {
  const { store, clock, logger, stopping, everyMs, limitMs = defaultLimitMs, maxHeapMb = defaultHeapMb } = deps;
  const running = new Map<string, Begun>();
  const inTurn = createTurns();

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

  const follow = (begun: Begun | undefined): Begun | undefined => {
    if (!begun) return undefined;
    running.set(begun.runId, begun);
    const forget = () => void running.delete(begun.runId);
    begun.done.then(forget, forget);
    return begun;
  };

  /** @param seen see `NewRun` @returns undefined when a training of the model is under way */
  const train = async (model: Model, by: string, seen?: string | null): Promise<Begun | undefined> =>
    follow(
      await beginRun(
        { store, clock, logger },
        { key: model.key, purpose: "train", startedBy: by, ...(seen === undefined ? {} : { seen }) },
        stopping,
        ({ id: runId, beat, signal, limit }) =>
          inTurn(signal, async () => {
            limit(limitMs);
            const nowMs = clock.now();
            const trained = await trainModel(
              {
                people: deps,
                currency: deps.currency,
                timezone: deps.timezone ?? "UTC",
                audienceId: deps.audienceId,
                maxPeople: deps.maxPeople ?? defaultMaxPeople,
                learn: (job) => (deps.learn ?? ((own) => learnInWorker(own, maxHeapMb, signal)))(job, signal),
              },
              { model, live: await liveOf(model.key), nowMs, seed, progress: beat },
            );
            if ("skipped" in trained) return { stage: trained.skipped };
            await beat("storing", 0, 1);
            return {
              stage: trained.gate.passed ? "published" : "refused",
              keep: async (tx) => {
                const number = await store.addVersion(tx, {
                  ...trained,
                  key: model.key,
                  runId,
                  trainedAt: nowMs,
                  seed,
                });
                if (trained.gate.passed) await store.promote(tx, model.key, number, null, clock.now());
                logger.info({ model: model.key, version: number, ...trained.gate }, "model trained");
                return number;
              },
            };
          }),
      ),
    );

  const isOurs = (trait: string, prediction: Prediction): boolean =>
    deps.models().some((model) => model.key === prediction.model || traitOf(model) === trait) ||
    prediction.model.startsWith("lookalike_");

  const score = async (by: string, seen?: string | null): Promise<Begun | undefined> =>
    follow(
      await beginRun(
        { store, clock, logger },
        { key: "", purpose: "score", startedBy: by, ...(seen === undefined ? {} : { seen }) },
        stopping,
        async ({ beat }) => {
          const live = await serving();
          const written = await writeScores(deps, live, clock.now(), isOurs, (done, total) =>
            beat("scoring", done, total),
          );
          logger.info({ models: live.length, written }, "profiles scored");
          return { stage: `${written} profiles written` };
        },
      ),
    );

  const newestId = (runs: readonly ModelRun[]): string | null => runs[0]?.id ?? null;

  /** Begins the training of a model that is due, unless another process has begun it since. */
  const trainIfDue = async (model: Model): Promise<Begun | undefined> => {
    const own = (await store.runs(model.key, listedRuns)).filter(({ purpose }) => purpose === "train");
    if (!isTrainingDue(model, own, clock.now(), everyMs)) return undefined;
    return train(model, "schedule", newestId(own));
  };

  /** The version before goes on serving; the others are trained all the same. */
  const ended = (model: Model, begun: Begun | undefined): Promise<void> =>
    begun?.done.catch((error: unknown) => {
      // Cut off by the end of the program: who starts next begins it anew.
      if (!stopping.aborted) logger.error({ err: error, model: model.key }, "a model could not be trained");
    }) ?? Promise.resolve();

  /** @returns `notDue`; undefined while another scoring is under way */
  const scoreIfDue = async (): Promise<Begun | "notDue" | undefined> => {
    const own = await store.runs("", listedRuns);
    const isDue = isScoringDue(await store.liveVersions(), own, clock.now(), everyMs);
    return isDue ? score("schedule", newestId(own)) : "notDue";
  };
  /** Versions that served when scores were last looked at between two daily runs. */
  let scoredFor: string | undefined;

  return {
    train,
    score,
    /** Ends a run of this process; one of another process ends by itself. */
    cancel: (runId: string): void => running.get(runId)?.cancel(),
    /** Begins what somebody asked for in another process: trainings, and scores of a version that serves since. */
    beginRequested: async (): Promise<void> => {
      const models = deps.models();
      for (const model of models)
        if (model.requestedAt !== null && !stopping.aborted) void ended(model, await trainIfDue(model));
      const live = models.map(({ key, liveVersion }) => `${key} ${liveVersion}`).join();
      if (live === scoredFor || stopping.aborted) return;
      const begun = await scoreIfDue();
      // One that is under way began with the versions before: ask again.
      if (begun === undefined) return;
      scoredFor = live;
      if (begun !== "notDue")
        begun.done.catch((error: unknown) => logger.error({ err: error }, "profiles could not be scored"));
    },
    runDue: async (): Promise<void> => {
      for (const model of deps.models()) {
        if (stopping.aborted) return;
        await ended(model, await trainIfDue(model));
      }
      if (stopping.aborted) return;
      const begun = await scoreIfDue();
      if (begun === undefined || begun === "notDue") return;
      await begun.done.catch((error: unknown) => {
        if (!stopping.aborted) throw error;
      });
    },
    /** Resolves when nothing is under way any more. */
    settled: async (): Promise<void> => {
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };
}
