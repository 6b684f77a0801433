// Hard limits: a piece is taken in the database before an answer shows it. Memory only says early that nothing is left: it may be a
// second old, the database never is.
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import { type CompiledCap, stockOf } from "./caps.ts";
import type { Claimant } from "./claims.ts";
import type { Offer } from "./offer-set.ts";
import type { PersonStocks } from "./person-stocks.ts";
import { type HoldStore, nothingLeft, nothingLeftForPerson } from "./store-holds.ts";
import type { Stock, StockKey, WantedPiece } from "./store-stocks.ts";

const defaultHoldMinutes = 30;
const minuteMs = 60_000;
const expiredAtOnce = 500;
/** Of one look: limits for each person make a hold a decision. */
const mostRounds = 20;
const forgottenAtOnce = 5_000;
/** Open holds that are remembered; of older ones the visitor may find the stock empty. */
const rememberedHolds = 100_000;
/** Stocks in memory before those of periods long past are dropped. */
const mostStocks = 150_000;

export type TakenPieces =
  | { readonly ok: true; readonly holdIds: readonly string[]; readonly newIds: readonly string[] }
  /** `isOwn`: nothing is left of what the person may have; else of everybody's. */
  | { readonly ok: false; readonly isOwn: boolean };

const keyOf = ({ offerId, cap, placement, periodStart }: StockKey): string =>
  `${offerId} ${cap} ${periodStart} ${placement}`;

function toPiece(
  offer: Offer,
  cap: CompiledCap,
  { placement, today, person }: { readonly placement: string; readonly today: number; readonly person: string },
  nowMs: number,
): WantedPiece {
  const { counted, holdMinutes = defaultHoldMinutes, limit } = cap.rule;
  return {
    ...stockOf(offer.id, cap, placement, today, person),
    limit,
    counted: cap.counted,
    expiresAt: counted === "decision" ? null : nowMs + holdMinutes * minuteMs,
  };
}

export function createLiveHolds(deps: {
  readonly store: HoldStore;
  readonly persons: PersonStocks;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ids of offers with a hard limit; the same list until they change. */
  readonly hardIds: () => readonly string[];
}) {
  const { store, persons, clock, logger } = deps;
  const taken = new Map<string, number>();
  const open = new Map<string, number>();
  let loadedIds: readonly string[] = [];

  const note = (stocks: readonly Stock[]): void => {
    for (const stock of stocks)
      if (stock.person === "") taken.set(keyOf(stock), stock.taken);
      else persons.note(stock);
  };
  const remember = (key: string, expiresAt: number): void => {
    open.delete(key);
    open.set(key, expiresAt);
    if (open.size <= rememberedHolds) return;
    const [oldest] = open.keys();
    if (oldest !== undefined) open.delete(oldest);
  };
  const expireDue = async (): Promise<number> => {
    const stocks = await store.expire(clock.now(), expiredAtOnce);
    note(stocks);
    return stocks.length;
  };
  const expireAll = async (): Promise<void> => {
    for (let rounds = 0; rounds < mostRounds && (await expireDue()) > 0; rounds += 1);
  };

  return {
    /**
     * Why nothing is left for a visitor; undefined = something seems to be.
     *
     * @param holders who the visitor is: profile, device
     */
    emptyText: (
      offer: Offer,
      placement: string,
      holders: readonly string[],
      today: number,
      nowMs: number,
    ): string | undefined => {
      for (const cap of offer.hard) {
        const { counted, limit, per } = cap.rule;
        if (per === "profile") {
          if (holders.length === 0) return "It has a limit for each person, and nobody is known here";
          // What a device took becomes its person's: both count.
          if (persons.takenBy(holders, stockOf(offer.id, cap, placement, today, "")) >= limit)
            return `The visitor has had or holds all ${limit} (${counted}); one that is held without its event is free again`;
          continue;
        }
        const key = keyOf(stockOf(offer.id, cap, placement, today, ""));
        const count = taken.get(key) ?? 0;
        if (count < limit) continue;
        if (holders.some((holder) => (open.get(`${holder} ${key}`) ?? Number.NEGATIVE_INFINITY) > nowMs)) continue;
        return `All ${limit} are given out or held (${counted}); one that is held without its event is free again`;
      }
      return undefined;
    },

    /** Takes a piece of every hard limit of an offer, or none. Safe against whatever else takes at the same time. */
    take: async (offer: Offer, placement: string, who: Claimant, today: number): Promise<TakenPieces> => {
      const nowMs = clock.now();
      const person = who.profileId || who.device;
      // Nobody known: the piece is that of this call, and its decision's events confirm it.
      const holder = person || `call:${newId(nowMs)}`;
      const pieces = offer.hard.map((cap) => toPiece(offer, cap, { placement, today, person }, nowMs));
      const once = async () => {
        const result = await store.take(
          pieces,
          holder,
          pieces.map(() => newId(nowMs)),
          nowMs,
          who.device,
        );
        note(result.stocks);
        for (const piece of pieces)
          if (piece.expiresAt !== null && piece.person === "") remember(`${holder} ${keyOf(piece)}`, piece.expiresAt);
        return {
          ok: true as const,
          holdIds: result.pieces.map(({ holdId }) => holdId),
          newIds: result.pieces.flatMap(({ holdId, isNew }) => (isNew ? [holdId] : [])),
        };
      };
      let isOwn = false;
      for (const isLast of [false, true])
        try {
          return await once();
        } catch (error) {
          if (error !== nothingLeft && error !== nothingLeftForPerson) throw error;
          isOwn = error === nothingLeftForPerson;
          // What is held too long may only wait for its sweep.
          if (isLast || (await expireDue()) === 0) break;
        }
      // Until the next look all of them seem to be taken: the next call does not ask the database.
      if (!isOwn) note(await store.stocksOf([offer.id]));
      else {
        persons.forget([who.profileId, who.device]);
        await persons.load([person]);
      }
      return { ok: false, isOwn };
    },

    shown: store.shown,
    release: async (holdIds: readonly string[]): Promise<void> => {
      if (holdIds.length > 0) note(await store.release(holdIds));
    },

    /** Job, each second: frees what is held too long, reads what others took. */
    refresh: async (): Promise<void> => {
      const ids = deps.hardIds();
      if (ids.length === 0 && loadedIds.length === 0) return;
      persons.clear();
      await expireAll();
      const isNew = ids !== loadedIds || taken.size > mostStocks;
      if (isNew) {
        taken.clear();
        note(await store.stocksOf(ids));
      } else note(await store.changedStocks());
      for (const { holder, expiresAt, isOpen, ...stock } of await store.holds(isNew)) {
        const key = `${holder} ${keyOf(stock)}`;
        if (isOpen) remember(key, expiresAt);
        else open.delete(key);
      }
      loadedIds = ids;
    },
    /** Job, once an hour. */
    maintain: async (): Promise<void> => {
      // Those of limits that are gone, too.
      await expireAll();
      const rows = await store.forget(forgottenAtOnce);
      if (rows === forgottenAtOnce) logger.info({ rows }, "more old holds of offers wait to be deleted");
    },
  };
}

export type LiveHolds = ReturnType<typeof createLiveHolds>;
