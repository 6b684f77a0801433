// Counts as decisions read them: from memory. Those of everybody are all there; those of a profile are loaded when it is looked up.
// What this process decides counts at once and is written once a second; what others count is here within two seconds.
import { randomInt } from "node:crypto";
import type { Clock, Logger } from "../../kernel/index.ts";
import type { Cell, Count } from "./caps.ts";
import { everybody, type Increment, type OfferCount, type OfferCountStore, type TotalCount } from "./store.ts";

type Cells = Map<string, Count & { readonly offerId: string }>;
type Entry = {
  readonly loadedAt: number /** Number of the load. */;
  readonly load: number;
  readonly byOffer: ReadonlyMap<string, readonly Count[]>;
};

const capacity = 20_000;
/** Cells of decisions that wait for their write; more are dropped and counted. */
const maxPending = 100_000;
/** Where other processes count too, what was loaded is believed for so long. */
const sharedAgeMs = 2_000;
/** The transaction that counts an event is over by then. */
const settleMs = 1_500;
const slots = 64;

const keyOf = ({ offerId, counted, placement, day }: Cell): string => `${offerId} ${counted} ${day} ${placement}`;

function group(counts: readonly OfferCount[]): Map<string, Count[]> {
  const byOffer = new Map<string, Count[]>();
  for (const count of counts) {
    const known = byOffer.get(count.offerId);
    if (known) known.push(count);
    else byOffer.set(count.offerId, [count]);
  }
  return byOffer;
}

function addTo(cells: Cells, cell: Cell, n: number): void {
  const key = keyOf(cell);
  cells.set(key, { ...cell, n: (cells.get(key)?.n ?? 0) + n });
}

/** Removes the oldest when there are too many: a Map keeps the order of insertion. */
function bound<K, V>(map: Map<K, V>, most: number): void {
  while (map.size > most) {
    const [oldest] = map.keys();
    if (oldest === undefined) return;
    map.delete(oldest);
  }
}

const none: readonly Count[] = [];

