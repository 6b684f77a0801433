// Runs in a worker thread: a training takes minutes, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import type { WorkerAnswer } from "../models/index.ts";
import { type RankJob, type TrainedRanker, trainRanker } from "./train-ranker.ts";

function answer(job: RankJob): WorkerAnswer<TrainedRanker> {
  try {
    return { kind: "learned", learned: trainRanker(job) };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (job: RankJob) => parentPort?.postMessage(answer(job)));
