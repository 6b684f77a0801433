import { ClienteleError, startWorker } from "../kernel/index.ts";
import type { MatchOptions, MatchResult } from "./match-records.ts";
import type { MatchAnswer, MatchRequest } from "./match-worker.ts";
import type { PersonFacts } from "./person-record.ts";

export type Matching = {
  /** Resolves when the worker has taken them: one batch is under way at a time, so memory stays bounded. */
  readonly add: (people: readonly PersonFacts[], wanted: readonly boolean[]) => Promise<void>;
  /** @throws {ClienteleError} `duplicates.tooLong`, `duplicates.failed` */
  readonly match: (options: MatchOptions) => Promise<MatchResult>;
  /** Ends the worker, whatever it is doing; to be called in every case. */
  readonly stop: () => Promise<void>;
};

/** 100,000 people take about 150 MB; a run that needs more than this fails instead of taking the process with it. */
const maxHeapMb = 2_048;

/** Starts a worker thread that matches one set of people. @param timeoutMs limit of each call */
export function startMatching(timeoutMs: number): Matching {
  const worker = startWorker("match-worker", import.meta.url, maxHeapMb);
  let failure: unknown;
  let settle: ((answer: MatchAnswer | undefined) => void) | undefined;
  worker.on("message", (answer: MatchAnswer) => settle?.(answer));
  worker.on("error", (error) => {
    failure = error;
    settle?.(undefined);
  });
  worker.on("exit", () => {
    failure ??= new Error("the worker ended");
    settle?.(undefined);
  });

  const ask = async (request: MatchRequest): Promise<MatchAnswer> => {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<MatchAnswer | undefined>((resolve, reject) => {
      settle = resolve;
      if (failure !== undefined) return resolve(undefined);
      timer = setTimeout(
        () => reject(new ClienteleError("duplicates.tooLong", `matching took longer than ${timeoutMs} ms`)),
        timeoutMs,
      );
      worker.postMessage(request);
    }).finally(() => clearTimeout(timer));
    if (answer === undefined)
      throw new ClienteleError("duplicates.failed", "the worker that matches profiles ended", { cause: failure });
    return answer;
  };

  return {
    add: async (people, wanted) => {
      await ask({ kind: "add", people, wanted });
    },
    match: async (options) => {
      const answer = await ask({ kind: "match", ...options });
      if (answer.kind !== "matched") throw new Error("the worker answered another question");
      return answer.result;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
