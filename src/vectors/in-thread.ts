import { workInThread } from "../models/index.ts";
import type { NearGraph } from "./hnsw.ts";
import type { LearnedVectors, VectorJob } from "./learn-vectors.ts";
import type { VectorOrder } from "./vectors-worker.ts";

const entry = () =>
  new URL(import.meta.url.endsWith(".js") ? "./vectors-worker.js" : "./vectors-worker.ts", import.meta.url);

/** @throws {ClienteleError} `models.failed` */
export function learnInThread(job: VectorJob, signal: AbortSignal): Promise<LearnedVectors> {
  return workInThread<VectorOrder, LearnedVectors>(entry(), { kind: "learn", job }, { signal });
}

/** @param vectors handed over. @throws {ClienteleError} `models.failed` */
export function buildGraphInThread(vectors: Float32Array, size: number, signal: AbortSignal): Promise<NearGraph> {
  const transfer = vectors.buffer instanceof ArrayBuffer ? [vectors.buffer] : [];
  return workInThread<VectorOrder, NearGraph>(entry(), { kind: "graph", vectors, size }, { signal, transfer });
}
