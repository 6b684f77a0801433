// One sync's turn: look at profiles, tell what differs from what was told, write it down; until nothing waits or the target fails.
//
// What a copy should hold is worked out anew each time from the profiles themselves, so the order in which reasons to look arrive
// does not matter, and a change that was undone meanwhile is not told. Entries are written down before they are told: one whose
// answer was lost counts as perhaps there, and is told again, or taken back.
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { Sql } from "../../storage/index.ts";
import type { Target } from "../targets/target.ts";
import { type Delivered, deliverChanges, type SnapshotPlace } from "./deliver-changes.ts";
import { desiredMembers, type IsSuppressed } from "./desired-members.ts";
import { loadPersons, type People } from "./load-persons.ts";
import { type Change, type Plan, planChanges } from "./plan-changes.ts";
import type { Fence, Progress, SyncStore } from "./store.ts";
import type { StoredSync, Sweep } from "./sync.ts";

export type AudienceRef = { readonly id: string; readonly key: string };

export type RunDeps = {
  readonly store: SyncStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly worker: string;
  readonly people: People;
  readonly audiences: {
    /** In order of profile id. */
    readonly membersOf: (
      audienceId: string,
      after: string | null,
      limit: number,
    ) => Promise<readonly { readonly profileId: string }[]>;
    readonly sizeOf: (audienceId: string) => Promise<number>;
    readonly refOf: (audienceId: string) => Promise<AudienceRef>;
  };
  readonly isSuppressed: IsSuppressed;
  readonly targetOf: (sync: StoredSync) => Target;
  /** In the transaction in which a sync pauses itself. */
  readonly paused: (tx: Sql, sync: StoredSync, reason: string) => Promise<void>;
  /** Factor of our own waits. */
  readonly pace: number;
};

const leaseGraceMs = 30_000;
const firstPauseMs = 2_000;
const longestPauseMs = 300_000;
/** One turn ends after so many rounds of steps, so that its run is written down. */
const roundsPerTurn = 100;
const profilesPerPage = { webhook: 500, sql: 500, s3: 2_000, folder: 2_000 } as const;

/** What follows from a page besides its changes, written in the same transaction. */
type After = (tx: Sql, parts: number) => Promise<void>;
type Page = { readonly plan: Plan; readonly snapshot: SnapshotPlace | null; readonly runId: string | null };
/** `more`: there may be more to do; `idle`: there was nothing; `stop`: not now. */
type Step = "more" | "idle" | "stop";

/** Why a target does not take anything now. */
type Reason = { readonly message: string; readonly retryAfterMs?: number };
type Failure = NonNullable<Progress["failure"]>;
const nothing = { entered: 0, exited: 0, failed: 0 } as const;

type Turn = {
  readonly sync: StoredSync;
  readonly signal: AbortSignal;
  /** The run of changes of this turn, begun with its first change. */
  readonly run: { id: string | null };
};

