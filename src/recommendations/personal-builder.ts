import { startWorker } from "../kernel/index.ts";
import { buffersOf, type LearnedPersonal, type LearnJob, learnPersonal } from "./learn-personal.ts";

/** From here on a learning would hold up requests: 300 products and 20,000 cells take about 20 ms. */
const workerFrom = { items: 300, cells: 20_000 };
/** Beside the arrays, which do not count. */
const maxHeapMb = 2_048;
/** EASE of 10,000 products takes five minutes alone on its core. */
const timeoutMs = 60 * 60_000;

/**
 * Learns where it is asked when that is quick, else in a thread that ends with the job.
 *
 * @param signal ends the thread
 * @throws {Error} when the thread ends, or takes more than an hour
 */
export async function buildPersonal(
  job: LearnJob,
  signal: AbortSignal,
  threshold = workerFrom,
): Promise<LearnedPersonal> {
  const { interests, baskets } = job;
  if (interests.itemCount < threshold.items && interests.items.length + baskets.items.length < threshold.cells)
    return learnPersonal(job);
  const worker = startWorker("personal-worker", import.meta.url, maxHeapMb);
  worker.unref();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let stop = (): void => undefined;
  try {
    return await new Promise<LearnedPersonal>((resolve, reject) => {
      const fail = (cause: unknown) => reject(new Error("the worker that learns people's taste failed", { cause }));
      stop = () => fail(limit.reason);
      limit.addEventListener("abort", stop);
      worker.once("message", resolve);
      worker.on("error", fail);
      worker.once("exit", fail);
      if (limit.aborted) stop();
      else worker.postMessage(job, [...buffersOf(job)]);
    });
  } finally {
    limit.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
