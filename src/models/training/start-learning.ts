import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { ClienteleError } from "../../kernel/index.ts";
import type { Learned, LearnJob } from "./learn.ts";
import type { LearnAnswer } from "./learn-worker.ts";

/** The largest jobs, 5,000,000 orders, take about half of it; one that needs more fails instead of taking the process with it. */
export const defaultHeapMb = 2_048;

function startWorker(maxHeapMb: number): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: maxHeapMb };
  if (import.meta.url.endsWith(".js"))
    return new Worker(new URL("./learn-worker.js", import.meta.url), { execArgv: [], resourceLimits });
  // From source, in development and tests: Node 20 cannot load TypeScript in a worker, and `--import` does not reach it.
  const loader = pathToFileURL(
    createRequire(import.meta.url)
      .resolve("tsx/esm/api")
      .replace(/\.cjs$/, ".mjs"),
  ).href;
  const entry = new URL("./learn-worker.ts", import.meta.url).href;
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(start, { eval: true, execArgv: [], resourceLimits });
}

function failureOf(error: unknown, maxHeapMb: number): ClienteleError {
  const isMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  const message = isMemory
    ? `training needed more than the ${maxHeapMb} MB of memory it may take`
    : "the worker that trains models ended";
  return new ClienteleError("models.failed", message, { cause: error });
}

/**
 * Does one job in a worker thread of its own.
 *
 * @param maxHeapMb memory of the thread beside the tables it is given
 * @param signal ends the worker
 * @throws {ClienteleError} `models.failed`
 */
export async function learnInWorker(job: LearnJob, maxHeapMb: number, signal: AbortSignal): Promise<Learned> {
  const worker = startWorker(maxHeapMb);
  let stop = (): void => undefined;
  try {
    const answer = await new Promise<LearnAnswer>((resolve, reject) => {
      const fail = (cause: unknown): void => reject(failureOf(cause, maxHeapMb));
      stop = () => fail(signal.reason);
      signal.addEventListener("abort", stop);
      worker.on("message", resolve);
      worker.on("error", fail);
      worker.on("exit", fail);
      if (signal.aborted) stop();
      else worker.postMessage(job);
    });
    if (answer.kind === "failed") throw new ClienteleError("models.failed", `training failed: ${answer.message}`);
    return answer.learned;
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
