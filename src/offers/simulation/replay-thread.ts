import type { Worker } from "node:worker_threads";
import { ClienteleError, startWorker } from "../../kernel/index.ts";
import type { ReplayAnswer, ReplayRequest } from "./simulation-job.ts";

/** 50,000 orders pass through in batches; the rules and products of a large shop stay. */
const maxHeapMb = 1_024;

/** The thread that replays: one question at a time, each with its answer. */
export function openReplayThread(signal: AbortSignal) {
  const worker: Worker = startWorker("replay-worker", import.meta.url, maxHeapMb);
  return {
    /** @throws {ClienteleError} `offers.simulationFailed`; the reason of the signal */
    ask: async (request: ReplayRequest): Promise<ReplayAnswer> => {
      signal.throwIfAborted();
      let [stop, ended] = [(): void => undefined, (_: unknown): void => undefined];
      try {
        const answer = await new Promise<ReplayAnswer>((resolve, reject) => {
          stop = () => reject(signal.reason);
          ended = (cause) =>
            reject(new ClienteleError("offers.simulationFailed", "the thread that replays orders ended", { cause }));
          signal.addEventListener("abort", stop);
          worker.once("message", resolve);
          worker.once("error", ended);
          worker.once("exit", ended);
          worker.postMessage(request);
        });
        if (answer.kind === "failed") throw new ClienteleError("offers.simulationFailed", answer.message);
        return answer;
      } finally {
        signal.removeEventListener("abort", stop);
        worker.off("error", ended);
        worker.off("exit", ended);
      }
    },
    close: async (): Promise<void> => void (await worker.terminate()),
  };
}
