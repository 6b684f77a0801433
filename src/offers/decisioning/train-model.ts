// One training of one model, from the log to a version with its verdict: runs, heartbeats and versions are those of every other model.
import type { Clock, Logger } from "../../kernel/index.ts";
import { beginRun, type ModelStore, workInThread } from "../../models/index.ts";
import type { BanditJob, LearnedBandit } from "./learn-bandit.ts";
import { inputNames, inputSetOf } from "./model-inputs.ts";
import type { BanditArtefact, PolicyModel } from "./model-keeper.ts";
import type { OfferLogStore } from "./store.clickhouse.ts";

export type TrainingDeps = {
  readonly models: ModelStore;
  readonly log: OfferLogStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
};

const trainingDays = 30;
const dayMs = 86_400_000;
const limitMs = 15 * 60_000;
/** About 60 MB in the worker. */
const maxChoices = 100_000;
/** The newest 30 % must be worth the 200 that a verdict needs, though most show what priority would. */
const leastChoices = 1_000;
const seed = 20_260_101;
const defaultWindowHours = 24;
const keptVersions = 10;

/** Name of the event behind a goal. */
export function goalEvent(goal = "click"): string {
  return goal === "click" ? "propositionInteract" : goal;
}

/** Trains; resolves when the run is over. A run of the model elsewhere is left alone. */
export async function trainModel(
  { models, log, clock, logger, stopping }: TrainingDeps,
  { key, settings }: PolicyModel,
  startedBy: string,
): Promise<void> {
  const begun = await beginRun(
    { store: models, clock, logger },
    { key, purpose: "train", startedBy },
    stopping,
    async ({ id: runId, beat, signal, limit }) => {
      limit(limitMs);
      const nowMs = clock.now();
      await beat("reading", 0, 1);
      const inputSet = inputSetOf(settings);
      const rows = await log.choices({
        ...{ modelKey: key, inputSet, fromMs: nowMs - trainingDays * dayMs, toMs: nowMs },
        ...{ goal: goalEvent(settings.goal), windowHours: settings.windowHours ?? defaultWindowHours },
        limit: maxChoices,
      });
      if (rows.length < leastChoices) return { stage: `${rows.length} decisions; ${leastChoices} are needed` };
      await beat("learning", 0, 1);
      const job: BanditJob = { features: inputNames(settings), rows, seed };
      const learned = await workInThread<BanditJob, LearnedBandit>("bandit-worker", import.meta.url, job, { signal });
      const { bandit, gate, report } = learned;
      const artefact: BanditArtefact = { inputSet, bandit };
      return {
        stage: gate.passed ? "published" : "refused",
        keep: async (tx) => {
          const version = await models.addVersion(tx, {
            ...{ key, runId, trainedAt: nowMs, seed, artefact, report, gate },
            kept: keptVersions,
          });
          if (gate.passed) await models.promote(tx, key, version, null, clock.now());
          logger.info({ modelKey: key, version, ...gate }, "offer model trained");
          return version;
        },
      };
    },
  );
  await begun?.done;
}
