import { ClienteleError, startWorker } from "../../kernel/index.ts";
import type { Learned, LearnJob } from "./learn.ts";

/** The largest jobs, 5,000,000 orders, take about half of it; one that needs more fails instead of taking the process with it. */
export const defaultHeapMb = 2_048;

function failureOf(error: unknown, maxHeapMb: number): ClienteleError {
  const isMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  const message = isMemory
    ? `training needed more than the ${maxHeapMb} MB of memory it may take`
    : "the worker that trains models ended";
  return new ClienteleError("models.failed", message, { cause: error });
}

/** What a worker of ours sends back. */
export type WorkerAnswer<Result> =
  | { readonly kind: "learned"; readonly learned: Result }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Does one job in a worker thread of its own.
 *
 * @param name file, without its ending, of a worker that answers its one message with a `WorkerAnswer`
 * @param beside `import.meta.url` of the caller, where that file is
 * @param job copied, but for the buffers in `transfer`, which are gone afterwards
 * @param maxHeapMb memory of the thread beside the tables it is given
 * @param signal ends the worker
 * @throws {ClienteleError} `models.failed`
 */
export async function workInThread<Job, Result>(
  name: string,
  beside: string,
  job: Job,
  { maxHeapMb = defaultHeapMb, signal, transfer = [] }: WorkOptions,
): Promise<Result> {
  const worker = startWorker(name, beside, maxHeapMb);
  let stop = (): void => undefined;
  try {
    const answer = await new Promise<WorkerAnswer<Result>>((resolve, reject) => {
      const fail = (cause: unknown): void => reject(failureOf(cause, maxHeapMb));
      stop = () => fail(signal.reason);
      signal.addEventListener("abort", stop);
      worker.on("message", resolve);
      worker.on("error", fail);
      worker.on("exit", fail);
      if (signal.aborted) stop();
      else worker.postMessage(job, [...transfer]);
    });
    if (answer.kind === "failed") throw new ClienteleError("models.failed", `training failed: ${answer.message}`);
    return answer.learned;
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

export type WorkOptions = {
  /** MB; default 2,048. */
  readonly maxHeapMb?: number;
  readonly signal: AbortSignal;
  readonly transfer?: readonly ArrayBuffer[];
};

/** As `workInThread`, of the models of this folder. */
export function learnInWorker(job: LearnJob, maxHeapMb: number, signal: AbortSignal): Promise<Learned> {
  return workInThread("learn-worker", import.meta.url, job, { maxHeapMb, signal });
}