export function createSyncRun(deps: RunDeps) {
  const { store, clock } = deps;
  const refusalsById = new Map<string, number>();

  const fenceOf = ({ id, etag }: StoredSync): Fence => ({ syncId: id, worker: deps.worker, etag });
  const retryAt = (state: StoredSync["state"], retryAfterMs: number | undefined): number =>
    clock.now() +
    (retryAfterMs ?? deps.pace * Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(state.failures, 20)));

  const beginRun = async ({ sync, run }: Turn): Promise<string> => {
    if (run.id === null) {
      run.id = newId(clock.now());
      await store.runs.start(store.sql, run.id, sync.id, "changes", clock.now());
    }
    return run.id;
  };

  const plan = async (sync: StoredSync, profileIds: readonly string[], isFull: boolean): Promise<Plan> => {
    const { config } = sync;
    const persons = await loadPersons(deps.people, profileIds, config.audience);
    const nowMs = clock.now();
    const desired = persons.flatMap((person) => desiredMembers(person, config, deps.isSuppressed, nowMs));
    const told = await store.members.told(sync.id, profileIds, desired);
    return planChanges(desired, told, new Set(profileIds), isFull);
  };

  /** Entries of persons who were erased since they were read are left out; what may be known of them already leaves again. */
  const stillThere = async (sync: StoredSync, changes: readonly Change[]): Promise<readonly Change[]> => {
    const ids = [
      ...new Set(changes.flatMap(({ op, profileId }) => (op === "entered" && profileId ? [profileId] : []))),
    ];
    if (ids.length === 0) return changes;
    const present = new Set((await deps.people.linksOf(ids)).map(({ profileId }) => profileId));
    const gone = ids.filter((id) => !present.has(id));
    if (gone.length === 0) return changes;
    await store.members.orphan(store.sql, gone, sync.id);
    return changes.filter(({ op, profileId }) => op === "exited" || (profileId !== null && present.has(profileId)));
  };

  const failureOf = ({ key, config, state }: StoredSync, told: number, reason: Reason): Failure => {
    const pauses = (told > 0 ? 0 : state.failures) + 1 >= config.pauseAfterFailures;
    if (state.failures === 0 || pauses)
      deps.logger.warn({ sync: key, reason: reason.message, pauses }, "audience sync fails");
    return { message: reason.message, retryAt: retryAt(state, reason.retryAfterMs), pauses };
  };
  /** A walk goes on with its next attempt; a run of changes ends. */
  const writeReason = async (tx: Sql, { run, sync }: Turn, runId: string, failure: Failure): Promise<void> => {
    const { message } = failure;
    if (failure.pauses) await deps.paused(tx, sync, message);
    if (run.id !== runId) return store.runs.note(tx, runId, message);
    run.id = null;
    return store.runs.finish(tx, runId, "failed", message, clock.now());
  };

  /** Nothing could be told. */
  const fail = async (turn: Turn, reason: Reason, sweepRun: string | null = null): Promise<void> => {
    const { sync } = turn;
    const runId = sweepRun ?? (await beginRun(turn));
    await store.transaction(async (tx) => {
      if (!(await store.holds(tx, fenceOf(sync)))) return;
      const failure = failureOf(sync, 0, reason);
      await store.advance(tx, sync.id, { ...nothing, failure, at: clock.now() });
      await writeReason(tx, turn, runId, failure);
    });
  };

  const commit = (turn: Turn, runId: string, delivered: Delivered, after: After): Promise<boolean> =>
    store.transaction(async (tx) => {
      const { sync, signal } = turn;
      if (!(await store.holds(tx, fenceOf(sync)))) return false;
      const { settled, dead, isStale, parts } = delivered;
      // Stopped in the middle: what was not confirmed is told again by the next start.
      const down = signal.aborted ? null : delivered.down;
      const entered = settled.filter(({ op }) => op === "entered").length;
      const counts = { entered, exited: settled.length - entered, failed: dead.length };
      await store.members.settle(tx, sync.id, settled);
      await store.members.bury(tx, sync.id, dead, clock.now());
      const failure = down && failureOf(sync, settled.length, down);
      await store.advance(tx, sync.id, { ...counts, failure, at: clock.now() });
      await store.runs.add(tx, runId, counts);
      if (failure) await writeReason(tx, turn, runId, failure);
      if (!delivered.down && !isStale) await after(tx, parts);
      return true;
    });
  /** A page without changes. */
  const pass = ({ sync }: Turn, { plan: { moved } }: Page, after: After): Promise<boolean> =>
    store.transaction(async (tx) => {
      if (!(await store.holds(tx, fenceOf(sync)))) return false;
      await store.members.move(tx, sync.id, moved);
      await after(tx, 0);
      return true;
    });

  const announce = ({ sync }: Turn, { plan: { changes, moved } }: Page): Promise<number | null> =>
    store.transaction(async (tx) => {
      if (!(await store.holds(tx, fenceOf(sync)))) return null;
      const entered = changes.flatMap(({ op, profileId, ...rest }) =>
        op === "entered" && profileId !== null ? [{ ...rest, profileId }] : [],
      );
      await store.members.announce(tx, sync.id, entered);
      await store.members.move(tx, sync.id, moved);
      return store.reserve(tx, sync.id, changes.length);
    });

  /** Tells the changes of a page. */
  const hand = async (turn: Turn, page: Page, after: After): Promise<Step> => {
    const { sync, signal } = turn;
    if (page.plan.changes.length === 0) return (await pass(turn, page, after)) ? "more" : "stop";
    const target = deps.targetOf(sync);
    const audience = await deps.audiences.refOf(sync.config.audience);
    const runId = page.runId ?? (await beginRun(turn));
    const sequence = await announce(turn, page);
    if (sequence === null) return "stop";
    const changes = await stillThere(sync, page.plan.changes);
    const refused = refusalsById.get(sync.id) ?? 0;
    const delivered = await deliverChanges(sync, audience, changes, sequence, page.snapshot, refused, {
      target,
      renew: async () => void (await store.claim(sync.id, deps.worker, sync.config.timeoutMs + leaseGraceMs)),
      isStill: async () => {
        if (signal.aborted) return true;
        const now = await store.find(sync.id);
        return now?.etag === sync.etag && now.status === "active";
      },
      now: clock.now,
      pace: deps.pace,
      signal,
    });
    refusalsById.set(sync.id, delivered.refusals);
    const isWritten = await commit(turn, runId, delivered, after);
    return isWritten && !delivered.isStale && !delivered.down ? "more" : "stop";
  };

  const tellGone = async (turn: Turn): Promise<Step> => {
    const gone = await store.members.gone(turn.sync.id, profilesPerPage[turn.sync.config.type]);
    if (gone.length === 0) return "idle";
    const page = { plan: planChanges([], gone, new Set()), snapshot: null, runId: null };
    return hand(turn, page, async () => undefined);
  };

  const tellQueued = async (turn: Turn): Promise<Step> => {
    const { sync } = turn;
    const queued = await store.queue.read(sync.id, clock.now(), profilesPerPage[sync.config.type]);
    if (queued.length === 0) return "idle";
    const page = {
      plan: await plan(sync, [...new Set(queued.map(({ profileId }) => profileId))], false),
      snapshot: null,
      runId: null,
    };
    return hand(turn, page, (tx) =>
      store.queue.remove(
        tx,
        sync.id,
        queued.map(({ queueId }) => queueId),
      ),
    );
  };

  const beginSweep = async ({ sync }: Turn, { kind }: Sweep): Promise<Step> => {
    const runId = newId(clock.now());
    const total = await deps.audiences.sizeOf(sync.config.audience);
    const begun = await store.transaction(async (tx) => {
      if (!(await store.holds(tx, fenceOf(sync)))) return false;
      await store.beginSweep(tx, sync.id, runId, total);
      await store.runs.start(tx, runId, sync.id, kind, clock.now());
      return true;
    });
    return begun ? "more" : "stop";
  };

  /** Members and those who were told as such, in one order, after a profile. */
  const nextProfiles = async (
    sync: StoredSync,
    after: string | null,
  ): Promise<{ readonly ids: readonly string[]; readonly isLast: boolean }> => {
    const limit = profilesPerPage[sync.config.type];
    const members = (await deps.audiences.membersOf(sync.config.audience, after, limit))
      .slice(0, limit)
      .map(({ profileId }) => profileId);
    const told = await store.members.profilesAfter(sync.id, after, limit);
    const ends = [members, told].flatMap((page) => (page.length < limit ? [] : (page.at(-1) ?? [])));
    const bound = ends.toSorted()[0];
    const ids = [...new Set([...members, ...told])].filter((id) => bound === undefined || id <= bound).toSorted();
    return { ids, isLast: bound === undefined };
  };

  const endSweep = async (turn: Turn, sweep: Sweep, runId: string): Promise<Step> => {
    const { sync, signal } = turn;
    let error: string | null = null;
    if (sweep.kind === "resync") {
      const audience = await deps.audiences.refOf(sync.config.audience);
      const { parts, sequence: fromSequence } = sweep;
      const result = await deps
        .targetOf(sync)
        .finish({ runId, parts, fromSequence, audience, at: clock.now(), signal });
      if (result.kind === "down") {
        if (!signal.aborted) await fail(turn, result, runId);
        return "stop";
      }
      // Everything has been told; a target that knows no end of a full copy has it all the same.
      if (result.kind === "refused") error = `the end of the full copy was refused: ${result.message}`;
    }
    await store.transaction(async (tx) => {
      if (!(await store.holds(tx, fenceOf(sync)))) return;
      await store.endSweep(tx, sync.id, runId, clock.now());
      await store.runs.finish(tx, runId, "finished", error, clock.now());
    });
    return "more";
  };

  const sweepOn = async (turn: Turn): Promise<Step> => {
    const { sync } = turn;
    const { sweep } = sync.state;
    if (sweep === null || (sweep.notBefore ?? 0) > clock.now()) return "idle";
    const { runId, kind, after, parts } = sweep;
    if (runId === null) return beginSweep(turn, sweep);
    const { ids, isLast } = await nextProfiles(sync, after);
    const last = ids.at(-1);
    if (last !== undefined) {
      const isFull = kind === "resync";
      const page = { plan: await plan(sync, ids, isFull), snapshot: isFull ? { runId, parts } : null, runId };
      return hand(turn, page, (tx, told) =>
        store.advanceSweep(tx, sync.id, { runId, after: last, parts: told, done: ids.length }),
      );
    }
    return isLast ? endSweep(turn, sweep, runId) : "stop";
  };

  /** Changes first: a full copy of a million must not delay them. */
  const steps = [tellGone, tellQueued, sweepOn] as const;

  return {
    forgetRefusals: (id: string): void => void refusalsById.delete(id),
    /** Tells what waits. Never throws: what goes wrong is written down with the sync. */
    turn: async (id: string, signal: AbortSignal): Promise<void> => {
      const run: Turn["run"] = { id: null };
      let claimed: StoredSync | undefined;
      try {
        for (let round = 0, goesOn = true; round < roundsPerTurn && goesOn && !signal.aborted; round += 1) {
          goesOn = false;
          for (const step of steps) {
            claimed = await store.claim(id, deps.worker, leaseGraceMs);
            const isDue = claimed !== undefined && (claimed.state.nextAttemptAt ?? 0) <= clock.now();
            const done = claimed && isDue ? await step({ sync: claimed, signal, run }) : "stop";
            goesOn = done === "more" || (goesOn && done === "idle");
            if (done === "stop") break;
          }
        }
        if (run.id !== null) await store.runs.finish(store.sql, run.id, "finished", null, clock.now());
      } catch (error) {
        deps.logger.error({ err: error, sync: claimed?.key }, "audience sync failed");
        const message = error instanceof Error ? error.message : "the sync failed";
        if (claimed && !signal.aborted) await fail({ sync: claimed, signal, run }, { message });
      }
      await store.release(id, deps.worker);
    },
  };
}
