import { ClienteleError } from "../kernel/index.ts";
import type { Caller, Definition, DefinitionVersion } from "./definition.ts";
import { assertUnused } from "./edit-definitions.ts";
import { assertMayChange, type EditDeps, type Editing, type IfMatch } from "./editing.ts";
import { archive, byClock, publish, stateOf, takePending, unarchive } from "./publication.ts";
import { windowOf } from "./schedule.ts";
import type { StoredState, Transaction } from "./store.ts";
import { type Action, assertAllowed } from "./transitions.ts";
import { assertNoFaults, type Candidate } from "./validate.ts";

export type ActOptions = {
  /** publish and rollback: when it takes effect, Unix milliseconds; default now. */
  readonly atMs?: number | undefined;
  /** rollback: the version to publish again. */
  readonly version?: number | undefined;
  /** publish and rollback: the author's note. */
  readonly note?: string | undefined;
  /** archive: also when live definitions use it. Default false. */
  readonly force?: boolean | undefined;
  readonly ifMatch?: IfMatch;
};

const scheduler: Caller = { actor: "schedule", via: "schedule", storeViews: null };
const dueBatch = 100;

export function createPublishing({ store, clock, usedBy }: EditDeps, editing: Editing) {
  const versionOf = async (
    definition: Pick<Definition, "id" | "kind" | "key">,
    version: number,
    tx?: Transaction,
  ): Promise<DefinitionVersion> => {
    const found = await store.version(definition.id, version, tx);
    if (!found)
      throw new ClienteleError(
        "definitions.notFound",
        `the ${definition.kind} ${definition.key} has no version ${version}`,
      );
    return found;
  };

  const liveOf = (definition: Definition, tx: Transaction) =>
    definition.liveVersion === null ? Promise.resolve(null) : versionOf(definition, definition.liveVersion, tx);

  /** Faults that only publishing finds: unpublished references, and a window that is over. */
  const checkForPublication = async (
    kind: string,
    candidate: Candidate,
    options: ActOptions,
  ): Promise<Awaited<ReturnType<Editing["check"]>>> => {
    const references = await editing.check(kind, candidate, "publish");
    const { toMs } = windowOf(candidate.schedule);
    if (toMs !== null && toMs <= Math.max(clock.now(), options.atMs ?? 0)) {
      assertNoFaults([{ path: "/schedule/to", code: "past", message: "is over when this would take effect" }], kind);
    }
    return references;
  };

  const publishDraft = async (found: Definition, options: ActOptions, caller: Caller): Promise<Definition> => {
    await checkForPublication(found.kind, found, options);
    // What was checked is what is published: the etag read above must still hold.
    return editing.change(found, "publish", found.etag, caller, async (locked, state, tx, nowMs) =>
      publish(
        state,
        { version: locked.version, schedule: locked.schedule },
        await liveOf(locked, tx),
        options.atMs ?? null,
        nowMs,
      ),
    );
  };

  const rollBack = async (found: Definition, options: ActOptions, caller: Caller): Promise<Definition> => {
    if (options.version === undefined) throw new ClienteleError("http.badRequest", "name the version to publish again");
    const old = await versionOf(found, options.version);
    assertMayChange(caller, old.scope);
    const references = await checkForPublication(found.kind, { ...old, key: found.key }, options);
    return editing.change(found, "rollback", found.etag, caller, async (locked, state, tx, nowMs) => {
      const version = locked.version + 1;
      const { name, scope, schedule, body } = old;
      const note = options.note ?? `Version ${old.version} again`;
      await store.addVersion(tx, locked.id, {
        version,
        name,
        scope,
        schedule,
        body,
        author: caller.actor,
        note,
        restoredFrom: old.version,
        createdAt: new Date(nowMs).toISOString(),
        references,
      });
      return publish(
        { ...state, name, scope, schedule, version },
        { version, schedule },
        await liveOf(locked, tx),
        options.atMs ?? null,
        nowMs,
      );
    });
  };

  const resumed = async (
    locked: Definition,
    state: StoredState,
    tx: Transaction,
    nowMs: number,
  ): Promise<StoredState> => {
    const taken = takePending(state, nowMs);
    if (taken.liveVersion === null)
      throw new ClienteleError("definitions.transition", "nothing of it is published; publish a version instead");
    return byClock(taken, await versionOf(locked, taken.liveVersion, tx), nowMs);
  };

  const simple: Readonly<
    Record<
      "submit" | "pause" | "resume" | "archive" | "unarchive",
      (locked: Definition, state: StoredState, tx: Transaction, nowMs: number) => Promise<StoredState> | StoredState
    >
  > = {
    submit: (_locked, state) => ({
      ...state,
      draftStatus: "in_review",
      status: state.liveVersion === null ? "in_review" : state.status,
    }),
    pause: (_locked, state) => ({ ...state, status: "paused", nextChangeMs: null }),
    resume: resumed,
    archive: (_locked, state) => archive(state),
    unarchive: (_locked, state) => unarchive(state),
  };

  /** Moves a definition through its life cycle. */
  const act = async (
    kind: string,
    idOrKey: string,
    action: Action,
    options: ActOptions,
    caller: Caller,
  ): Promise<Definition> => {
    const found = await editing.find(kind, idOrKey);
    if (options.ifMatch !== undefined && options.ifMatch !== "*" && options.ifMatch !== found.etag) {
      throw new ClienteleError(
        "definitions.versionConflict",
        `${found.updatedBy} changed this ${kind} since you read it (etag is now ${found.etag})`,
      );
    }
    assertAllowed(action, found);
    if (action === "publish") return publishDraft(found, options, caller);
    if (action === "rollback") return rollBack(found, options, caller);
    if (action === "archive" && !options.force) {
      const uses = await usedBy(found);
      assertUnused(
        kind,
        found.key,
        uses.filter((use) => use.isLive && use.id !== found.id),
      );
    }
    return editing.change(found, action, options.ifMatch, caller, (locked, state, tx, nowMs) => {
      assertAllowed(action, locked);
      return simple[action](locked, state, tx, nowMs);
    });
  };

  const moveByClock = (id: string, nowMs: number): Promise<string | undefined> =>
    store.transaction(async (tx) => {
      const locked = await store.lock(tx, id);
      // Another process may have moved it between the look and the lock.
      if (!locked || (locked.status !== "scheduled" && locked.status !== "live")) return undefined;
      const state = takePending(stateOf(locked, { nowMs, actor: scheduler.actor }), nowMs);
      if (state.liveVersion === null) return undefined;
      const next = byClock(state, await versionOf(locked, state.liveVersion, tx), nowMs);
      await store.update(tx, id, next);
      await store.touch(tx, locked.kind);
      const after = (await store.lock(tx, id)) ?? null;
      const action = next.status === locked.status ? "publishPending" : `became.${next.status}`;
      await editing.record(tx, scheduler, [{ action, id, kind: locked.kind, before: locked, after }]);
      return locked.kind;
    });

  /**
   * Moves what is due: scheduled to live, live to ended, a pending version in place of the live one.
   * Safe to repeat and to run in several processes.
   *
   * @returns how many definitions moved
   */
  const applySchedules = async (nowMs: number): Promise<number> => {
    const kinds = new Set<string>();
    let moved = 0;
    for (const id of await store.due(nowMs, dueBatch)) {
      const kind = await moveByClock(id, nowMs);
      if (kind === undefined) continue;
      kinds.add(kind);
      moved += 1;
    }
    for (const kind of kinds) await editing.spread(kind);
    return moved;
  };

  return { act, applySchedules };
}
