import { ClienteleError, newId } from "../kernel/index.ts";
import type { Caller, Definition, DefinitionDraft, DefinitionUse } from "./definition.ts";
import { diffJson } from "./diff.ts";
import {
  assertEtag,
  assertMayChange,
  contentOf,
  type EditDeps,
  type Editing,
  type IfMatch,
  notFound,
} from "./editing.ts";
import { freeKey } from "./keys.ts";
import { withDraft } from "./publication.ts";

/** @throws {ClienteleError} `definitions.inUse` with one detail for each use */
export function assertUnused(kind: string, key: string, uses: readonly DefinitionUse[]): void {
  if (uses.length === 0) return;
  const details = uses.map((use) => ({
    path: `/${use.kind}/${use.key}${use.path}`,
    code: use.isLive ? "usedLive" : "usedDraft",
    message: `${use.name} (${use.status})`,
  }));
  throw new ClienteleError("definitions.inUse", `the ${kind} ${key} is used in ${uses.length} other places`, {
    details,
  });
}

export function createDrafting(deps: EditDeps, editing: Editing) {
  const { store, clock, usedBy } = deps;

  /** Makes a definition with its first version as a draft. */
  const create = async (
    kind: string,
    draft: DefinitionDraft & { readonly key?: string | undefined },
    caller: Caller,
  ): Promise<Definition> => {
    deps.kindOf(kind);
    const content = contentOf(draft);
    assertMayChange(caller, content.scope);
    const key =
      draft.key ??
      (await freeKey(content.name, async (candidate) => (await store.find(kind, candidate)) === undefined));
    const references = await editing.check(kind, { ...content, key, body: draft.body }, "save");
    const nowMs = clock.now();
    const id = newId(nowMs);
    const createdAt = new Date(nowMs).toISOString();
    const { actor } = caller;
    const created = await store.transaction(async (tx) => {
      const isNew = await store.insert(tx, {
        ...content,
        id,
        kind,
        key,
        status: "draft",
        draftStatus: "draft",
        version: 1,
        draftVersion: 1,
        liveVersion: null,
        pendingVersion: null,
        publishAt: null,
        nextChangeAt: null,
        everLive: false,
        etag: 1,
        createdAt,
        createdBy: actor,
        updatedAt: createdAt,
        updatedBy: actor,
      });
      if (!isNew) throw new ClienteleError("definitions.keyTaken", `there is a ${kind} with the key ${key}`);
      await store.addVersion(tx, id, {
        ...content,
        version: 1,
        body: draft.body,
        author: actor,
        note: draft.note ?? "",
        restoredFrom: null,
        createdAt,
        references,
      });
      const stored = await store.lock(tx, id);
      if (!stored) throw notFound(kind, key);
      await editing.record(tx, caller, [{ action: "create", id, kind, before: null, after: stored }]);
      return stored;
    });
    return created;
  };

  /** Saves a new version as a draft; what is published stays. Saving what is there already changes nothing. */
  const save = async (
    kind: string,
    idOrKey: string,
    draft: DefinitionDraft,
    ifMatch: IfMatch,
    caller: Caller,
  ): Promise<Definition> => {
    const found = await editing.find(kind, idOrKey);
    if (ifMatch === undefined)
      throw new ClienteleError("definitions.ifMatchMissing", "send the etag you read as If-Match");
    assertEtag(found, ifMatch);
    if (found.status === "archived")
      throw new ClienteleError("definitions.transition", `the ${kind} is archived; possible: unarchive`);
    const content = contentOf(draft);
    assertMayChange(caller, content.scope);
    const references = await editing.check(kind, { ...content, key: found.key, body: draft.body }, "save");
    const before = {
      name: found.name,
      scope: found.scope,
      schedule: found.schedule,
      labels: found.labels,
      body: found.body,
    };
    if (diffJson(before, { ...content, body: draft.body }).length === 0) return found;
    return editing.change(
      found,
      "save",
      ifMatch === "*" ? "*" : found.etag,
      caller,
      async (_locked, state, tx, nowMs) => {
        const next = withDraft(state, content);
        await store.addVersion(tx, found.id, {
          ...content,
          version: next.version,
          body: draft.body,
          author: caller.actor,
          note: draft.note ?? "",
          restoredFrom: null,
          createdAt: new Date(nowMs).toISOString(),
          references,
        });
        return next;
      },
    );
  };

  /** Deletes a draft that has never been live and that nothing uses. */
  const remove = async (kind: string, idOrKey: string, ifMatch: IfMatch, caller: Caller): Promise<void> => {
    const found = await editing.find(kind, idOrKey);
    assertEtag(found, ifMatch);
    assertMayChange(caller, found.scope);
    if (found.everLive)
      throw new ClienteleError("definitions.liveNotDeletable", `the ${kind} ${found.key} has been live; archive it`);
    if (found.status !== "draft" && found.status !== "in_review") {
      throw new ClienteleError(
        "definitions.transition",
        `only a draft can be deleted; the ${kind} ${found.key} is ${found.status}`,
      );
    }
    const uses = await usedBy(found);
    assertUnused(
      kind,
      found.key,
      uses.filter((use) => use.id !== found.id),
    );
    await store.transaction(async (tx) => {
      const locked = await store.lock(tx, found.id);
      if (!locked) throw notFound(kind, idOrKey);
      assertEtag(locked, found.etag);
      await store.delete(tx, found.id);
      await editing.record(tx, caller, [{ action: "delete", id: found.id, kind, before: locked, after: null }]);
    });
  };

  return { create, save, remove };
}
