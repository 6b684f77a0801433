// Runs in a worker thread: 200,000 sessions take about four seconds, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import { type LearnedNext, learnNext } from "./learners/index.ts";
import { createSessionCollection } from "./session-collection.ts";
import type { EndedSession } from "./store-sessions.clickhouse.ts";

export type SessionOrder =
  | { readonly kind: "clear" }
  | { readonly kind: "add"; readonly page: readonly EndedSession[] }
  | { readonly kind: "build"; readonly limit: number };

/** A log without its functions, which do not travel between threads. */
export type PlainLog = Omit<LearnedNext, "numbers"> & { readonly names: readonly string[] };

const collection = createSessionCollection();

function build(limit: number): void {
  const { numbers, ...log } = learnNext(collection.newest(limit));
  const arrays = Object.values(log).flatMap((part) => (ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : []));
  parentPort?.postMessage({ ...log, names: numbers.names } satisfies PlainLog, arrays);
}

parentPort?.on("message", (order: SessionOrder) => {
  if (order.kind === "clear") collection.clear();
  else if (order.kind === "add") collection.add(order.page);
  else build(order.limit);
});
