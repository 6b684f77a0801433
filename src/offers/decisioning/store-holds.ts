import type { Postgres, Sql } from "../../storage/index.ts";
import { everybody } from "./store.ts";

/** One stock: an offer's hard limit at a placement in a period. */
export type StockKey = {
  readonly offerId: string;
  readonly cap: string;
  /** "" = all together. */
  readonly placement: string;
  readonly periodStart: number;
};
export type Stock = StockKey & { readonly taken: number };
export type OpenHold = StockKey & { readonly holder: string; readonly expiresAt: number; readonly isOpen: boolean };

/** A piece that is wanted. */
export type WantedPiece = StockKey & {
  readonly limit: number;
  /** What `offer_counts` calls what is counted: a stock begins with what came before there was one. */
  readonly counted: string;
  /** When it is free again without its event; null = it counts at once. */
  readonly expiresAt: number | null;
};
export type Piece = StockKey & { readonly holdId: string; readonly isNew: boolean };

/** An event that confirms pieces of one stock. */
export type Confirmation = {
  readonly offerId: string;
  readonly cap: string;
  /** Of stocks by placement; "" otherwise. */
  readonly placement: string;
  readonly limit: number;
  /** "" = the event names none. */
  readonly decisionId: string;
  /** Profile and device of the event; "" = none. */
  readonly profileId: string;
  readonly device: string;
};

type StockRow = { offer_id: string; cap: string; placement: string; period_start: number; taken: number | string };
type KeyRow = Omit<StockRow, "taken">;

const keyOf = (row: KeyRow): StockKey => ({
  ...{ offerId: row.offer_id, cap: row.cap, placement: row.placement, periodStart: row.period_start },
});
const toStock = (row: StockRow): Stock => ({ ...keyOf(row), taken: Number(row.taken) });
const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;
/** One order for all who lock several: holds first, then stocks, each in this order. */
const textOf = ({ offerId, cap, placement, periodStart }: StockKey) => `${offerId} ${cap} ${placement} ${periodStart}`;
const inOrder = <K extends StockKey>(keys: readonly K[]): readonly K[] =>
  [...keys].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));

/** A transaction that takes or frees a piece is over within this time. */
const overlap = "interval '20 seconds'";
const maxRead = 100_000;

/** A stock was empty: the transaction takes nothing. */
export const nothingLeft = new Error("nothing is left of a stock");

/** One more of a stock, up to its limit. @returns what is taken now; undefined = nothing is left */
async function takeOne(tx: Sql, piece: Omit<WantedPiece, "expiresAt">): Promise<Stock | undefined> {
  const { rows } = await tx.query<StockRow>(
    `insert into offer_stock as s (offer_id, cap, placement, period_start, taken, updated_at)
     select $1::uuid, $2::text, $3::text, $4::int, b.n + 1, clock_timestamp() from (
       select case when exists (select 1 from offer_stock o where o.offer_id = $1::uuid and o.cap = $2 and o.placement = $3) then 0
         else (select coalesce(sum(c.n), 0) from offer_counts c where c.profile_id = '${everybody}' and c.offer_id = $1::uuid
           and c.counted = $5 and c.day >= $4 and ($3 = '' or c.placement = $3)) end as n) b
     where b.n < $6::bigint
     on conflict (offer_id, cap, placement, period_start)
       do update set taken = s.taken + 1, updated_at = clock_timestamp() where s.taken < $6::bigint
     returning s.offer_id, s.cap, s.placement, s.period_start, s.taken`,
    [piece.offerId, piece.cap, piece.placement, piece.periodStart, piece.counted, piece.limit],
  );
  return rows.map(toStock)[0];
}

/** Pieces become free. @returns their stocks */
async function giveBack(tx: Sql, keys: readonly StockKey[]): Promise<readonly Stock[]> {
  const counts = new Map<string, { key: StockKey; n: number }>();
  for (const key of keys) counts.set(textOf(key), { key, n: (counts.get(textOf(key))?.n ?? 0) + 1 });
  const stocks: Stock[] = [];
  for (const { offerId, cap, placement, periodStart } of inOrder([...counts.values()].map(({ key }) => key))) {
    const key = { offerId, cap, placement, periodStart };
    const { rows } = await tx.query<StockRow>(
      `update offer_stock s set taken = greatest(s.taken - $5, 0), updated_at = clock_timestamp()
       where s.offer_id = $1::uuid and s.cap = $2 and s.placement = $3 and s.period_start = $4
       returning s.offer_id, s.cap, s.placement, s.period_start, s.taken`,
      [offerId, cap, placement, periodStart, counts.get(textOf(key))?.n ?? 0],
    );
    stocks.push(...rows.map(toStock));
  }
  return stocks;
}

