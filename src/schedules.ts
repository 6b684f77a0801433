import type { Logger } from "./kernel/index.ts";

/** Work that comes back: never twice at once, and one failure does not end it. */
export type Job = {
  readonly name: string;
  readonly everyMs: number;
  /** Wait before the first run; default: `everyMs`. */
  readonly firstAfterMs?: number;
  readonly run: () => Promise<void>;
};

/** Starts the jobs. @returns a function that stops them after the runs under way */
export function startJobs(jobs: readonly Job[], logger: Logger): () => Promise<void> {
  let stopping = false;
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const plan = (job: Job, afterMs: number): void => {
    if (stopping) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = job
        .run()
        .catch((error: unknown) => logger.error({ err: error, job: job.name }, "job failed"))
        .finally(() => {
          running.delete(run);
          plan(job, job.everyMs);
        });
      running.add(run);
    }, afterMs);
    timers.add(timer);
  };
  for (const job of jobs) plan(job, job.firstAfterMs ?? job.everyMs);
  return async () => {
    stopping = true;
    for (const timer of timers) clearTimeout(timer);
    await Promise.all(running);
  };
}
