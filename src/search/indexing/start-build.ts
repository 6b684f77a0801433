import { startWorker } from "../../kernel/index.ts";
import type { BuildAnswer, BuildOrder } from "./build-worker.ts";
import type { IndexDocument } from "./index-document.ts";
import type { IndexState } from "./product-index.ts";

/** Batches on their way to the worker: one at work, the rest behind it, so that neither side waits nor memory grows. */
const maxUnderway = 4;

/** An index in the making in a thread of its own. */
export type RemoteBuild = {
  /** Hands documents over; resolves when there is room for more. */
  readonly add: (documents: readonly IndexDocument[]) => Promise<void>;
  /** The index of all that was added. */
  readonly finish: () => Promise<IndexState>;
  /** Ends the thread; call it in any case. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a thread that builds an index: words are most of the work, and requests do not wait for it.
 *
 * Texts are copied to the thread; what comes back is handed over without a copy, and SKUs stay here.
 */
export function startBuild(locale: string): RemoteBuild {
  const worker = startWorker("build-worker", import.meta.url);
  const skus: string[] = [];
  let underway = 0;
  let failure: Error | undefined;
  let built: IndexState | undefined;
  let wake: () => void = () => undefined;
  const fail = (cause: unknown) => {
    failure ??= new Error("the worker that builds the search index ended", { cause });
    wake();
  };
  worker.on("message", (answer: BuildAnswer) => {
    if (answer.kind === "added") underway -= 1;
    else built = withSkus(answer.state, skus);
    wake();
  });
  worker.on("error", fail);
  worker.on("exit", fail);
  const send = (order: BuildOrder) => worker.postMessage(order);

  async function until(isReady: () => boolean): Promise<void> {
    while (!isReady()) {
      if (failure) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  send({ kind: "start", locale });
  return {
    async add(documents) {
      for (const { sku } of documents) skus.push(sku);
      underway += 1;
      send({ kind: "add", documents });
      await until(() => underway < maxUnderway);
    },
    async finish() {
      send({ kind: "finish" });
      await until(() => built !== undefined);
      if (!built) throw new Error("a build without a result");
      return built;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** Segments follow each other in the order of the documents, so each has the next run of SKUs. */
function withSkus(state: IndexState, skus: readonly string[]): IndexState {
  let from = 0;
  const segments = state.segments.map((segment) => {
    const own = skus.slice(from, from + segment.size);
    from += segment.size;
    return { ...segment, skus: own };
  });
  return { ...state, segments };
}
