// Runs in a worker thread: builds an index of the documents it is sent, and hands its arrays over.
import { parentPort } from "node:worker_threads";
import { createAnalyzer } from "../analysis/analysis.ts";
import type { IndexDocument } from "./index-document.ts";
import { segmentArrays } from "./index-image.ts";
import { type BulkLoad, createProductIndex, type IndexState, type ProductIndex } from "./product-index.ts";

/** What the thread is told, in this order: start, any number of batches, finish. */
export type BuildOrder =
  | { readonly kind: "start"; readonly locale: string }
  /** New SKUs, each once. */
  | { readonly kind: "add"; readonly documents: readonly IndexDocument[] }
  | { readonly kind: "finish" };

/** SKUs are left out of the segments: the other side has them. */
export type BuildAnswer = { readonly kind: "added" } | { readonly kind: "built"; readonly state: IndexState };

/** Nothing waits for a pause here, but the sorting of larger segments takes more memory. */
const productsPerSegment = 16_000;
const segmentsBeforeMerge = 12;

let index: ProductIndex | undefined;
let load: BulkLoad | undefined;

function add(into: ProductIndex, documents: readonly IndexDocument[]): void {
  load ??= into.startBulk();
  for (const document of documents) load.add(document);
  if (load.size() < productsPerSegment) return;
  load.commit();
  load = undefined;
  if (into.segments().length >= segmentsBeforeMerge) into.compact();
}

function finish(built: ProductIndex): { readonly answer: BuildAnswer; readonly buffers: ArrayBuffer[] } {
  load?.commit();
  built.compact();
  const state = built.state();
  const segments = state.segments.map((segment) => ({ ...segment, skus: [] }));
  const arrays = state.segments.flatMap(segmentArrays);
  // Two arrays may share a buffer; a buffer is handed over once.
  const buffers = [...new Set(arrays.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
  return { answer: { kind: "built", state: { ...state, segments } }, buffers };
}

parentPort?.on("message", (order: BuildOrder) => {
  switch (order.kind) {
    case "start":
      index = createProductIndex({ analyzer: createAnalyzer({ locale: order.locale }) });
      return;
    case "add":
      if (index) add(index, order.documents);
      parentPort?.postMessage({ kind: "added" } satisfies BuildAnswer);
      return;
    case "finish":
      if (!index) throw new Error("a build that was not started");
      {
        const { answer, buffers } = finish(index);
        parentPort?.postMessage(answer, buffers);
      }
  }
});
