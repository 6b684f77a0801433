import type { Readable } from "node:stream";
import { ClienteleError, type Clock, newId } from "../kernel/index.ts";
import type { OwnedIdentifier } from "../profiles/index.ts";
import {
  codesOf,
  hasEntry,
  type ListEntries,
  maxEntries,
  sortedEntries,
  uniteEntries,
  withoutCodes,
} from "./list-entries.ts";
import { type ReadListOptions, readList } from "./read-list.ts";
import type { ListStore, StoredList } from "./store-lists.ts";

export type ListsDeps = {
  readonly store: ListStore;
  readonly clock: Clock;
  /** Country of phone numbers without a prefix. */
  readonly country?: string | undefined;
  /** Lists have changed, by id and key: who is judged by them is to be judged anew. */
  readonly changed: (references: readonly string[]) => void;
  /** Whose entries are left out of uploads; default nobody's. */
  readonly isSuppressed?: ReadListOptions["isSuppressed"];
  /** Audiences that are judged by a list, by key. */
  readonly usersOf: (list: Pick<StoredList, "id" | "key">) => readonly string[];
};

type Loaded = StoredList & { readonly entries: ListEntries };
export type Upload = Omit<ReadListOptions, "namespace" | "country" | "isSuppressed"> & {
  readonly mode: "replace" | "append";
  readonly by: string;
};

const maxLists = 200;
/** 80 MB in each process. */
const maxEntriesTogether = 10 * maxEntries;

/** Uploaded lists of identifiers: every process holds them in memory, eight bytes an entry. */
export function createLists({ store, clock, country, changed, usersOf, isSuppressed }: ListsDeps) {
  let byReference: ReadonlyMap<string, Loaded> = new Map();
  /** Codes that uploads under way must leave out: their persons were erased meanwhile. */
  const underWay = new Set<{ readonly namespace: string; readonly gone: Set<bigint> }>();

  const all = (): readonly Loaded[] => [...new Set(byReference.values())];

  /** Reads lists that changed; the others stay as they are. */
  const load = async (): Promise<void> => {
    const known = byReference;
    const next = new Map<string, Loaded>();
    const news: string[] = [];
    for (const list of await store.all()) {
      const before = known.get(list.id);
      const isNew = before?.version !== list.version;
      const entries = before && !isNew ? before.entries : await store.entries(list.id, list.version);
      const loaded: Loaded = { ...list, entries };
      next.set(list.id, loaded).set(list.key, loaded);
      if (isNew) news.push(list.id, list.key);
    }
    for (const { id, key } of all()) if (!next.has(id)) news.push(id, key);
    byReference = next;
    if (news.length > 0) changed(news);
  };

  const find = (reference: string): Loaded => {
    const list = byReference.get(reference);
    if (!list) throw new ClienteleError("audiences.listNotFound", `there is no list ${reference}`);
    return list;
  };

  /** Stores a new version, and another one when somebody in it was erased while it was written. */
  const replace = async (
    list: Pick<StoredList, "id" | "key" | "version">,
    entries: ListEntries,
    by: string,
    gone: ReadonlySet<bigint>,
  ): Promise<void> => {
    const known = gone.size;
    if (!(await store.replace(list, entries, by, clock.now())))
      throw new ClienteleError("audiences.listChanged", `the list ${list.key} was changed meanwhile; send it again`);
    if (gone.size > known) await replace({ ...list, version: list.version + 1 }, withoutCodes(entries, gone), by, gone);
  };

  return {
    load,
    all,
    find,
    exists: (reference: string): boolean => byReference.has(reference),
    /** Whether one of the identifiers that a person has now is in the list. */
    isInList: (reference: string, identifiers: readonly OwnedIdentifier[]): boolean => {
      const list = byReference.get(reference);
      if (!list || list.entries.length === 0) return false;
      return codesOf(identifiers, list.namespace).some((code) => hasEntry(list.entries, code));
    },
    usersOf,

    /** @throws {ClienteleError} `audiences.listExists`, `audiences.listTooLarge` */
    create: async (list: Pick<StoredList, "key" | "name" | "namespace">, by: string): Promise<StoredList> => {
      if (all().length >= maxLists)
        throw new ClienteleError("audiences.listTooLarge", `at most ${maxLists} lists can be there`);
      const id = newId(clock.now());
      if (!(await store.create({ ...list, id, updatedBy: by }, clock.now())))
        throw new ClienteleError("audiences.listExists", `there is a list with the key ${list.key}`);
      await load();
      return find(id);
    },

    /** What an upload would do to a list, without doing it. @throws {ClienteleError} `audiences.listNotFound`, `.listTooLarge`, `.badList` */
    preview: async (reference: string, input: Readable, upload: Upload) => {
      const list = find(reference);
      const { codes, ...counts } = await readList(input, {
        ...upload,
        namespace: list.namespace,
        country,
        isSuppressed,
      });
      const given = sortedEntries(codes);
      const { length: size } = upload.mode === "append" ? uniteEntries(list.entries, given) : given;
      return { ...counts, list, duplicates: codes.length - given.length, size };
    },

    /** Reads and stores a new version of a list. @throws {ClienteleError} `audiences.listNotFound`, `.listTooLarge`, `.badList`, `.listChanged` */
    upload: async (reference: string, input: Readable, upload: Upload) => {
      const { namespace } = find(reference);
      const current = { namespace, gone: new Set<bigint>() };
      underWay.add(current);
      try {
        const { codes, read, rejected, suppressed } = await readList(input, {
          ...upload,
          namespace,
          country,
          isSuppressed,
        });
        const list = find(reference);
        const given = sortedEntries(codes);
        const whole = upload.mode === "append" ? uniteEntries(list.entries, given) : given;
        const entries = withoutCodes(whole, current.gone);
        const others = all().reduce((sum, { id, size }) => sum + (id === list.id ? 0 : size), 0);
        if (entries.length > maxEntries || others + entries.length > maxEntriesTogether)
          throw new ClienteleError(
            "audiences.listTooLarge",
            `a list has at most ${maxEntries} entries, all together ${maxEntriesTogether}`,
          );
        await replace(list, entries, upload.by, current.gone);
        await load();
        return { list: find(list.id), read, rejected, suppressed, duplicates: codes.length - given.length };
      } finally {
        underWay.delete(current);
      }
    },

    /** Erased persons: their codes are in no list of this process any more, nor in one that it is about to store. */
    forget: (codesOfPersonIn: (namespace: string) => readonly bigint[]): void => {
      for (const { namespace, gone } of underWay) for (const code of codesOfPersonIn(namespace)) gone.add(code);
      const next = new Map<string, Loaded>();
      for (const list of all()) {
        const entries = withoutCodes(list.entries, new Set(codesOfPersonIn(list.namespace)));
        const left = entries === list.entries ? list : { ...list, entries, size: entries.length };
        next.set(list.id, left).set(list.key, left);
      }
      byReference = next;
    },

    /** @throws {ClienteleError} `audiences.listNotFound`, `audiences.listInUse` with the audiences that use it */
    remove: async (reference: string): Promise<void> => {
      const list = find(reference);
      const users = usersOf(list);
      if (users.length > 0)
        throw new ClienteleError("audiences.listInUse", `the list ${list.key} is used by ${users.length} audiences`, {
          details: users.map((key) => ({ path: `/audience/${key}`, code: "usedLive", message: key })),
        });
      await store.remove(list.id);
      await load();
    },
  };
}

export type Lists = ReturnType<typeof createLists>;
