/**
 * Brings traits to where they count everything: the events received up to a cut-off come from the event store, later ones have been
 * folded as they came. What is put into a profile replaces the count of its past, so a run that was cut off simply starts again.
 */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { type Clock, fnv1a, type Logger } from "../kernel/index.ts";
import { type Owner, type StateChange, settleOwners, type TraitState } from "../profiles/index.ts";
import type { CompiledTrait } from "./compile-trait.ts";
import { countPast, type Past, type PastByProfile } from "./count-past.ts";
import type { TraitEventStore } from "./store.clickhouse.ts";
import type { StoredComputation, TraitStore } from "./store.ts";

export type BackfillDeps = {
  readonly store: TraitStore;
  readonly events: TraitEventStore;
  /**
   * Remembers the events accepted by now; the function it resolves to says when they are in profiles and in the event store.
   */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** Changes profiles in a transaction of their own and judges them; false when another writer was faster. */
  readonly reevaluate: (profileIds: ReadonlySet<string>, change: StateChange) => Promise<boolean>;
  /** The profile of an id, or the one that it was merged into; undefined when it is gone. */
  readonly survivor: (profileId: string) => Promise<Owner | undefined>;
  /** Which profiles got or gave away events since a mark. */
  readonly ownership: {
    readonly mark: () => Promise<string>;
    readonly changedSince: (mark: string) => Promise<readonly string[]>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Traits in use whose values follow from events, by hash. */
  readonly current: () => ReadonlyMap<string, CompiledTrait>;
  /** Hashes of every trait in use, former versions that still answer included. */
  readonly used: () => ReadonlySet<string>;
  /** Called when what is known of computations has changed. */
  readonly changed: () => void;
  /** Called with the keys of traits that count everything from now on: audiences that ask for them are to be judged again. */
  readonly becameLive: (keys: readonly string[]) => void;
};

const chunkSize = 500;
const maxAttempts = 10;
const storedPollMs = 50;
const staleMs = 5 * 60_000;
const heartbeatMs = 10_000;
const maxFailures = 2;
/** Other processes read definitions and computations once a second; only then may events be left to be folded by them. */
const elsewhereMs = 5_000;
const maxWaitMs = 2 * elsewhereMs;
const eventsPerSlice = 5_000_000;

export function createTraitBackfill(deps: BackfillDeps) {
  const { store, clock, logger } = deps;
  let computations: ReadonlyMap<string, StoredComputation> = new Map();
  let stopped = false;
  let running: Promise<void> | undefined;
  let asked = false;

  const load = async (): Promise<void> => {
    computations = new Map((await store.computations()).map((each) => [each.hash, each]));
    deps.changed();
  };

  /** Makes new traits known with their cut-off. */
  const beginNew = async (versions: ReadonlyMap<string, number>): Promise<void> => {
    const nowMs = clock.now();
    const cutoff = store.isShared ? nowMs + elsewhereMs : nowMs;
    for (const [hash, { key, body }] of deps.current()) {
      if (!computations.has(hash))
        await store.begin({ hash, key, version: versions.get(key) ?? 0, body, cutoff }, nowMs);
    }
    await load();
  };

  const untilStored = async (cutoff: number): Promise<void> => {
    // Past the cut-off by a moment, so that nothing of its last millisecond is still to come.
    if (clock.now() <= cutoff) await pause(Math.min(maxWaitMs, cutoff - clock.now()) + storedPollMs);
    const areStored = await deps.acceptedSoFar();
    while (!stopped && !(await areStored())) await pause(storedPollMs);
  };

  const change = async (
    profileIds: readonly string[],
    past: PastByProfile,
    hashes: readonly string[],
    cutoff: number,
    alive: () => Promise<void>,
  ): Promise<void> => {
    const withPast: StateChange = (profileId, state) => {
      const own = past.get(profileId);
      const traits: Record<string, TraitState> = { ...state.traits };
      for (const hash of hashes) traits[hash] = replacePast(traits[hash], own?.get(hash), cutoff);
      return { ...state, traits };
    };
    for (let start = 0; start < profileIds.length && !stopped; start += chunkSize) {
      const chunk = new Set(profileIds.slice(start, start + chunkSize));
      for (let attempt = 1; !(await deps.reevaluate(chunk, withPast)); attempt += 1) {
        if (attempt >= maxAttempts)
          throw new Error(`profiles changed ${maxAttempts} times while a trait was put into them`);
        await nextTurn();
      }
      await alive();
      await nextTurn();
    }
  };

  /** Counts profiles anew whose events changed hands while all were counted. */
  const recount = (
    profileIds: readonly string[],
    traits: readonly CompiledTrait[],
    cutoff: number,
    alive: () => Promise<void>,
  ): Promise<boolean> =>
    settleOwners(profileIds, {
      survivor: deps.survivor,
      isStopped: () => stopped,
      recount: async (owners) => {
        const counted = await countPast({
          store: deps.events,
          traits,
          cutoff,
          of: owners,
          progress: alive,
          isStopped: () => stopped,
        });
        if (!counted) return false;
        const ids = owners.map(({ profileId }) => profileId);
        const hashes = traits.map(({ hash }) => hash);
        await change(ids, counted.past, hashes, cutoff, alive);
        return true;
      },
    });

  const compute = async (traits: readonly CompiledTrait[], cutoff: number): Promise<void> => {
    const hashes = traits.map(({ hash }) => hash);
    const mark = await deps.ownership.mark();
    await untilStored(cutoff);
    if (stopped) return;
    const types = [...new Set(traits.flatMap(({ collector }) => collector?.types ?? []))];
    const total = await deps.events.countEvents(types, cutoff);
    // What all profiles keep at once is bounded: more events than that are read once for each part of the profiles.
    const slices = Math.max(1, Math.ceil(total / eventsPerSlice));
    let beat = 0;
    const progress = async (read: number): Promise<void> => {
      if (clock.now() - beat < heartbeatMs && read > 0) return;
      beat = clock.now();
      for (const hash of hashes) await store.progress(hash, Math.min(Math.floor(read / slices), total), total, beat);
      await load();
    };
    await progress(0);
    for (let slice = 0; slice < slices; slice += 1) {
      const counted = await countPast({
        store: deps.events,
        traits,
        cutoff,
        owns: (profileId) => slices === 1 || fnv1a(profileId) % slices === slice,
        progress: (done) => progress(slice * total + done),
        isStopped: () => stopped,
      });
      if (!counted) return;
      const ids = [...counted.past.keys()];
      await change(ids, counted.past, hashes, cutoff, () => progress((slice + 1) * total));
      if (stopped) return;
    }
    // From here on every profile has its whole past, so that a merge adds two wholes.
    await recount(await deps.ownership.changedSince(mark), traits, cutoff, () => progress(slices * total));
    if (stopped) return;
    const nowMs = clock.now();
    for (const hash of hashes) await store.finish(hash, total, cutoff, nowMs);
  };

  /** Computations of one cut-off are counted in one pass. */
  const claimed = async (): Promise<readonly (readonly [cutoff: number, traits: readonly CompiledTrait[]])[]> => {
    const byCutoff = new Map<number, CompiledTrait[]>();
    for (const [hash, trait] of deps.current()) {
      const known = computations.get(hash);
      if (known?.status !== "computing") continue;
      if (!(await store.claim(hash, clock.now(), staleMs))) continue;
      if (known.heartbeatAt !== null && known.failures + 1 >= maxFailures) {
        await store.giveUp(hash, `no sign of life for ${staleMs / 60_000} minutes, twice`);
        continue;
      }
      const together = byCutoff.get(known.cutoff);
      if (together) together.push(trait);
      else byCutoff.set(known.cutoff, [trait]);
    }
    return [...byCutoff];
  };

  /** A trait out of use is not folded: should it come back, it has to be counted anew. */
  const removeUnused = async (): Promise<void> => {
    const used = deps.used();
    const settledBefore = store.isShared ? clock.now() - 12 * elsewhereMs : Number.POSITIVE_INFINITY;
    const unused = [...computations.values()].filter(
      ({ hash, startedAt }) => !used.has(hash) && startedAt < settledBefore,
    );
    if (unused.length === 0) return;
    await store.remove(unused.map(({ hash }) => hash));
    await load();
  };

  const runOnce = async (versions: ReadonlyMap<string, number>): Promise<void> => {
    await load();
    await removeUnused();
    await beginNew(versions);
    const finished: string[] = [];
    for (const [cutoff, traits] of await claimed()) {
      try {
        await compute(traits, cutoff);
        // A stop in the middle gives the work back at once.
        if (stopped) for (const { hash } of traits) await store.release(hash);
        else finished.push(...traits.map(({ key }) => key));
      } catch (error) {
        logger.error({ err: error, traits: traits.map(({ key }) => key) }, "counting the past of traits failed");
        const reason = error instanceof Error ? error.message : String(error);
        for (const { hash } of traits) await store.fail(hash, reason, maxFailures);
        asked = true;
      }
    }
    await load();
    if (finished.length > 0) deps.becameLive(finished);
  };

  let versionsOf: ReadonlyMap<string, number> = new Map();

  const runWhileAsked = async (): Promise<void> => {
    try {
      while (asked && !stopped) {
        asked = false;
        await runOnce(versionsOf);
      }
    } catch (error) {
      // Not even the failure could be written down; the next run tries again.
      logger.error({ err: error }, "bringing traits up to date failed");
    }
  };

  return {
    load,
    /** Runs until every trait in use is counted or failed; a call while one is under way makes it look again afterwards. */
    run: (versions: ReadonlyMap<string, number>): Promise<void> => {
      versionsOf = versions;
      asked = true;
      running ??= runWhileAsked().finally(() => {
        running = undefined;
      });
      return running;
    },
    computations: (): ReadonlyMap<string, StoredComputation> => computations,
    stop: async (): Promise<void> => {
      stopped = true;
      await running;
    },
  };
}

function replacePast(state: TraitState | undefined, past: Past | undefined, cutoff: number): TraitState {
  const isCurrent = state?.since === undefined || state.since === cutoff;
  const { past: _past, pastSkipped: _skipped, ...rest } = (isCurrent ? state : undefined) ?? {};
  return {
    ...rest,
    since: cutoff,
    ...(past?.part ? { past: past.part } : {}),
    ...(past && past.skipped > 0 ? { pastSkipped: past.skipped } : {}),
  };
}
