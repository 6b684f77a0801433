// Runs in a worker thread: learning and building a graph take seconds to minutes, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import type { WorkerAnswer } from "../models/index.ts";
import { buildNearGraph, type NearGraph } from "./hnsw.ts";
import { type LearnedVectors, learnVectors, type VectorJob } from "./learn-vectors.ts";

export type VectorOrder =
  | { readonly kind: "learn"; readonly job: VectorJob }
  | { readonly kind: "graph"; readonly vectors: Float32Array; readonly size: number };

function answer(order: VectorOrder): WorkerAnswer<LearnedVectors | NearGraph> {
  try {
    return {
      kind: "learned",
      learned: order.kind === "learn" ? learnVectors(order.job) : buildNearGraph(order.vectors, order.size),
    };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (order: VectorOrder) => parentPort?.postMessage(answer(order)));