/** All PostgreSQL of hard limits. */
export function createHoldStore(postgres: Postgres) {
  return {
    /**
     * Takes a piece of each stock, or none at all. Who holds one already keeps it.
     *
     * @param ids one a piece
     * @throws {typeof nothingLeft}
     */
    take: (
      pieces: readonly WantedPiece[],
      holder: string,
      ids: readonly string[],
      nowMs: number,
    ): Promise<{ readonly pieces: readonly Piece[]; readonly stocks: readonly Stock[] }> =>
      postgres.transaction(async (tx) => {
        const wanted = inOrder(pieces);
        const taken: Piece[] = [];
        for (const [at, piece] of wanted.entries()) {
          const { rows } = await tx.query<{ hold_id: string }>(
            `insert into offer_holds as h (hold_id, offer_id, cap, placement, period_start, holder, status, expires_at, updated_at)
             values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, ${time("$8")}, clock_timestamp())
             on conflict (offer_id, cap, placement, period_start, holder) where status = 'held'
               do update set expires_at = greatest(h.expires_at, excluded.expires_at), updated_at = clock_timestamp()
             returning h.hold_id`,
            [
              ...[ids[at], piece.offerId, piece.cap, piece.placement, piece.periodStart, holder],
              ...[piece.expiresAt === null ? "confirmed" : "held", piece.expiresAt ?? nowMs],
            ],
          );
          const holdId = rows[0]?.hold_id ?? "";
          taken.push({ ...piece, holdId, isNew: holdId === ids[at] });
        }
        const stocks: Stock[] = [];
        for (const [at, piece] of wanted.entries()) {
          if (!taken[at]?.isNew) continue;
          const stock = await takeOne(tx, piece);
          if (!stock) throw nothingLeft;
          stocks.push(stock);
        }
        return { pieces: taken, stocks };
      }),

    /** The decision that shows these pieces. */
    async shown(holdIds: readonly string[], decisionId: string): Promise<void> {
      await postgres.query(
        "update offer_holds h set decision_id = $2, updated_at = clock_timestamp() where h.hold_id = any($1::uuid[])",
        [holdIds, decisionId],
      );
    },

    /** Gives back pieces that were taken and are not shown. What another call of the visitor may show by now ends in its time. */
    release: (holdIds: readonly string[]): Promise<readonly Stock[]> =>
      postgres.transaction(async (tx) => {
        const { rows } = await tx.query<KeyRow>(
          `delete from offer_holds h where h.hold_id = any($1::uuid[]) and h.decision_id is null
             and (h.status = 'confirmed' or (h.status = 'held' and h.holder like 'call:%'))
           returning h.offer_id, h.cap, h.placement, h.period_start`,
          [holdIds],
        );
        return giveBack(tx, rows.map(keyOf));
      }),

    /** Frees pieces whose event did not come in time, the oldest first. @returns the stocks that have more now */
    expire: (nowMs: number, limit: number): Promise<readonly Stock[]> =>
      postgres.transaction(async (tx) => {
        const { rows } = await tx.query<KeyRow>(
          `update offer_holds h set status = 'expired', updated_at = clock_timestamp()
           from (select d.hold_id from offer_holds d where d.status = 'held' and d.expires_at <= ${time("$1")}
             order by d.expires_at limit $2 for update skip locked) as due
           where h.hold_id = due.hold_id returning h.offer_id, h.cap, h.placement, h.period_start`,
          [nowMs, limit],
        );
        return giveBack(tx, rows.map(keyOf));
      }),

    /**
     * Events that came: what was held for them is used up. One that comes after its time takes a piece again where one is left. May be
     * repeated.
     */
    async confirm(tx: Sql, confirmations: readonly Confirmation[]): Promise<void> {
      for (const { offerId, cap, placement, limit, decisionId, profileId, device } of confirmations) {
        const { rowCount } = await tx.query(
          `update offer_holds h set status = 'confirmed', updated_at = clock_timestamp()
           where h.offer_id = $1::uuid and h.cap = $2 and ($3 = '' or h.placement = $3) and h.status = 'held'
             and (h.decision_id = nullif($4, '') or h.holder = nullif($5, '') or h.holder = nullif($6, ''))`,
          [offerId, cap, placement, decisionId, profileId, device],
        );
        if (rowCount > 0 || decisionId === "") continue;
        const late = await tx.query<KeyRow & { hold_id: string }>(
          `select h.hold_id, h.offer_id, h.cap, h.placement, h.period_start from offer_holds h
           where h.offer_id = $1::uuid and h.cap = $2 and ($3 = '' or h.placement = $3) and h.status = 'expired' and h.decision_id = $4
           limit 1 for update`,
          [offerId, cap, placement, decisionId],
        );
        for (const row of late.rows) {
          if (!(await takeOne(tx, { ...keyOf(row), limit, counted: "" }))) continue;
          await tx.query(
            "update offer_holds h set status = 'confirmed', updated_at = clock_timestamp() where h.hold_id = $1::uuid",
            [row.hold_id],
          );
        }
      }
    },

    /** Stocks of these offers. */
    async stocksOf(offerIds: readonly string[]): Promise<readonly Stock[]> {
      if (offerIds.length === 0) return [];
      const { rows } = await postgres.query<StockRow>(
        `select s.offer_id, s.cap, s.placement, s.period_start, s.taken from offer_stock s
         where s.offer_id = any($1::uuid[]) order by s.period_start desc limit ${maxRead}`,
        [offerIds],
      );
      return rows.map(toStock);
    },

    async changedStocks(): Promise<readonly Stock[]> {
      const { rows } = await postgres.query<StockRow>(
        `select s.offer_id, s.cap, s.placement, s.period_start, s.taken from offer_stock s
         where s.updated_at >= clock_timestamp() - ${overlap} limit ${maxRead}`,
      );
      return rows.map(toStock);
    },

    /** Holds that changed lately; with `all`, every open one. */
    async holds(all: boolean): Promise<readonly OpenHold[]> {
      const { rows } = await postgres.query<KeyRow & { holder: string; status: string; expires_at: Date }>(
        `select h.offer_id, h.cap, h.placement, h.period_start, h.holder, h.status, h.expires_at from offer_holds h
         where ${all ? "h.status = 'held'" : `h.updated_at >= clock_timestamp() - ${overlap}`} order by h.updated_at limit ${maxRead}`,
      );
      return rows.map((row) => ({
        ...{ ...keyOf(row), holder: row.holder, expiresAt: row.expires_at.getTime(), isOpen: row.status === "held" },
      }));
    },

    /** What profiles held becomes that of who they are now. Who holds a piece already keeps one; the other ends in time. */
    async merge(tx: Sql, survivorByLoser: ReadonlyMap<string, string>): Promise<void> {
      const losers = [...survivorByLoser.keys()].sort();
      await tx.query(
        `update offer_holds h set holder = m.survivor, updated_at = clock_timestamp()
         from (select distinct on (g.survivor, o.offer_id, o.cap, o.placement, o.period_start) o.hold_id, g.survivor
           from unnest($1::text[], $2::text[]) as g(loser, survivor) join offer_holds o on o.holder = g.loser and o.status = 'held'
           where g.survivor <> '${everybody}' and not exists (
             select 1 from offer_holds x where x.holder = g.survivor and x.status = 'held' and x.offer_id = o.offer_id
               and x.cap = o.cap and x.placement = o.placement and x.period_start = o.period_start)
           order by g.survivor, o.offer_id, o.cap, o.placement, o.period_start, o.hold_id) as m
         where h.hold_id = m.hold_id`,
        [losers, losers.map((loser) => survivorByLoser.get(loser) ?? everybody)],
      );
    },

    /** Pieces stay taken, of nobody. @returns rows changed */
    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      const { rowCount } = await tx.query(
        `update offer_holds h set holder = 'call:' || h.hold_id::text, decision_id = null where h.holder = any($1::text[])`,
        [profileIds],
      );
      return rowCount;
    },

    /** Deletes holds that are over and that no late event names any more. */
    async forget(limit: number): Promise<number> {
      const { rowCount } = await postgres.query(
        `delete from offer_holds h where h.hold_id in (
           select o.hold_id from offer_holds o where o.status <> 'held' and o.updated_at < clock_timestamp() - interval '2 days' limit $1)`,
        [limit],
      );
      return rowCount;
    },
  };
}

export type HoldStore = ReturnType<typeof createHoldStore>;
