// When a model is trained again, and when everybody is scored anew. Pure.
import type { Model, ModelRun, ModelVersion } from "./model.ts";
import { staleMs } from "./run-models.ts";

const hourMs = 3_600_000;

/**
 * Whether a model is to be trained again; after failures it waits longer each time, a day at most.
 *
 * @param runs of the model, newest first
 */
export function isTrainingDue(
  { requestedAt }: Pick<Model, "requestedAt">,
  runs: readonly ModelRun[],
  nowMs: number,
  everyMs: number,
): boolean {
  const own = runs.filter(({ purpose }) => purpose === "train");
  const [last] = own;
  if (!last) return true;
  if (last.status === "running") return nowMs - last.heartbeatAt >= staleMs;
  if (requestedAt !== null && requestedAt > last.startedAt) return true;
  const failures = own.findIndex(({ status }) => status !== "failed");
  const inRow = failures < 0 ? own.length : failures;
  // One that found too little to learn from looks again soon: a young shop grows by the hour.
  const soonMs = last.status === "done" && last.version === null ? hourMs : everyMs;
  const waitMs = inRow === 0 ? soonMs : Math.min(everyMs, hourMs * 2 ** (inRow - 1));
  return nowMs - last.startedAt >= waitMs;
}

/**
 * Whether everybody is to be scored: once a day, and when another version serves.
 *
 * @param live versions that serve
 * @param runs of scoring, newest first
 */
export function isScoringDue(
  live: readonly Pick<ModelVersion, "promotedAt">[],
  runs: readonly ModelRun[],
  nowMs: number,
  everyMs: number,
): boolean {
  const last = runs.find(({ purpose, status }) => purpose === "score" && status === "done");
  if (live.length === 0 && !last) return false;
  if (!last || nowMs - last.startedAt >= everyMs) return true;
  return live.some(({ promotedAt }) => (promotedAt ?? 0) > last.startedAt);
}
