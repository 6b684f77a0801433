// Runs in a worker thread: a learning over a month of decisions takes seconds, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import type { WorkerAnswer } from "../../models/index.ts";
import { type BanditJob, type LearnedBandit, learnBandit } from "./learn-bandit.ts";

function answer(job: BanditJob): WorkerAnswer<LearnedBandit> {
  try {
    return { kind: "learned", learned: learnBandit(job) };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (job: BanditJob) => parentPort?.postMessage(answer(job)));
