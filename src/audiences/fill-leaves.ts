/**
 * Collects the past events of new leaves into the profiles: what was received up to the cut-off comes from the event store, later
 * events are folded as they come. What is put into a profile replaces its past, so that a run that was cut off simply starts again.
 */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { type Clock, fnv1a, type Logger, newId } from "../kernel/index.ts";
import type { EventLeafSpec, RuleObject } from "../kernel/rules/index.ts";
import { type Owner, type ProfileState, settleOwners } from "../profiles/index.ts";
import { countLeaves, eventTypesOf, type PastEvents, type RowsByProfile } from "./count-leaves.ts";
import { givenPrefix } from "./given-members.ts";
import { type LeafFill, pastOf, toFill } from "./leaf-state.ts";
import type { BackfillStore, StoredFill } from "./store-backfills.ts";

/** Puts rows into profiles in place of all that are not kept; false when another writer stood in the way. */
export type ReplaceLeaves = (
  given: ReadonlyMap<string, ProfileState["leaves"]>,
  kept: { readonly keys: readonly string[]; readonly prefix: string },
) => Promise<boolean>;

export type FillDeps = {
  readonly store: BackfillStore;
  readonly past: PastEvents;
  /**
   * Remembers the events accepted by now. They may have been counted without a new leaf, and are found among the stored events
   * only once the function it resolves to says that they got there.
   */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** The profile of an id, or the one that it was merged into; undefined when it is gone. */
  readonly survivor: (profileId: string) => Promise<Owner | undefined>;
  /** Which profiles got or gave away events since a mark. */
  readonly ownership: {
    readonly mark: () => Promise<string>;
    readonly changedSince: (mark: string) => Promise<readonly string[]>;
  };
  /** See `replaceLeaves` of profiles. */
  readonly replaceLeaves: ReplaceLeaves;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isStopped: () => boolean;
};

/** Without a sign of life for so long, work is somebody else's. */
export const staleMs = 5 * 60_000;
export const heartbeatMs = 10_000;
export const maxFailures = 2;
/** Other processes read definitions and cut-offs once a second; only then may events be left to be folded by them. */
export const elsewhereMs = 5_000;
const maxWaitMs = 2 * elsewhereMs;
const storedPollMs = 50;
const profilesAtOnce = 500;
const maxAttempts = 10;
/** About 400 MB. */
const rowsPerSlice = 30_000_000;
/** Share of events that a condition lets through, for want of anything better. */
const filteredShare = 0.25;

/** How many rows leaves will have at most, roughly. */
async function rowsExpected(leaves: readonly EventLeafSpec[], cutoff: number, past: PastEvents): Promise<number> {
  const counts = new Map<string, number>();
  let rows = 0;
  for (const { names, definition, stride } of leaves) {
    const key = names.join("\n");
    const events = counts.get(key) ?? (await past.count(names, cutoff));
    counts.set(key, events);
    rows += events * stride * (definition.where === null ? 1 : filteredShare);
  }
  return rows;
}

/** Thrown where another process took the work over. */
class TakenOver extends Error {}

