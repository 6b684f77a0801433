// One training, from the log to a version with its verdict: the same runs, heartbeats and versions as every other model.
import { ClienteleError, type Clock, type Logger } from "../kernel/index.ts";
import { type Begun, beginRun, type ModelStore, workInThread } from "../models/index.ts";
import { featureNames, featureSet, plainFeature, risingFeatures } from "./features.ts";
import { type RankerArtefact, rankerKey } from "./keep-signals.ts";
import { type Device, defaultCurve, naturalCurve, type PositionCurve, randomisedCurve } from "./position-bias.ts";
import { readLists } from "./read-lists.ts";
import type { ListRow, MovedRow, RankingStore } from "./store.clickhouse.ts";
import type { RankJob, TrainedRanker } from "./train-ranker.ts";

export type TrainingDeps = {
  readonly store: RankingStore;
  readonly models: ModelStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
  /** Does the learning; default: a worker thread. */
  readonly learn?: (job: RankJob, signal: AbortSignal) => Promise<TrainedRanker>;
  /** Time that one training may take; default an hour. */
  readonly limitMs?: number;
  /** Called when another version serves. */
  readonly onPromoted: () => Promise<void>;
};

const dayMs = 86_400_000;
const windowMs = 6 * 3_600_000;
const trainingDays = 30;
/** Lists of a window of six hours: 30 days then have 120,000 at most. */
const maxListsOfWindow = 1_000;
/** About 240 MB of values. */
const maxValues = 60_000_000;
/** The newest 15 % must hold the 200 that a verdict needs. */
const leastLists = 1_400;
const defaultLimitMs = 60 * 60_000;
const seed = 20_260_101;

type Curves = RankerArtefact["curves"];

function toItem({ slots, times, clicked }: MovedRow) {
  return { shown: slots.map((slot, at) => [slot, times[at] ?? 1] as const), clicked };
}

/** By chance where there was some, else by products that moved, else by default; each device apart. */
export async function readCurves(store: RankingStore, fromMs: number, toMs: number): Promise<Curves> {
  const shuffled = await store.shuffledSlots(fromMs, toMs);
  const moved = await store.moved(fromMs, toMs);
  const curveOf = (device: Device): PositionCurve =>
    randomisedCurve(shuffled.filter((row) => row.device === device)) ??
    naturalCurve(moved.filter((row) => row.device === device).map(toItem)) ??
    defaultCurve(device);
  return { desktop: curveOf("desktop"), mobile: curveOf("mobile") };
}

async function readRows(
  store: RankingStore,
  nowMs: number,
  progress: (done: number, total: number) => Promise<void>,
): Promise<readonly ListRow[]> {
  const first = await store.firstList(nowMs - trainingDays * dayMs, featureSet);
  if (first === null) return [];
  const rows: ListRow[] = [];
  let values = 0;
  // Newest first: what does not fit any more is the oldest.
  for (let to = nowMs; to > first && values < maxValues; to -= windowMs) {
    const page = await store.lists(Math.max(first, to - windowMs), to, featureSet, maxListsOfWindow);
    rows.push(...page);
    values += page.reduce((sum, { skus }) => sum + skus.length * featureNames.length, 0);
    await progress(nowMs - to, nowMs - first);
  }
  return rows;
}

function learnInWorker(job: RankJob, signal: AbortSignal): Promise<TrainedRanker> {
  const { values, gains } = job.lists;
  const transfer = [values, gains].flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
  return workInThread("rank-worker", import.meta.url, job, { signal, transfer });
}

/** @returns undefined while a training is under way, in any process */
export function beginTraining(deps: TrainingDeps, startedBy: string): Promise<Begun | undefined> {
  const { store, models, clock, logger, limitMs = defaultLimitMs, learn = learnInWorker } = deps;
  return beginRun(
    { store: models, clock, logger },
    { key: rankerKey, purpose: "train", startedBy },
    deps.stopping,
    async ({ id: runId, beat, signal, limit }) => {
      limit(limitMs);
      const nowMs = clock.now();
      await beat("places", 0, 1);
      const curves = await readCurves(store, nowMs - trainingDays * dayMs, nowMs);
      const rows = await readRows(store, nowMs, (done, total) => beat("reading", done, total));
      const lists = readLists(rows, featureNames, (device) => curves[device]);
      if (lists.at.length < leastLists)
        return { stage: `${lists.at.length} lists with a click; ${leastLists} are needed` };
      await beat("learning", 0, 1);
      const trained = await learn({ lists, rising: risingFeatures, plainFeature, seed }, signal);
      await beat("storing", 0, 1);
      const { model, report, gate } = trained;
      const artefact: RankerArtefact = { model, curves };
      return {
        stage: gate.passed ? "published" : "refused",
        keep: async (tx) => {
          const version = await models.addVersion(tx, {
            key: rankerKey,
            runId,
            trainedAt: nowMs,
            seed,
            artefact,
            report: { ...report, curves },
            gate,
          });
          if (gate.passed) await models.promote(tx, rankerKey, version, null, clock.now());
          logger.info({ version, ...gate }, "ranker trained");
          return version;
        },
      };
    },
  );
}

/** Waits for a run and loads what it published. @throws what ended it */
export async function finishTraining({ onPromoted }: Pick<TrainingDeps, "onPromoted">, begun: Begun): Promise<void> {
  await begun.done;
  await onPromoted();
}

export function alreadyRunning(): ClienteleError {
  return new ClienteleError("models.running", "the ranker is being trained already");
}
