// Hard limits: a piece is taken in the database before an answer shows it. Memory only says early that nothing is left: it may be a
// second old, the database never is.
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import { type CompiledCap, stockOf } from "./caps.ts";
import type { Offer } from "./offer-set.ts";
import { type HoldStore, nothingLeft, type Stock, type StockKey, type WantedPiece } from "./store-holds.ts";

const defaultHoldMinutes = 30;
const minuteMs = 60_000;
const expiredAtOnce = 500;
const forgottenAtOnce = 5_000;
/** Open holds that are remembered; of older ones the visitor may find the stock empty. */
const rememberedHolds = 100_000;
/** Stocks in memory before those of periods long past are dropped. */
const mostStocks = 150_000;

export type TakenPieces =
  | { readonly ok: true; readonly holdIds: readonly string[]; readonly newIds: readonly string[] }
  | { readonly ok: false };

const keyOf = ({ offerId, cap, placement, periodStart }: StockKey): string =>
  `${offerId} ${cap} ${periodStart} ${placement}`;

function toPiece(offer: Offer, cap: CompiledCap, placement: string, today: number, nowMs: number): WantedPiece {
  const { counted, holdMinutes = defaultHoldMinutes, limit } = cap.rule;
  return {
    ...stockOf(offer.id, cap, placement, today),
    limit,
    counted: cap.counted,
    expiresAt: counted === "decision" ? null : nowMs + holdMinutes * minuteMs,
  };
}

export function createLiveHolds(deps: {
  readonly store: HoldStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ids of offers with a hard limit; the same list until they change. */
  readonly hardIds: () => readonly string[];
}) {
  const { store, clock, logger } = deps;
  const taken = new Map<string, number>();
  const open = new Map<string, number>();
  let loadedIds: readonly string[] = [];

  const note = (stocks: readonly Stock[]): void => {
    for (const stock of stocks) taken.set(keyOf(stock), stock.taken);
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
        const key = keyOf(stockOf(offer.id, cap, placement, today));
        const count = taken.get(key) ?? 0;
        const { counted, limit } = cap.rule;
        if (count < limit) continue;
        if (holders.some((holder) => (open.get(`${holder} ${key}`) ?? Number.NEGATIVE_INFINITY) > nowMs)) continue;
        return `All ${limit} are given out or held (${counted}); one that is held without its event is free again`;
      }
      return undefined;
    },

    /** Takes a piece of every hard limit of an offer, or none. Safe against whatever else takes at the same time. */
    take: async (offer: Offer, placement: string, holder: string, today: number): Promise<TakenPieces> => {
      const nowMs = clock.now();
      const pieces = offer.hard.map((cap) => toPiece(offer, cap, placement, today, nowMs));
      const once = async () => {
        const result = await store.take(
          pieces,
          holder,
          pieces.map(() => newId(nowMs)),
          nowMs,
        );
        note(result.stocks);
        for (const piece of pieces)
          if (piece.expiresAt !== null) remember(`${holder} ${keyOf(piece)}`, piece.expiresAt);
        return {
          ok: true as const,
          holdIds: result.pieces.map(({ holdId }) => holdId),
          newIds: result.pieces.flatMap(({ holdId, isNew }) => (isNew ? [holdId] : [])),
        };
      };
      for (const isLast of [false, true])
        try {
          return await once();
        } catch (error) {
          if (error !== nothingLeft) throw error;
          // What is held too long may only wait for its sweep.
          if (isLast || (await expireDue()) === 0) break;
        }
      // Until the next look all of them seem to be taken: the next visitor does not ask the database.
      note(await store.stocksOf([offer.id]));
      return { ok: false };
    },

    shown: store.shown,
    release: async (holdIds: readonly string[]): Promise<void> => {
      if (holdIds.length > 0) note(await store.release(holdIds));
    },

    /** Job, each second: frees what is held too long, reads what others took. */
    refresh: async (): Promise<void> => {
      const ids = deps.hardIds();
      if (ids.length === 0 && loadedIds.length === 0) return;
      await expireDue();
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
      const rows = await store.forget(forgottenAtOnce);
      if (rows === forgottenAtOnce) logger.info({ rows }, "more old holds of offers wait to be deleted");
    },
  };
}

export type LiveHolds = ReturnType<typeof createLiveHolds>;
