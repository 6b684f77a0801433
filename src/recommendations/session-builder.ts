import type { Worker } from "node:worker_threads";
import { startWorker } from "../kernel/index.ts";
import { createNextItems, type NextItems, nextItemsOf } from "./learners/index.ts";
import { createSessionCollection } from "./session-collection.ts";
import type { PlainLog, SessionOrder } from "./session-worker.ts";
import type { EndedSession } from "./store-sessions.clickhouse.ts";

/** Collects sessions and makes indexes of them. */
export type SessionBuilder = {
  readonly clear: () => void;
  /** @returns how many may be new or different */
  readonly add: (page: readonly EndedSession[]) => number;
  /** Of the newest ones. */
  readonly build: (limit: number) => Promise<NextItems>;
  readonly close: () => Promise<void>;
};

/** From here on a build would hold up requests: 1,000 sessions take 30 ms, 2,000 take 40 to 60. */
const workerFrom = 1_000;
/** 200,000 sessions of 20 products take about 300 MB. */
const maxHeapMb = 1_024;
const buildTimeoutMs = 120_000;

function toNext({ names, ...log }: PlainLog): NextItems {
  const numbers = new Map(names.map((name, number) => [name, number]));
  return nextItemsOf({ ...log, numbers: { names, of: (name) => numbers.get(name) ?? -1 } });
}

/** @throws {Error} when the worker ends, or takes more than two minutes */
function askForLog(worker: Worker, limit: number): Promise<PlainLog> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      worker.off("message", done);
      worker.off("error", fail);
      worker.off("exit", ended);
    };
    const done = (log: PlainLog) => {
      stop();
      resolve(log);
    };
    const fail = (cause: unknown) => {
      stop();
      reject(new Error("the worker that indexes sessions failed", { cause }));
    };
    const ended = () => fail(undefined);
    const timer = setTimeout(() => fail(new Error("it took too long")), buildTimeoutMs);
    worker.on("message", done);
    worker.on("error", fail);
    worker.on("exit", ended);
    worker.postMessage({ kind: "build", limit } satisfies SessionOrder);
  });
}

/**
 * Few sessions are indexed where they are asked for; many move to a worker thread and stay there.
 *
 * @param threshold sessions from which on the worker does it
 */
export function createSessionBuilder(threshold = workerFrom): SessionBuilder {
  const collection = createSessionCollection();
  let worker: Worker | undefined;
  let count = 0;

  const send = (order: SessionOrder) => worker?.postMessage(order);
  const moveToWorker = (): Worker => {
    const started = startWorker("session-worker", import.meta.url, maxHeapMb);
    // Work that is under way hears of it by its own handlers; without any, an error must not end the process.
    started.on("error", () => undefined);
    started.unref();
    worker = started;
    send({ kind: "add", page: collection.all() });
    collection.clear();
    return started;
  };

  return {
    clear: () => {
      count = 0;
      collection.clear();
      send({ kind: "clear" });
    },
    add: (page) => {
      count += page.length;
      if (!worker) return collection.add(page);
      if (page.length > 0) send({ kind: "add", page });
      return page.length;
    },
    build: async (limit) => {
      if (!worker && count < threshold) return createNextItems(collection.newest(limit));
      try {
        return toNext(await askForLog(worker ?? moveToWorker(), limit));
      } catch (error) {
        // What it held is lost: who keeps the sessions loads them again.
        const broken = worker;
        worker = undefined;
        await broken?.terminate();
        throw error;
      }
    },
    close: async () => {
      await worker?.terminate();
      worker = undefined;
    },
  };
}
