// Copies of audiences in other systems, kept up to date. The event path only notes which profiles have changed; each sync works at
// its own pace, so that a target that is away delays neither the path nor the others.
import { setTimeout as pause } from "node:timers/promises";
import {
  type Audit,
  type Editor,
  type HttpClient,
  recordChange,
  type SecretBox,
  takeTurns,
} from "../../connectors/index.ts";
import { ClienteleError, type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { Postgres, Sql } from "../../storage/index.ts";
import { createTarget } from "../targets/create-target.ts";
import type { Target } from "../targets/target.ts";
import type { IsSuppressed } from "./desired-members.ts";
import type { People } from "./load-persons.ts";
import { createSyncManager } from "./manage-syncs.ts";
import { type AudienceRef, createSyncRun, type RunDeps } from "./run-sync.ts";
import { createSyncStore } from "./store.ts";
import { type StoredSync, syncContext } from "./sync.ts";
import { createWatch } from "./watch-profiles.ts";

export type AudienceSyncsDeps = {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly http: HttpClient;
  readonly secrets: SecretBox;
  readonly allowPrivateTargets: boolean;
  /** Folder below which folder targets lie. */
  readonly dropDir: string;
  readonly people: People;
  readonly audiences: Pick<RunDeps["audiences"], "membersOf" | "sizeOf"> & {
    /** Of a live one, from memory, by id or key. */
    readonly nameOf: (reference: string) => { readonly key: string; readonly name: string } | undefined;
    /** Any, also one that has ended, by id or key. @throws {ClienteleError} with status 404 */
    readonly find: (reference: string) => Promise<AudienceRef>;
  };
  readonly isSuppressed: IsSuppressed;
  /** Factor of every wait; tests shorten them. Default 1. */
  readonly pace?: number;
};

const housekeepingMs = 60_000;
const runRetentionMs = 90 * 86_400_000;
/** Grants of consent expire without an event. */
const reconcileAfterMs = 86_400_000;
const lettersPerCall = 1_000;
/** Another process hears of a suppression within a second. */
const spreadMs = { embedded: 0, server: 3_000 } as const;
/** So long an erasure waits for the targets that answer. */
const exitsLimitMs = 5_000;
const pollMs = 50;
/** Whom the audit names where a sync pauses by itself. */
const itself: Editor = { actor: "audience sync", via: "schedule" };

export function createAudienceSyncs(deps: AudienceSyncsDeps) {
  const { clock, logger, postgres } = deps;
  const store = createSyncStore(postgres);
  const pace = deps.pace ?? 1;
  const targets = new Map<string, { readonly etag: number; readonly target: Target }>();
  let active: readonly StoredSync[] = [];
  let copied: ReadonlySet<string> = new Set();
  let housekeptAt = Number.NEGATIVE_INFINITY;
  let unlisten: () => void = () => undefined;

  const closeTarget = async (id: string): Promise<void> => {
    const known = targets.get(id);
    targets.delete(id);
    await known?.target.close();
  };
  /** Made once for each version of a sync; there are at most a few hundred. */
  const targetOf = (sync: StoredSync): Target => {
    const known = targets.get(sync.id);
    if (known?.etag === sync.etag) return known.target;
    void known?.target.close();
    const secrets = deps.secrets.open(sync.sealed, syncContext(sync.id));
    const target = createTarget(sync.config, secrets, { http: deps.http, now: clock.now, dropDir: deps.dropDir });
    targets.set(sync.id, { etag: sync.etag, target });
    return target;
  };
  const refOf = async (audienceId: string): Promise<AudienceRef> => {
    const live = deps.audiences.nameOf(audienceId);
    return live ? { id: audienceId, key: live.key } : deps.audiences.find(audienceId);
  };
  const record = (tx: Sql, editor: Editor, action: string, id: string, before: object, after: object) =>
    recordChange(deps.audit, tx, editor, { kind: "audience-sync", action, id, before, after });
  const run = createSyncRun({
    store,
    clock,
    logger,
    worker: newId(clock.now()),
    people: deps.people,
    audiences: { membersOf: deps.audiences.membersOf, sizeOf: deps.audiences.sizeOf, refOf },
    isSuppressed: deps.isSuppressed,
    targetOf,
    paused: (tx, { id }, reason) =>
      record(tx, itself, "pause", id, { status: "active" }, { status: "paused", because: reason }),
    pace,
  });

  const refresh = async (): Promise<void> => {
    active = (await store.all()).filter(({ status }) => status === "active");
    copied = new Set(active.map(({ config }) => config.audience));
  };
  const housekeep = async (): Promise<void> => {
    housekeptAt = performance.now();
    await store.queue.clean();
    await store.queue.compact();
    const ids = new Set(active.map(({ id }) => id));
    for (const id of [...targets.keys()]) if (!ids.has(id) && !turns.isTakingTurn(id)) await closeTarget(id);
  };
  const look = async (): Promise<readonly string[]> => {
    const isDue = performance.now() - housekeptAt >= housekeepingMs * pace;
    if (isDue && (active.length > 0 || targets.size > 0)) await housekeep();
    return active.length > 0 ? store.due(clock.now()) : [];
  };
  const turns = takeTurns({ name: "audience syncs", logger, pace, refresh, look, turn: run.turn });
  const { wake } = turns;
  const manager = createSyncManager({
    store,
    audit: deps.audit,
    clock,
    secrets: deps.secrets,
    allowPrivateTargets: deps.allowPrivateTargets,
    dropDir: deps.dropDir,
    findAudience: deps.audiences.find,
    changed: async (id) => {
      run.forgetRefusals(id);
      await turns.refresh();
      // What waited for one that is paused or gone.
      await store.queue.clean();
      wake();
      await store.announceChange();
    },
  });

  /** Lets the exits of persons who are gone leave from the syncs that work. */
  const waitForExits = async (): Promise<void> => {
    const deadline = performance.now() + exitsLimitMs;
    while (turns.isWorking() && performance.now() < deadline) {
      wake();
      const syncs = await store.all();
      const working = syncs.filter(({ status, state }) => status === "active" && state.failures === 0);
      const counts = await Promise.all(working.map(({ id }) => store.members.gone(id, 1)));
      if (counts.every((gone) => gone.length === 0)) return;
      await pause(pollMs);
    }
  };

  return {
    manager,
    runs: store.runs,
    letters: store.members.letters,
    refOf,
    nameOf: deps.audiences.nameOf,
    /** Give it to the event path around the judgement of the audiences. */
    watch: createWatch({ store, clock, audiences: () => copied }),
    /** Members told, persons who are gone and still there, and profiles that wait to be looked at. */
    countsOf: async ({ id }: StoredSync) => ({
      ...(await store.members.count(id)),
      waiting: await store.queue.waiting(id),
    }),
    /**
     * Begins to tell everything again; one that is under way begins anew.
     *
     * @throws {ClienteleError} `connectors.paused`
     */
    resync: async (idOrKey: string, editor: Editor): Promise<StoredSync> => {
      const { id, key } = await manager.find(idOrKey);
      await store.transaction(async (tx) => {
        const now = await store.lock(tx, id);
        if (now?.status !== "active") throw new ClienteleError("connectors.paused", `the sync ${key} is paused`);
        await store.resync(tx, id, clock.now());
        await record(tx, editor, "resync", id, {}, {});
      });
      wake();
      return manager.find(id);
    },
    /** Takes one dead letter, or the oldest 1,000, back into what is to be told. @throws {ClienteleError} `connectors.notFound` */
    replay: async ({ id }: StoredSync, letterId?: string): Promise<number> => {
      const at = clock.now();
      const count = await store.transaction((tx) => store.members.revive(tx, id, letterId ?? null, lettersPerCall, at));
      if (letterId !== undefined && count === 0)
        throw new ClienteleError("connectors.notFound", `there is no dead letter ${letterId}`);
      wake();
      return count;
    },
    /** Syncs of an audience, active or not. */
    usersOf: async (audienceId: string): Promise<readonly StoredSync[]> =>
      (await store.all()).filter(({ config }) => config.audience === audienceId),

    /** In the transaction that erases persons: what was told of them waits for its exit. @returns rows changed */
    erase: async (tx: Sql, profileIds: readonly string[]): Promise<number> =>
      (await store.members.orphan(tx, profileIds)) + (await store.queue.erase(tx, profileIds)),
    /** After it: once more for what was under way, then the targets that answer are told. */
    eraseElsewhere: async (profileIds: readonly string[]): Promise<number> => {
      const changed = await store.members.orphan(postgres, profileIds);
      await waitForExits();
      return changed;
    },
    /** Persons of whom nothing may be told any more. */
    suppressed: async (profileIds: readonly string[]): Promise<void> => {
      await store.queue.appendTold(profileIds, clock.now() + spreadMs[postgres.kind]);
      wake();
    },
    /** What was told of persons and where, for their export. */
    toldOf: store.members.toldOf,

    /** Loads what is active; every process that processes events needs it before its first batch. */
    load: async (): Promise<void> => {
      await turns.refresh();
      unlisten = await store.onChange(turns.changed);
    },
    /** Starts telling. */
    start: async (): Promise<void> => {
      if (!turns.isWorking() && !store.isShared) await store.releaseAll();
      turns.start();
    },
    /** Ends after the requests under way, or their abort after 2 s; what was not confirmed is told again by the next start. */
    stop: async (): Promise<void> => {
      unlisten();
      await turns.stop();
      for (const id of [...targets.keys()]) await closeTarget(id);
    },
    /** Job, each hour: forgets old runs, and looks at everybody once a day. */
    maintain: async (): Promise<void> => {
      await store.runs.forget(clock.now() - runRetentionMs);
      await store.reconcileOlderThan(clock.now() - reconcileAfterMs);
    },
  };
}

export type AudienceSyncs = ReturnType<typeof createAudienceSyncs>;
