// Trainings and scorings as runs: one of a kind at a time in all processes, with a heartbeat, given up by whoever lost it.
import { ClienteleError, type Clock, type Logger, newId } from "../kernel/index.ts";
import type { Sql } from "../storage/index.ts";
import { createGiveWay } from "./give-way.ts";
import type { ModelRun } from "./model.ts";
import type { Hold, ModelStore } from "./store.ts";

/** Tells how far a run has come. @throws when the run is to end: cancelled, too long, taken over, or the program stops */
export type Beat = (stage: string, done: number, total: number) => Promise<void>;

/** What came of a run; `keep` writes it in the transaction that ends the run. */
export type RunResult = {
  readonly stage: string;
  /** @returns number of the version that was stored */
  readonly keep?: (tx: Sql) => Promise<number>;
};

export type RunWork = (run: {
  readonly id: string;
  readonly beat: Beat;
  /** Aborted when the run is to end, with the error that says why. */
  readonly signal: AbortSignal;
  /** Ends the run after so long, from now on. */
  readonly limit: (ms: number) => void;
}) => Promise<RunResult>;

const heartbeatMs = 5_000;
/** Without a sign of life for so long, a run has died with its process (profiles-and-journeys B.2). */
export const staleMs = 5 * 60_000;

export type RunDeps = { readonly store: ModelStore; readonly clock: Clock; readonly logger: Logger };

export type Begun = {
  readonly runId: string;
  /** Ends the run in this process. */
  readonly cancel: () => void;
  /** @throws what ended the run, when it was not its work */
  readonly done: Promise<void>;
};

export type NewRun = Pick<ModelRun, "key" | "purpose" | "startedBy"> & {
  /** The newest run that the caller went by; undefined = whatever there was. */
  readonly seen?: string | null;
};

function endOf(hold: Exclude<Hold, "ours">): ClienteleError {
  return hold === "cancelled"
    ? new ClienteleError("models.cancelled", "somebody cancelled the training")
    : new ClienteleError("models.failed", "another process has taken over the run");
}

/** The error that an aborted signal carries. */
function reasonOf(signal: AbortSignal): ClienteleError {
  const reason: unknown = signal.reason;
  return reason instanceof ClienteleError ? reason : new ClienteleError("models.failed", "the program is stopping");
}

/**
 * Begins a run.
 *
 * @param stopping ends the run with the program
 * @param work what is to be done; what it keeps is written together with the end of the run, or not at all
 * @returns undefined when a run of that model is under way
 */
export async function beginRun(
  { store, clock, logger }: RunDeps,
  { seen, ...run }: NewRun,
  stopping: AbortSignal,
  work: RunWork,
): Promise<Begun | undefined> {
  const id = newId(clock.now());
  if (!(await store.startRun({ ...run, id }, clock.now(), clock.now() - staleMs, seen))) return undefined;
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, stopping]);
  let last = { stage: "waiting", done: 0, total: 0 };
  let beatenAt = Number.NEGATIVE_INFINITY;
  const giveWay = createGiveWay(signal);
  const sendBeat = async (): Promise<void> => {
    const hold = await store.beat(id, last.stage, last.done, last.total, clock.now());
    if (hold !== "ours") own.abort(endOf(hold));
  };
  const beat: Beat = async (stage, done, total) => {
    await giveWay();
    if (signal.aborted) throw reasonOf(signal);
    const isNew = stage !== last.stage;
    last = { stage, done, total };
    if (!isNew && clock.now() - beatenAt < heartbeatMs) return;
    beatenAt = clock.now();
    await sendBeat();
    if (signal.aborted) throw reasonOf(signal);
  };
  // Learning takes minutes without a word.
  const timer = setInterval(() => {
    sendBeat().catch((err: unknown) => logger.warn({ err, runId: id }, "the heartbeat of a model run was not written"));
  }, heartbeatMs).unref();
  let limiter: NodeJS.Timeout | undefined;
  const limit = (ms: number): void => {
    const tooLong = new ClienteleError("models.tooLong", `training took longer than ${ms} ms`);
    limiter = setTimeout(() => own.abort(tooLong), ms).unref();
  };
  const done = (async () => {
    try {
      const { stage, keep } = await work({ id, beat, signal, limit });
      await store.transaction(async (tx) => {
        // A run that was cancelled or taken over publishes nothing.
        const hold = await store.lockRun(tx, id);
        if (hold !== "ours") throw endOf(hold);
        const version = keep ? await keep(tx) : null;
        await store.finishRun(tx, id, stage, version, clock.now());
      });
    } catch (thrown) {
      // A restart is no failure of the model: who starts next begins it anew at once.
      if (stopping.aborted && !own.signal.aborted) {
        await store.releaseRun(id);
        throw reasonOf(stopping);
      }
      const error = signal.aborted ? reasonOf(signal) : thrown;
      // The message of our own errors is free of personal data; that of others may hold a row.
      const message = error instanceof ClienteleError ? error.message : "see the log";
      const isCancelled = error instanceof ClienteleError && error.code === "models.cancelled";
      await store.abandonRun(id, isCancelled ? "cancelled" : "failed", message, clock.now());
      throw error;
    } finally {
      clearInterval(timer);
      clearTimeout(limiter);
    }
  })();
  return { runId: id, cancel: () => own.abort(endOf("cancelled")), done };
}
