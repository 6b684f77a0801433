import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type Clock } from "../kernel/index.ts";
import type { Caller, Definition, DefinitionDraft, DefinitionSummary, DefinitionUse } from "./definition.ts";
import type { DefinitionReference, DefinitionScope } from "./kind.ts";
import type { LiveSnapshot } from "./live-snapshot.ts";
import { type AuditedDefinition, auditImage, type Content, stateOf } from "./publication.ts";
import type { DefinitionsStore, StoredState, Transaction } from "./store.ts";
import { assertNoFaults, type Candidate, type CheckedKind, checkCandidate, referenceFaults } from "./validate.ts";

/** Everything that would notice if a definition went. */
export type UsedBy = (used: Pick<Definition, "kind" | "id" | "key">) => Promise<readonly DefinitionUse[]>;

export type EditDeps = {
  readonly store: DefinitionsStore;
  readonly audit: Pick<AuditTrail, "recordAll">;
  readonly clock: Clock;
  readonly snapshot: LiveSnapshot;
  readonly kindOf: (kind: string) => CheckedKind;
  readonly usedBy: UsedBy;
};

/** One change for the audit; null where there was, or is, no definition. */
export type RecordedChange = {
  readonly action: string;
  readonly id: string;
  readonly kind: string;
  readonly before: AuditedDefinition | null;
  readonly after: AuditedDefinition | null;
};

/** The etag a caller read; undefined = not sent, `*` = whatever it is now. */
export type IfMatch = number | "*" | undefined;

const everywhere: DefinitionScope = Object.freeze({ storeViews: null });

/** @throws {ClienteleError} `access.forbidden` when the caller's store views do not cover the scope */
export function assertMayChange(caller: Caller, scope: DefinitionScope): void {
  if (caller.storeViews === null) return;
  const allowed = caller.storeViews;
  if (scope.storeViews?.every((view) => allowed.includes(view))) return;
  throw new ClienteleError(
    "access.forbidden",
    `you may change definitions of these store views only: ${allowed.join(", ")}; set the scope to some of them`,
  );
}

/** @throws {ClienteleError} `definitions.versionConflict` */
export function assertEtag(definition: DefinitionSummary, ifMatch: IfMatch): void {
  if (ifMatch === undefined || ifMatch === "*" || ifMatch === definition.etag) return;
  throw new ClienteleError(
    "definitions.versionConflict",
    `${definition.updatedBy} changed this ${definition.kind} since you read it (etag is now ${definition.etag})`,
  );
}

export function contentOf(draft: DefinitionDraft): Content {
  return {
    name: draft.name.trim(),
    scope: draft.scope ?? everywhere,
    schedule: draft.schedule ?? null,
    labels: draft.labels ?? [],
  };
}

export function notFound(kind: string, idOrKey: string): ClienteleError {
  return new ClienteleError("definitions.notFound", `there is no ${kind} with the id or key ${idOrKey}`);
}

/** The parts that every change shares: find, check, lock, write, audit, refresh. */
export function createEditing({ store, audit, clock, snapshot, kindOf }: EditDeps) {
  const find = async (kind: string, idOrKey: string): Promise<Definition> => {
    kindOf(kind);
    const found = await store.find(kind, idOrKey);
    if (!found) throw notFound(kind, idOrKey);
    return found;
  };

  /** Checks a candidate whole and returns its references. Runs outside any transaction: a check may read for itself. */
  const check = async (
    kind: string,
    candidate: Candidate,
    stage: "save" | "publish",
  ): Promise<readonly DefinitionReference[]> => {
    const { faults, references } = await checkCandidate(kindOf(kind), candidate, snapshot.live);
    const known = await store.statuses(references);
    assertNoFaults([...faults, ...referenceFaults(references, known, stage, `${kind}/${candidate.key}`)], kind);
    return references;
  };

  /** Writes the audit entries of a transaction. */
  const record = (tx: Transaction, caller: Caller, changes: readonly RecordedChange[]): Promise<void> =>
    audit.recordAll(
      tx,
      changes.map(({ action, id, kind, before, after }) => ({
        actor: caller.actor,
        via: caller.via,
        action: `definition.${action}`,
        objectKind: kind,
        objectId: id,
        before: before && auditImage(before),
        after: after && auditImage(after),
        requestId: caller.requestId ?? null,
      })),
    );

  /** After a commit: this process answers from the new state at once, the others within a second. */
  const spread = async (kind: string): Promise<void> => {
    await snapshot.refresh();
    await store.announce(kind);
  };

  /** Locks, applies a pure change, writes it with its audit entry, and returns what is stored now. */
  const change = async (
    found: Definition,
    action: string,
    ifMatch: IfMatch,
    caller: Caller,
    apply: (
      locked: Definition,
      state: StoredState,
      tx: Transaction,
      nowMs: number,
    ) => Promise<StoredState> | StoredState,
  ): Promise<Definition> => {
    const changed = await store.transaction(async (tx) => {
      const locked = await store.lock(tx, found.id);
      if (!locked) throw notFound(found.kind, found.key);
      assertEtag(locked, ifMatch);
      assertMayChange(caller, locked.scope);
      const nowMs = clock.now();
      const state = await apply(locked, stateOf(locked, { nowMs, actor: caller.actor }), tx, nowMs);
      await store.update(tx, locked.id, state);
      await store.touch(tx, locked.kind);
      const after = await store.lock(tx, locked.id);
      if (!after) throw notFound(found.kind, found.key);
      await record(tx, caller, [{ action, id: locked.id, kind: locked.kind, before: locked, after }]);
      return after;
    });
    await spread(found.kind);
    return changed;
  };

  return { find, check, record, spread, change };
}

export type Editing = ReturnType<typeof createEditing>;