export function createLeafFiller(deps: FillDeps) {
  const { store, clock, isStopped } = deps;
  let fills: ReadonlyMap<string, StoredFill> = new Map();
  let states: ReadonlyMap<string, LeafFill> = new Map();
  let keys: ReadonlySet<string> = new Set();

  const load = async (): Promise<void> => {
    fills = new Map((await store.fills()).map((each) => [each.hash, each]));
    const known = states;
    states = new Map(
      [...fills].map(([hash, { cutoff, status }]) => {
        const before = known.get(hash);
        const isLive = status === "live";
        return [hash, before?.cutoff === cutoff && before.isLive === isLive ? before : toFill(hash, cutoff, isLive)];
      }),
    );
    keys = new Set([...states.values()].flatMap(({ liveKey, pastKey }) => [liveKey, pastKey]));
  };

  const untilStored = async (cutoff: number): Promise<void> => {
    // Past the cut-off by a moment, so that nothing of its last millisecond is still to come.
    if (clock.now() <= cutoff) await pause(Math.min(maxWaitMs, cutoff - clock.now()) + storedPollMs);
    const areStored = await deps.acceptedSoFar();
    while (!isStopped() && !(await areStored())) await pause(storedPollMs);
  };

  const write = async (
    profileIds: readonly string[],
    rows: RowsByProfile,
    own: readonly LeafFill[],
    alive: () => Promise<void>,
  ): Promise<void> => {
    const replaced = new Set(own.map(({ pastKey }) => pastKey));
    for (let start = 0; start < profileIds.length && !isStopped(); start += profilesAtOnce) {
      const chunk = profileIds.slice(start, start + profilesAtOnce);
      const given = new Map(chunk.map((profileId) => [profileId, pastOf(own, rows.get(profileId))] as const));
      const kept = { keys: [...keys].filter((key) => !replaced.has(key)), prefix: givenPrefix };
      for (let attempt = 1; !(await deps.replaceLeaves(given, kept)); attempt += 1) {
        if (attempt >= maxAttempts) throw new Error(`others wrote the same profiles ${maxAttempts} times`);
        await nextTurn();
      }
      await alive();
      await nextTurn();
    }
  };

  const compute = async (leaves: readonly EventLeafSpec[], cutoff: number, runner: string): Promise<boolean> => {
    const hashes = leaves.map(({ hash }) => hash);
    const own = hashes.flatMap((hash) => states.get(hash) ?? []);
    const mark = await deps.ownership.mark();
    await untilStored(cutoff);
    if (isStopped()) return false;
    const total = await deps.past.count(eventTypesOf(leaves), cutoff);
    // What all profiles keep at once is bounded: more than that is read once for each part of the profiles.
    const slices = Math.max(1, Math.ceil((await rowsExpected(leaves, cutoff, deps.past)) / rowsPerSlice));
    let beat = Number.NEGATIVE_INFINITY;
    const progress = async (read: number): Promise<void> => {
      if (clock.now() - beat < heartbeatMs) return;
      beat = clock.now();
      if (!(await store.fillWork.progress(hashes, runner, Math.min(Math.floor(read / slices), total), total, beat)))
        throw new TakenOver("another process took the leaves over");
      await load();
    };
    const count = { past: deps.past, leaves, cutoff, productOf: deps.productOf, isStopped };
    await progress(0);
    for (let slice = 0; slice < slices; slice += 1) {
      const rows = await countLeaves({
        ...count,
        ...(slices === 1 ? {} : { owns: (profileId: string) => fnv1a(profileId) % slices === slice }),
        progress: (done) => progress(slice * total + done),
      });
      if (!rows) return false;
      await write([...rows.keys()], rows, own, () => progress((slice + 1) * total));
      if (isStopped()) return false;
      await nextTurn();
    }
    // From here on every profile has its whole past, so that a merge adds two wholes.
    const isSettled = await settleOwners(await deps.ownership.changedSince(mark), {
      survivor: deps.survivor,
      isStopped,
      recount: async (owners) => {
        const rows = await countLeaves({ ...count, of: owners, progress: () => progress(slices * total) });
        if (!rows) return false;
        const ids = owners.map(({ profileId }) => profileId);
        await write(ids, rows, own, () => progress(slices * total));
        return !isStopped();
      },
    });
    if (!isSettled) return false;
    await store.finishFills(hashes, runner, total, clock.now());
    return true;
  };

  /** Leaves of one cut-off are counted in one pass. */
  const claim = async (
    leaves: ReadonlyMap<string, EventLeafSpec>,
    runner: string,
  ): Promise<ReadonlyMap<number, readonly EventLeafSpec[]>> => {
    const waiting = [...leaves.keys()].filter((hash) => fills.get(hash)?.status === "computing");
    const claimed = await store.fillWork.claim(waiting, runner, clock.now(), staleMs);
    const lost = claimed.filter(({ failures }) => failures >= maxFailures).map(({ key }) => key);
    await store.fillWork.giveUp(lost, `no sign of life for ${staleMs / 60_000} minutes, twice`);
    const byCutoff = new Map<number, EventLeafSpec[]>();
    for (const { key } of claimed) {
      const [leaf, fill] = [leaves.get(key), fills.get(key)];
      if (!leaf || !fill || lost.includes(key)) continue;
      byCutoff.set(fill.cutoff, [...(byCutoff.get(fill.cutoff) ?? []), leaf]);
    }
    return byCutoff;
  };

  return {
    load,
    fillOf: (hash: string): LeafFill | undefined => states.get(hash),
    /** Changes when a leaf becomes known or complete, or goes. */
    signature: (): string => [...states.values()].map(({ liveKey, isLive }) => `${liveKey}${isLive ? "!" : ""}`).join(),
    /** Whether profiles keep what is under this key; leaves that nobody uses are forgotten. */
    isKept: (key: string): boolean => keys.has(key),
    storedOf: (hash: string): StoredFill | undefined => fills.get(hash),
    isFilled: (hash: string): boolean => states.get(hash)?.isLive ?? false,

    /**
     * Counts the leaves that nobody has counted yet.
     *
     * @param lapsed leaves that were out of use for a while: their events were not folded meanwhile
     * @returns whether some are to be tried again
     */
    run: async (leaves: ReadonlyMap<string, EventLeafSpec>, lapsed: ReadonlySet<string>): Promise<boolean> => {
      await load();
      const settledBefore = store.isShared ? clock.now() - 12 * elsewhereMs : Number.POSITIVE_INFINITY;
      const unused = [...fills.values()]
        .filter(({ hash, startedAt }) => lapsed.has(hash) || (!leaves.has(hash) && startedAt < settledBefore))
        .map(({ hash }) => hash);
      if (unused.length > 0) await store.removeFills(unused);
      const missing = [...leaves.keys()].filter((hash) => !fills.has(hash) || unused.includes(hash));
      const nowMs = clock.now();
      if (missing.length > 0) await store.beginFills(missing, store.isShared ? nowMs + elsewhereMs : nowMs, nowMs);
      if (unused.length + missing.length > 0) await load();
      const runner = newId(nowMs);
      let again = false;
      for (const [cutoff, together] of await claim(leaves, runner)) {
        const hashes = together.map(({ hash }) => hash);
        try {
          // A stop in the middle gives the work back at once.
          if (!(await compute(together, cutoff, runner))) await store.fillWork.release(hashes, runner);
        } catch (error) {
          if (error instanceof TakenOver) deps.logger.warn({ leaves: hashes }, "leaves were taken over");
          else {
            deps.logger.error({ err: error, leaves: hashes }, "collecting past events failed");
            const reason = error instanceof Error ? error.message : String(error);
            await store.fillWork.fail(hashes, runner, reason, maxFailures);
            again = true;
          }
        }
      }
      await load();
      return again;
    },
  };
}