export function createLiveCounts(deps: {
  readonly store: OfferCountStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Offers with a cap for everybody together. */
  readonly totalIds: () => readonly string[];
}) {
  const { store, clock, logger } = deps;
  const maxAgeMs = store.isShared ? sharedAgeMs : Number.POSITIVE_INFINITY;
  const slot = randomInt(slots);
  const profiles = new Map<string, Entry>();
  const unsettled = new Map<string, number>();
  const guests = new Map<string, Cells>();
  const loading = new Map<string, Promise<void>>();
  /** Decisions by subject, not written yet, and under way to the database. */
  let pending = new Map<string, Cells>();
  let writing = new Map<string, Cells>();
  let pendingCells = 0;
  let dropped = 0;
  let loads = 0;
  let flushing: Promise<void> = Promise.resolve();
  /** Who profiles became by mergers of this process, for counts that were noted before. */
  const renamed = new Map<string, string>();
  const totals = new Map<string, Map<string, TotalCount>>();
  let loadedIds: readonly string[] = [];

  const isFresh = (profileId: string, entry: Entry | undefined): entry is Entry =>
    entry !== undefined &&
    entry.loadedAt !== Number.NEGATIVE_INFINITY &&
    clock.now() - entry.loadedAt < maxAgeMs &&
    (unsettled.get(profileId) ?? Number.NEGATIVE_INFINITY) <= entry.loadedAt;

  const load = (profileId: string): Promise<void> => {
    const known = loading.get(profileId);
    if (known) return known;
    const loadedAt = clock.now();
    const work = store
      .ofProfile(profileId)
      .then((counts) => {
        profiles.delete(profileId);
        loads += 1;
        profiles.set(profileId, { loadedAt, load: loads, byOffer: group(counts) });
        bound(profiles, capacity);
      })
      .finally(() => loading.delete(profileId));
    loading.set(profileId, work);
    return work;
  };

  const setTotal = (total: TotalCount): void => {
    const cells = totals.get(total.offerId);
    cells?.set(`${keyOf(total)} ${total.slot}`, total);
  };

  const overlay = (base: readonly Count[], subject: string, offerId: string): readonly Count[] => {
    const extra = [pending.get(subject), writing.get(subject)].flatMap((cells) =>
      cells ? [...cells.values()].filter((cell) => cell.offerId === offerId) : [],
    );
    return extra.length === 0 ? base : [...base, ...extra];
  };

  const incrementsOf = (bySubject: ReadonlyMap<string, Cells>): readonly Increment[] => {
    const byKey = new Map<string, Increment>();
    for (const [subject, cells] of bySubject) {
      const profileId = renamed.get(subject) ?? subject;
      for (const [key, cell] of cells) {
        const own = `${profileId} ${key}`;
        const n = cell.n + (byKey.get(own)?.n ?? 0);
        byKey.set(own, { ...cell, n, profileId, slot: profileId === everybody ? slot : 0 });
      }
    }
    return [...byKey.values()];
  };

  const write = async (): Promise<void> => {
    if (pending.size === 0) return;
    writing = pending;
    pending = new Map();
    pendingCells = 0;
    const lastLoad = loads;
    const increments = incrementsOf(writing);
    try {
      for (const total of await store.transaction((tx) => store.add(tx, increments))) setTotal(total);
      for (const [profileId, cells] of writing) {
        const entry = profiles.get(profileId);
        if (!entry) continue;
        const byOffer = new Map(entry.byOffer);
        for (const cell of cells.values()) byOffer.set(cell.offerId, [...(byOffer.get(cell.offerId) ?? none), cell]);
        // Loaded while it was written, it may hold these counts already: too high until it is loaded anew.
        const loadedAt = entry.load > lastLoad ? Number.NEGATIVE_INFINITY : entry.loadedAt;
        profiles.set(profileId, { ...entry, loadedAt, byOffer });
      }
      writing = new Map();
    } catch (error) {
      logger.error({ err: error, cells: increments.length }, "counts of offers were not written; they are tried again");
      const failed = writing;
      writing = new Map();
      for (const [subject, cells] of failed) for (const cell of cells.values()) note(subject, cell, cell.n);
    }
  };

  function note(subject: string, cell: Cell, n: number): void {
    const cells: Cells = pending.get(subject) ?? new Map();
    const before = cells.size;
    if (pendingCells >= maxPending && !cells.has(keyOf(cell))) {
      dropped += n;
      return;
    }
    addTo(cells, cell, n);
    pendingCells += cells.size - before;
    pending.set(subject, cells);
  }

  return {
    slot,
    /** Counts of an offer for everybody together. */
    ofAll: (offerId: string): readonly Count[] =>
      overlay([...(totals.get(offerId)?.values() ?? [])], everybody, offerId),

    /**
     * Counts of an offer for a visitor.
     *
     * @param profileId null or empty = nobody known; what this process decided for the device counts then
     * @returns null when they are not loaded: call `ensure` before deciding
     */
    ofVisitor: (profileId: string | null, device: string, offerId: string): readonly Count[] | null => {
      if (!profileId) {
        const cells = guests.get(device);
        return cells ? [...cells.values()].filter((cell) => cell.offerId === offerId) : none;
      }
      const entry = profiles.get(profileId);
      return entry ? overlay(entry.byOffer.get(offerId) ?? none, profileId, offerId) : null;
    },

    /** Loads the counts of a profile, where they are not there or too old. */
    ensure: async (profileId: string): Promise<void> => {
      const entry = profiles.get(profileId);
      if (!isFresh(profileId, entry)) await load(profileId);
    },

    /** An offer was decided on for a visitor; in memory at once. */
    decided: (
      profileId: string | null,
      device: string,
      cells: readonly Cell[],
      isTotal: (id: string) => boolean,
    ): void => {
      for (const cell of cells) {
        if (isTotal(cell.offerId)) note(everybody, cell, 1);
        if (profileId) note(profileId, cell, 1);
        else if (device) {
          const own: Cells = guests.get(device) ?? new Map();
          guests.delete(device);
          guests.set(device, own);
          addTo(own, cell, 1);
          bound(guests, capacity);
        }
      }
    },

    /** The counts of these profiles are changing in a transaction. */
    touch: (profileIds: Iterable<string>): void => {
      const until = clock.now() + settleMs;
      for (const profileId of profileIds) {
        unsettled.delete(profileId);
        unsettled.set(profileId, until);
      }
      bound(unsettled, capacity * 5);
    },

    /** Job, each second: writes what was decided, reads what others counted. */
    refresh: async (): Promise<void> => {
      flushing = flushing.then(write);
      await flushing;
      const ids = deps.totalIds();
      if (ids !== loadedIds) {
        const wanted = new Set(ids);
        for (const id of totals.keys()) if (!wanted.has(id)) totals.delete(id);
        const missing = ids.filter((id) => !totals.has(id));
        const found = await store.totalsOf(missing);
        for (const id of missing) totals.set(id, new Map());
        for (const total of found) setTotal(total);
        loadedIds = ids;
      }
      if (ids.length > 0) for (const total of await store.changedTotals()) setTotal(total);
    },

    /** Profiles become others in a transaction that is under way. */
    moved: (survivorByLoser: ReadonlyMap<string, string>): void => {
      for (const [loser, survivor] of survivorByLoser) renamed.set(loser, survivor);
      bound(renamed, capacity);
    },

    forget: (profileIds: readonly string[]): void => {
      for (const profileId of profileIds) {
        profiles.delete(profileId);
        pending.delete(profileId);
      }
    },
    dropped: (): number => dropped,
    flush: (): Promise<void> => {
      flushing = flushing.then(write);
      return flushing;
    },
  };
}

export type LiveCounts = ReturnType<typeof createLiveCounts>;
