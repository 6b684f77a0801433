// One learning, from events and catalog to a version: the same runs, heartbeats and versions as every other model.
import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import { type Begun, beginRun, type ModelRun, type ModelStore, staleRunMs } from "../models/index.ts";
import type { WordCounter } from "../search/index.ts";
import { gatherJob } from "./gather-job.ts";
import { learnInThread } from "./in-thread.ts";
import type { LearnedVectors, VectorJob } from "./learn-vectors.ts";
import type { VectorEvents } from "./store.clickhouse.ts";

/** Key of the vectors among models. */
export const vectorsKey = "vectors";

export type LearningDeps = {
  readonly events: VectorEvents;
  readonly models: ModelStore;
  readonly catalog: { current(): CatalogSnapshot };
  readonly counter: WordCounter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
  /** Does the learning; default: a worker thread. */
  readonly learn?: (job: VectorJob, signal: AbortSignal) => Promise<LearnedVectors>;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const windowMs = 90 * dayMs;
const maxSessions = 100_000;
const limitMs = 30 * 60_000;
/** Fewer products are read at a glance; there is nothing to learn from. */
const leastProducts = 20;
const seed = 20_260_101;
/** Of each learning about 10 MB: what served before, and one more to go back to. */
const keptVersions = 3;

/** Once a day; sooner after a failure or a catalog that was too small. */
export function isLearningDue(runs: readonly ModelRun[], nowMs: number, everyMs = dayMs): boolean {
  const [last] = runs;
  if (!last) return true;
  if (last.status === "running") return nowMs - last.heartbeatAt >= staleRunMs;
  const isThin = last.status !== "done" || last.version === null;
  return nowMs - last.startedAt >= (isThin ? Math.min(hourMs, everyMs) : everyMs);
}

/** @returns undefined while a learning is under way, in any process */
export function beginLearning(deps: LearningDeps, startedBy: string): Promise<Begun | undefined> {
  const { events, models, catalog, counter, clock, logger, learn = learnInThread } = deps;
  return beginRun(
    { store: models, clock, logger },
    { key: vectorsKey, purpose: "train", startedBy },
    deps.stopping,
    async ({ id: runId, beat, signal, limit }) => {
      limit(limitMs);
      const nowMs = clock.now();
      const snapshot = catalog.current();
      await beat("reading", 0, 1);
      if (snapshot.listed().length < leastProducts)
        return { stage: `${snapshot.listed().length} products; ${leastProducts} are needed` };
      const sessions = await events.sessions(nowMs - windowMs, nowMs, maxSessions);
      const queries = await events.queries(nowMs - windowMs, nowMs);
      const job = await gatherJob(snapshot, counter, { sessions, queries }, seed);
      await beat("learning", 0, 1);
      const { artefact, report } = await learn(job, signal);
      await beat("storing", 0, 1);
      return {
        stage: "published",
        keep: async (tx) => {
          const gate = { passed: true, reasons: [] };
          const version = await models.addVersion(tx, {
            ...{ key: vectorsKey, runId, trainedAt: nowMs, seed, artefact, report, gate, kept: keptVersions },
          });
          await models.promote(tx, vectorsKey, version, null, clock.now());
          logger.info({ version, ...report }, "vectors learned");
          return version;
        },
      };
    },
  );
}
