// Makes the codes of a generation, batch by batch. Progress is stored with the codes, so that whoever takes a job up goes on where
// the last one stopped.
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import { createCodeMaker } from "./code-format.ts";
import type { GenerationJob, JobStore } from "./store-jobs.ts";

export type GenerateDeps = {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Codes of one transaction; default 5,000: about 100 ms of the embedded engine, which others wait for. */
  readonly batchSize?: number;
};

const leaseMs = 30_000;
/** A shape that is allowed hits a known code once in 10,000 tries: so many batches in a row without a new one are a fault. */
const maxIdleBatches = 5;

export function createGenerator({ store, clock, logger, batchSize = 5_000 }: GenerateDeps) {
  let stopping = false;

  const fill = async (job: GenerationJob, lease: string): Promise<void> => {
    const make = createCodeMaker(job.spec);
    let { done } = job;
    let idle = 0;
    while (done < job.quantity && !stopping) {
      // In order, because neighbours in the index are written faster.
      const codes = Array.from({ length: Math.min(batchSize, job.quantity - done) }, make).sort();
      const now = await store.addGenerated(job, lease, codes, { nowMs: clock.now(), leaseMs });
      if (now === undefined) return;
      idle = now === done ? idle + 1 : 0;
      if (idle >= maxIdleBatches) {
        await store.finish(job.id, lease, "no new codes were found", clock.now());
        return;
      }
      done = now;
    }
    if (done >= job.quantity) await store.finish(job.id, lease, null, clock.now());
  };

  return {
    /** Job: makes the codes of one generation that waits, to its end. @returns false when none waited */
    runNext: async (): Promise<boolean> => {
      const lease = newId(clock.now());
      const job = await store.claim(lease, clock.now(), leaseMs);
      if (!job) return false;
      const startedAt = clock.now();
      await fill(job, lease);
      logger.info({ job: job.id, quantity: job.quantity, ms: clock.now() - startedAt }, "coupon codes generated");
      return true;
    },
    /** Ends after the batch under way; another run takes the job up once its lease is over. */
    stop: (): void => {
      stopping = true;
    },
  };
}
