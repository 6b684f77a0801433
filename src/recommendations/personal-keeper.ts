import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Logger } from "../kernel/index.ts";
import type { LearnedPersonal, LearnJob } from "./learn-personal.ts";
import { type ItemNumbers, type NextBasket, nextBasketOf, type Taste, tasteOf } from "./learners/index.ts";
import { createPeopleTable } from "./people-table.ts";
import type { PeopleOverview, PeopleStore } from "./store-people.clickhouse.ts";

/** What people like in the long run, and what they buy next; never changed, replaced as a whole. */
export type Personal = {
  readonly taste: Taste;
  readonly nextBasket: NextBasket;
  /** People with two orders or more that were learned from. */
  readonly buyers: number;
};

/** What fewer did is not taken for what people do. */
export const enoughPeople = 100;
const restMs = 30 * 60_000;
/** Learning takes at most this share of the time. */
const maxShare = 1 / 20;
/** Fewer new or vanished events wait for a day. */
const enoughChanged = 0.01;
const longestRestMs = 24 * 60 * 60_000;
const pageSize = 10_000;
/** More are a sample: each part holds people at random, the same ones every time. */
const maxPeople = 200_000;
/** A request looks at everybody who bought one of the same things: with 100,000 it takes 1 ms, 6 ms for who has 100 orders of 20. */
const maxBuyers = 100_000;
/** Products of people; with names and results some 200 MB at most. */
const maxCells = 6_000_000;

export const noPersonal: Personal = {
  taste: { personCount: 0, like: () => [] },
  nextBasket: { next: () => [] },
  buyers: 0,
};

export function personalOf({ taste, baskets }: LearnedPersonal, numbers: ItemNumbers): Personal {
  return {
    taste: tasteOf(taste, numbers),
    nextBasket: nextBasketOf(baskets, numbers),
    buyers: baskets.squares.length,
  };
}

/** Learns from time to time; requests go on with what was learned before until the new stands. */
export function createPersonalKeeper(deps: {
  readonly store: PeopleStore;
  readonly build: (job: LearnJob, signal: AbortSignal) => Promise<LearnedPersonal>;
  readonly catalog: { readonly current: () => CatalogSnapshot };
  readonly now: () => number;
  readonly logger: Logger;
}) {
  const { store, catalog, logger } = deps;
  const stopped = new AbortController();
  let personal = noPersonal;
  let triedAt = Number.NEGATIVE_INFINITY;
  let tookMs = 0;
  let learnedEvents = 0;
  let running: Promise<boolean> | undefined;

  const isWorthIt = ({ events }: PeopleOverview, nowMs: number): boolean => {
    const changed = Math.abs(events - learnedEvents);
    return changed > 0 && (changed >= enoughChanged * learnedEvents || nowMs - triedAt >= longestRestMs);
  };

  const learn = async ({ people, fromMs }: PeopleOverview, nowMs: number): Promise<void> => {
    const table = createPeopleTable((sku) => catalog.current().parentOf(sku)?.sku ?? sku);
    const parts = Math.max(1, Math.ceil(people / pageSize));
    for (let part = 0; part < Math.min(parts, maxPeople / pageSize); part += 1) {
      if (stopped.signal.aborted || table.size() >= maxCells) break;
      table.addInterests(await store.interests({ nowMs, fromMs, part, parts }));
      if (table.buyers() < maxBuyers) table.addBaskets(await store.baskets({ nowMs, fromMs, part, parts }));
    }
    personal = personalOf(await deps.build(table.job(), stopped.signal), table.numbers());
  };

  const refreshNow = async (nowMs: number, isForced: boolean): Promise<boolean> => {
    if (!isForced && nowMs - triedAt < Math.max(restMs, tookMs / maxShare)) return false;
    const overview = await store.overview(nowMs);
    if (overview === null) {
      const isNew = personal !== noPersonal;
      personal = noPersonal;
      learnedEvents = 0;
      return isNew;
    }
    if (!isForced && !isWorthIt(overview, nowMs)) return false;
    triedAt = nowMs;
    const startedAt = deps.now();
    await learn(overview, nowMs);
    tookMs = deps.now() - startedAt;
    learnedEvents = overview.events;
    logger.info({ tookMs, people: personal.taste.personCount, buyers: personal.buyers }, "taste of people learned");
    return true;
  };

  return {
    current: (): Personal => personal,
    /** @returns whether something new was learned */
    refresh: (nowMs: number, isForced: boolean): Promise<boolean> => {
      running ??= refreshNow(nowMs, isForced).finally(() => {
        running = undefined;
      });
      return running;
    },
    close: async (): Promise<void> => {
      stopped.abort();
      // Who started it was told of its failure.
      await running?.catch(() => undefined);
    },
  };
}
