// Runs in a worker thread: fitting takes seconds to minutes, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import { type Learned, type LearnJob, learn } from "./learn.ts";
import type { WorkerAnswer } from "./start-learning.ts";

function answer(job: LearnJob): WorkerAnswer<Learned> {
  try {
    return { kind: "learned", learned: learn(job) };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (job: LearnJob) => parentPort?.postMessage(answer(job)));
