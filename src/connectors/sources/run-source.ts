// One reading of a source from begin to end: claims it, keeps the record of the run, and commits what each part brought together
// with the place up to which it was read.
import { setTimeout as pause } from "node:timers/promises";
import { ClienteleError, type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { Sql } from "../../storage/index.ts";
import type { SecretBox, SecretMap } from "../secrets/secret-box.ts";
import {
  addCounts,
  noRunCounts,
  type RecordRefusal,
  type RunCounts,
  type RunState,
  type StoredSource,
  sourceContext,
} from "./source.ts";
import type { SourceStore } from "./store.ts";
import { type PlacedRecord, sentenceOf, type TakeRecords } from "./take-records.ts";

/** What a reader works with. */
export type RunContext = {
  readonly source: StoredSource;
  readonly secrets: SecretMap;
  readonly runId: string;
  readonly signal: AbortSignal;
  /**
   * Takes records and, in one transaction, remembers them, counts them and moves the checkpoint.
   *
   * @throws {ClienteleError} `connectors.busy` when another process has taken the source over
   */
  readonly commit: (part: RunPart) => Promise<RunCounts>;
  /** Something that went wrong without ending the run. */
  readonly note: (message: string) => void;
};

export type RunPart = {
  readonly records: readonly PlacedRecord[];
  /** Rows that made no record. */
  readonly refusals?: readonly RecordRefusal[];
  /** Whether keys are kept readable, to tell later what is gone. */
  readonly keepKeys?: boolean;
  readonly checkpoint?: (tx: Sql) => Promise<void>;
};

export type SourceReaders = {
  readonly files: (context: RunContext) => Promise<void>;
  readonly sql: (context: RunContext) => Promise<void>;
};

export type RunSourceDeps = {
  readonly store: SourceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: SecretBox;
  readonly takeRecords: TakeRecords;
  readonly readers: SourceReaders;
  readonly worker: string;
};

export const runLeaseMs = 120_000;
const busyAttempts = 30;
const firstRetryMs = 60_000;

/** Repeats while the inbox is full; nothing of a refused request was stored. */
async function whenThereIsRoom<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof ClienteleError && error.code === "collect.busy";
      if (!isBusy || attempt === busyAttempts || signal.aborted) throw error;
      await pause(1_000, undefined, { signal });
    }
  }
}

export function createRunSource(deps: RunSourceDeps) {
  const { store, clock } = deps;

  const contextOf = (source: StoredSource, runId: string, signal: AbortSignal, notes: string[]): RunContext => ({
    source,
    runId,
    signal,
    secrets: deps.secrets.open(source.sealed, sourceContext(source.id)),
    note: (message) => {
      notes.push(message);
    },
    commit: async ({ records, refusals = [], keepKeys = false, checkpoint }) => {
      const result = await whenThereIsRoom(() => deps.takeRecords(source, records, keepKeys), signal);
      const rejected = { ...noRunCounts, read: refusals.length, rejected: refusals.length };
      const counts = addCounts(result.counts, rejected);
      await store.transaction(async (tx) => {
        await store.records.remember(tx, source.id, runId, result.taken);
        if (keepKeys) await store.records.see(tx, source.id, runId, result.seen);
        await store.runs.add(tx, runId, counts, [...refusals, ...result.refusals]);
        await checkpoint?.(tx);
      });
      if (!(await store.claim(source.id, deps.worker, runLeaseMs)))
        throw new ClienteleError("connectors.busy", "the source was paused, or another process took it over");
      return counts;
    },
  });

  const read = async (context: RunContext): Promise<void> => {
    const { type } = context.source.config;
    if (type === "files") await deps.readers.files(context);
    else if (type === "sql") await deps.readers.sql(context);
  };

  /**
   * Reads a source once. Never throws for what goes wrong there: the run says it.
   *
   * @returns the id of the run, or undefined when another process runs it, or it is paused
   */
  return async (id: string, signal: AbortSignal): Promise<string | undefined> => {
    const source = await store.claim(id, deps.worker, runLeaseMs);
    if (!source) return undefined;
    const runId = newId(clock.now());
    const notes: string[] = [];
    let state: RunState = "finished";
    let error: string | null = null;
    await store.runs.start(runId, id, clock.now());
    try {
      await read(contextOf(source, runId, signal, notes));
      if (signal.aborted) state = "stopped";
    } catch (cause) {
      state = signal.aborted ? "stopped" : "failed";
      error = sentenceOf(cause);
      if (state === "failed")
        deps.logger.warn({ err: cause, source: source.key, run: runId }, "a source could not be read");
    }
    await store.runs.finish(
      runId,
      state,
      error ?? (notes.length > 0 ? notes.slice(0, 5).join("; ") : null),
      clock.now(),
    );
    const { everySeconds } = source.config;
    // A stopped run goes on with the next start; a failed one is not repeated faster than once a minute.
    const waitMs = state === "stopped" ? 0 : everySeconds === null ? null : everySeconds * 1000;
    const next = waitMs === null ? null : clock.now() + (state === "failed" ? Math.max(waitMs, firstRetryMs) : waitMs);
    await store.release(id, deps.worker, next);
    return runId;
  };
}
