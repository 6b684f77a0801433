import type { Readable } from "node:stream";
import { ClienteleError, type Clock, newId } from "../kernel/index.ts";
import type { OwnedIdentifier } from "../profiles/index.ts";
import { codesOf, hasEntry, type ListEntries, maxEntries, sortedEntries, uniteEntries } from "./list-entries.ts";
import { type ReadListOptions, readList } from "./read-list.ts";
import type { ListStore, StoredList } from "./store-lists.ts";

export type ListsDeps = {
  readonly store: ListStore;
  readonly clock: Clock;
  /** Country of phone numbers without a prefix. */
  readonly country?: string | undefined;
  /** Lists have changed, by id and key: who is judged by them is to be judged anew. */
  readonly changed: (references: readonly string[]) => void;
  /** Audiences that are judged by a list, by key. */
  readonly usersOf: (list: Pick<StoredList, "id" | "key">) => readonly string[];
};

type Loaded = StoredList & { readonly entries: ListEntries };
export type Upload = Omit<ReadListOptions, "namespace" | "country"> & {
  readonly mode: "replace" | "append";
  readonly by: string;
};

const maxLists = 200;
/** 80 MB in each process. */
const maxEntriesTogether = 10 * maxEntries;

/** Uploaded lists of identifiers: every process holds them in memory, eight bytes an entry. */
export function createLists({ store, clock, country, changed, usersOf }: ListsDeps) {
  let byReference: ReadonlyMap<string, Loaded> = new Map();

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

    /** Reads and stores a new version of a list. @throws {ClienteleError} `audiences.listNotFound`, `.listTooLarge`, `.badList`, `.listChanged` */
    upload: async (reference: string, input: Readable, upload: Upload) => {
      const { namespace } = find(reference);
      const { codes, read, rejected } = await readList(input, { ...upload, namespace, country });
      const given = sortedEntries(codes);
      const list = find(reference);
      const entries = upload.mode === "append" ? uniteEntries(list.entries, given) : given;
      const others = all().reduce((sum, { id, size }) => sum + (id === list.id ? 0 : size), 0);
      if (entries.length > maxEntries || others + entries.length > maxEntriesTogether)
        throw new ClienteleError(
          "audiences.listTooLarge",
          `a list has at most ${maxEntries} entries, all together ${maxEntriesTogether}`,
        );
      if (!(await store.replace(list, entries, upload.by, clock.now())))
        throw new ClienteleError("audiences.listChanged", `the list ${list.key} was changed meanwhile; send it again`);
      await load();
      return { list: find(list.id), read, rejected, duplicates: codes.length - given.length };
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
