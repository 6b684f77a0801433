// Exact counts of rules that are not live, in the background: past events are counted by the event store; where only the predicate
// can read them everybody is looked at, a part of the profiles at a time, since the events have to be kept in memory.
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClienteleError, fnv1a, type Logger, newId } from "../kernel/index.ts";
import type { EventLeafSpec, RuleNode } from "../kernel/rules/index.ts";
import { pagesOf, withIdentifiers } from "./backfill.ts";
import { countLeaves, eventTypesOf, type RowsByProfile } from "./count-leaves.ts";
import { createPageJudge, missingLeaves, type PreviewDeps, readPage, type Selection } from "./preview.ts";
import type { EstimateStore, StoredEstimate } from "./store-estimates.ts";

export type ExactCountDeps = PreviewDeps & {
  readonly store: EstimateStore;
  readonly logger: Logger;
  /** Counts where the events are; undefined for a rule that needs the events in memory. */
  readonly countInSql: (rule: RuleNode, nowMs: number) => Promise<number | undefined>;
};

type PageCount = {
  readonly leaves: readonly EventLeafSpec[];
  readonly nowMs: number;
  readonly all: number;
  readonly progress: (done: number, total: number) => Promise<void>;
};

const pageSize = 1_000;
const eventsPerSlice = 5_000_000;
const maxWaiting = 20;
const heartbeatMs = 2_000;
const staleMs = 60_000;
const keptMs = 86_400_000;

export function createExactCounts(deps: ExactCountDeps) {
  const { store, clock, logger } = deps;
  let stopped = false;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  /** Where others than those of the same part are asked for: a page at a time, each with the past of its accounts. */
  const countByPage = async (
    { rule }: Selection,
    isSelected: ReturnType<typeof createPageJudge>,
    { leaves, nowMs, all, progress }: PageCount,
  ): Promise<number | undefined> => {
    let [hits, done] = [0, 0];
    for await (const page of pagesOf(deps.profiles, pageSize)) {
      if (stopped) return undefined;
      const [judged, past] = await readPage(page, { rule, leaves, nowMs }, deps);
      for (const profile of judged) if (isSelected(profile, past)) hits += 1;
      done += page.length;
      await progress(done, all);
      await nextTurn();
    }
    return hits;
  };

  /** @returns undefined when it was stopped */
  const countAll = async (
    selection: Selection,
    progress: (done: number, total: number) => Promise<void>,
  ): Promise<number | undefined> => {
    const nowMs = clock.now();
    const leaves = missingLeaves(selection.rule, deps.isFilled);
    const all = await deps.profiles.count();
    if (leaves.length > 0) {
      const counted = await deps.countInSql(selection.node, nowMs);
      if (counted !== undefined) {
        await progress(all, all);
        return counted;
      }
    }
    const isSelected = createPageJudge(selection, deps.subjectOptions(nowMs));
    if (selection.rule.accountLeaves?.length)
      return countByPage(selection, isSelected, { leaves, nowMs, all, progress });
    const events = leaves.length === 0 ? 0 : await deps.past.count(eventTypesOf(leaves), nowMs);
    const slices = Math.max(1, Math.ceil(events / eventsPerSlice));
    let [hits, done] = [0, 0];
    for (let slice = 0; slice < slices; slice += 1) {
      const isOwn = (profileId: string): boolean => slices === 1 || fnv1a(profileId) % slices === slice;
      const past: RowsByProfile | undefined =
        leaves.length === 0
          ? new Map()
          : await countLeaves({
              ...{ past: deps.past, leaves, cutoff: nowMs, productOf: deps.productOf, owns: isOwn },
              isStopped: () => stopped,
            });
      if (!past) return undefined;
      for await (const page of pagesOf(deps.profiles, pageSize)) {
        if (stopped) return undefined;
        const own = page.filter(({ profileId }) => isOwn(profileId));
        for (const profile of await withIdentifiers(own, deps.profiles)) if (isSelected(profile, past)) hits += 1;
        done += own.length;
        await progress(done, all);
        await nextTurn();
      }
    }
    return hits;
  };

  const run = async (id: string, selection: Selection): Promise<void> => {
    let [done, total, beat] = [0, 0, 0];
    const write = (part: Partial<StoredEstimate>): Promise<void> =>
      store.writeEstimate(id, { status: "computing", done, total, count: null, reason: null, ...part }, clock.now());
    try {
      const count = await countAll(selection, async (isDone, of) => {
        [done, total] = [isDone, Math.max(of, isDone)];
        if (performance.now() - beat < heartbeatMs) return;
        beat = performance.now();
        await write({});
      });
      if (count === undefined) await write({ status: "failed", reason: "the process stopped" });
      else await write({ status: "live", done, total: done, count });
    } catch (error) {
      logger.error({ err: error, estimate: id }, "an exact count failed");
      await write({ status: "failed", reason: error instanceof Error ? error.message : String(error) });
    }
  };

  return {
    /**
     * Begins to count; one after the other.
     *
     * @returns id to ask for it by
     * @throws {ClienteleError} `audiences.busy` when 20 counts wait already
     */
    begin: async (selection: Selection): Promise<string> => {
      if (waiting >= maxWaiting)
        throw new ClienteleError("audiences.busy", `${maxWaiting} exact counts are waiting already; try again later`, {
          retryAfterSeconds: 30,
        });
      const id = newId(clock.now());
      await store.forgetEstimates(clock.now() - keptMs);
      await store.beginEstimate(id, clock.now());
      waiting += 1;
      last = last
        .then(() => (stopped ? undefined : run(id, selection)))
        .catch((err: unknown) => logger.error({ err }, "an exact count could not be written down"))
        .finally(() => {
          waiting -= 1;
        });
      return id;
    },
    find: async (id: string): Promise<StoredEstimate | undefined> => {
      const found = await store.estimate(id);
      if (found?.status !== "computing" || waiting > 0 || clock.now() - found.updatedAt < staleMs) return found;
      return { ...found, status: "failed", reason: "the process that counted has stopped" };
    },
    stop: async (): Promise<void> => {
      stopped = true;
      await last;
    },
  };
}

export type ExactCounts = ReturnType<typeof createExactCounts>;
