// Runs imports in this process, one at a time; the others wait.
import { mkdir } from "node:fs/promises";
import { ClienteleError, newId } from "../../kernel/index.ts";
import type { Import } from "./import.ts";
import { leaseMs, type RunControl, type RunDeps, runImport } from "./run-import.ts";

export type RunOptions = { readonly onProgress?: RunControl["onProgress"] };

export type RunQueueDeps = {
  readonly runDeps: RunDeps;
  readonly get: (id: string) => Promise<Import>;
  readonly folder: string;
  readonly badRowsPath: (id: string) => string;
  /** Called after an import was read to its end. */
  readonly done: (run: Import) => Promise<void>;
};

const maxConcurrentRuns = 1;
const maxWaiting = 1_000;

export function createRunQueue({ runDeps, get, folder, badRowsPath, done }: RunQueueDeps) {
  const { store, clock, logger } = runDeps;
  const owner = newId(clock.now());
  const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<unknown> }>();
  const waiting: string[] = [];
  let isStopping = false;

  const runClaimed = async (id: string, abort: AbortController, options: RunOptions): Promise<Import> => {
    const now = clock.now();
    const run = await store.claim(id, owner, now, now + leaseMs);
    if (!run) throw new ClienteleError("imports.state", "the import is over, was cancelled, or runs elsewhere");
    await mkdir(folder, { recursive: true });
    // Waiting for the inbox may take longer than a lease.
    const heartbeat = setInterval(() => {
      store
        .extendLease(id, owner, clock.now() + leaseMs)
        .catch((error: unknown) => logger.warn({ err: error, importId: id }, "lease of an import not extended"));
    }, leaseMs / 3);
    const end = await runImport(run, runDeps, {
      owner,
      signal: abort.signal,
      badRowsPath: badRowsPath(id),
      onProgress: options.onProgress,
    }).finally(() => clearInterval(heartbeat));
    const after = await get(id);
    if (after.status === "done") await done(after);
    logger.info({ importId: id, kind: run.kind, status: end, counts: after.counts }, "import ended");
    return after;
  };

  /** Runs an import in this process. */
  const run = (id: string, options: RunOptions = {}): Promise<Import> => {
    const abort = new AbortController();
    const ended = runClaimed(id, abort, options).finally(() => {
      running.delete(id);
      startNext();
    });
    running.set(id, { abort, ended: ended.catch(() => undefined) });
    return ended;
  };

  const startNext = (): void => {
    while (!isStopping && running.size < maxConcurrentRuns) {
      const id = waiting.shift();
      if (id === undefined) return;
      run(id).catch((error: unknown) => logger.warn({ err: error, importId: id }, "import not started"));
    }
  };

  const enqueue = (id: string): void => {
    if (!running.has(id) && !waiting.includes(id) && waiting.length < maxWaiting) waiting.push(id);
    startNext();
  };

  return {
    run,
    enqueue,
    isRunning: (id: string): boolean => running.has(id),
    /** Resolves when the import no longer runs here. */
    ended: async (id: string): Promise<void> => {
      await running.get(id)?.ended;
    },
    forget: (id: string): void => {
      const at = waiting.indexOf(id);
      if (at >= 0) waiting.splice(at, 1);
    },
    /** Stops runs after the batch under way; the next start of the program goes on with them. */
    stop: async (): Promise<void> => {
      isStopping = true;
      for (const { abort } of running.values()) abort.abort(new Error("the program stops"));
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}
