import { workInThread } from "../models/index.ts";
import type { NearGraph } from "./hnsw.ts";
import type { LearnedVectors, VectorJob } from "./learn-vectors.ts";
import type { VectorOrder } from "./vectors-worker.ts";

const worker = "vectors-worker";

/** @throws {ClienteleError} `models.failed` */
export function learnInThread(job: VectorJob, signal: AbortSignal): Promise<LearnedVectors> {
  return workInThread<VectorOrder, LearnedVectors>(worker, import.meta.url, { kind: "learn", job }, { signal });
}

/** @param vectors handed over. @throws {ClienteleError} `models.failed` */
export function buildGraphInThread(vectors: Float32Array, size: number, signal: AbortSignal): Promise<NearGraph> {
  const transfer = vectors.buffer instanceof ArrayBuffer ? [vectors.buffer] : [];
  return workInThread<VectorOrder, NearGraph>(
    worker,
    import.meta.url,
    { kind: "graph", vectors, size },
    { signal, transfer },
  );
}
