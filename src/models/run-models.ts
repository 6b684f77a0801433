// Trainings and scorings as runs: one of a kind at a time in all processes, with a heartbeat, given up by whoever lost it.
import { ClienteleError, type Clock, type Logger, newId } from "../kernel/index.ts";
import type { ModelRun } from "./model.ts";
import type { ModelStore } from "./store.ts";

/** Tells how far a run has come. @throws when another process has taken it for dead, or the program stops */
export type Beat = (stage: string, done: number, total: number) => Promise<void>;

const heartbeatMs = 5_000;
/** Without a sign of life for so long, a run has died with its process (profiles-and-journeys B.2). */
export const staleMs = 5 * 60_000;

export type RunDeps = { readonly store: ModelStore; readonly clock: Clock; readonly logger: Logger };

export type Begun = { readonly runId: string; readonly done: Promise<void> };

/**
 * Begins a run.
 *
 * @param work what is to be done; it ends the run itself when it stores a version in a transaction, by the id it is given
 * @returns undefined when a run of that model is under way
 */
export async function beginRun(
  { store, clock, logger }: RunDeps,
  run: Pick<ModelRun, "key" | "purpose" | "startedBy">,
  signal: AbortSignal,
  work: (runId: string, beat: Beat) => Promise<{ readonly version: number | null; readonly stage: string }>,
): Promise<Begun | undefined> {
  const id = newId(clock.now());
  if (!(await store.startRun({ ...run, id }, clock.now(), clock.now() - staleMs))) return undefined;
  let last = { stage: "waiting", done: 0, total: 0 };
  let beatenAt = Number.NEGATIVE_INFINITY;
  const beat: Beat = async (stage, done, total) => {
    if (signal.aborted) throw new ClienteleError("models.failed", "the program is stopping");
    const isNew = stage !== last.stage;
    last = { stage, done, total };
    if (!isNew && clock.now() - beatenAt < heartbeatMs) return;
    beatenAt = clock.now();
    if (!(await store.beat(id, stage, done, total, clock.now())))
      throw new ClienteleError("models.failed", "another process has taken over the run");
  };
  // Learning takes minutes without a word.
  const timer = setInterval(() => {
    store
      .beat(id, last.stage, last.done, last.total, clock.now())
      .catch((err: unknown) => logger.warn({ err, runId: id }, "the heartbeat of a model run was not written"));
  }, heartbeatMs).unref();
  const done = (async () => {
    try {
      const { version, stage } = await work(id, beat);
      await store.beat(id, stage, last.total, last.total, clock.now());
      await store.endRun(store, id, version, null, clock.now());
    } catch (error) {
      // The message of our own errors is free of personal data; that of others may hold a row.
      const message = error instanceof ClienteleError ? error.message : "see the log";
      await store.endRun(store, id, null, message, clock.now());
      throw error;
    } finally {
      clearInterval(timer);
    }
  })();
  return { runId: id, done };
}
