import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { ClienteleError } from "../../kernel/index.ts";
import type { Learned, LearnJob } from "./learn.ts";
import type { LearnAnswer } from "./learn-worker.ts";

/** 200,000 rows take about 500 MB; a training that needs more than this fails instead of taking the process with it. */
const maxHeapMb = 2_048;

function startWorker(): Worker {
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

/**
 * Does one job in a worker thread of its own.
 *
 * @param timeoutMs limit of the job
 * @param signal ends the worker
 * @throws {ClienteleError} `models.tooLong`, `models.failed`
 */
export async function learnInWorker(job: LearnJob, timeoutMs: number, signal: AbortSignal): Promise<Learned> {
  const worker = startWorker();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => void worker.terminate();
  signal.addEventListener("abort", stop);
  try {
    const answer = await new Promise<LearnAnswer>((resolve, reject) => {
      const fail = (cause: unknown): void =>
        reject(new ClienteleError("models.failed", "the worker that trains models ended", { cause }));
      timer = setTimeout(
        () => reject(new ClienteleError("models.tooLong", `training took longer than ${timeoutMs} ms`)),
        timeoutMs,
      );
      worker.on("message", resolve);
      worker.on("error", fail);
      worker.on("exit", fail);
      if (signal.aborted) fail(signal.reason);
      else worker.postMessage(job);
    });
    if (answer.kind === "failed") throw new ClienteleError("models.failed", `training failed: ${answer.message}`);
    return answer.learned;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
