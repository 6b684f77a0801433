import type { Postgres, Sql } from "../../storage/index.ts";
import { everybody } from "./store.ts";
import { holdPersons, mergePersonStock, movePersons } from "./store-person-stock.ts";
import {
  giveBack,
  inOrder,
  type KeyRow,
  keyOf,
  type Stock,
  type StockKey,
  type StockRow,
  takeOne,
  toStock,
  type WantedPiece,
} from "./store-stocks.ts";

export type OpenHold = StockKey & { readonly holder: string; readonly expiresAt: number; readonly isOpen: boolean };

export type Piece = StockKey & { readonly holdId: string; readonly isNew: boolean };

/** An event that confirms pieces of one stock. */
export type Confirmation = {
  readonly offerId: string;
  readonly cap: string;
  /** Of stocks by placement; "" otherwise. */
  readonly placement: string;
  readonly limit: number;
  /** It is a limit for each person: an event uses up one piece, of its decision where it names one. */
  readonly isPersonal: boolean;
  /** Events of this kind that came together; of those that name a decision one counts. */
  readonly times: number;
  /** "" = the event names none. */
  readonly decisionId: string;
  /** Profile and device of the event; "" = none. */
  readonly profileId: string;
  readonly device: string;
};

const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;

/** A transaction that takes or frees a piece is over within this time. */
const overlap = "interval '20 seconds'";
const maxRead = 100_000;

/** A stock was empty: the transaction takes nothing. */
export const nothingLeft = new Error("nothing is left of a stock");
/** As `nothingLeft`: the person has had all that is theirs. */
export const nothingLeftForPerson = new Error("nothing is left for the person");

const returned = "h.person, h.offer_id, h.cap, h.placement, h.period_start";

/** @returns how many pieces an event uses up */
async function confirmHeld(tx: Sql, confirmation: Confirmation): Promise<number> {
  const { offerId, cap, placement, decisionId, profileId, device, isPersonal, times } = confirmation;
  const confirming = `update offer_holds h set status = 'confirmed', updated_at = clock_timestamp()
    where h.offer_id = $1::uuid and h.cap = $2 and ($3 = '' or h.placement = $3) and h.status = 'held'`;
  const of = [offerId, cap, placement];
  if (!isPersonal) {
    const { rowCount } = await tx.query(
      `${confirming} and (h.decision_id = nullif($4, '') or h.holder = nullif($5, '') or h.holder = nullif($6, ''))`,
      [...of, decisionId, profileId, device],
    );
    return rowCount;
  }
  if (decisionId !== "") return (await tx.query(`${confirming} and h.decision_id = $4`, [...of, decisionId])).rowCount;
  const { rowCount } = await tx.query(
    // Written down first: a plan that asks again for each row would find other pieces each time.
    `with oldest as materialized (
       select o.hold_id from offer_holds o where o.offer_id = $1::uuid and o.cap = $2 and ($3 = '' or o.placement = $3)
         and o.status = 'held' and o.person = any($4::text[]) order by o.updated_at, o.hold_id limit $5 for update skip locked)
     ${confirming} and h.hold_id in (select n.hold_id from oldest n)`,
    [...of, [profileId, device].filter((person) => person !== ""), times],
  );
  return rowCount;
}

/**
 * The pieces, for who their person is by now. What a device took while nobody was known by it becomes that of its person; it has taken
 * nothing, as a rule.
 */
async function asOfNow(tx: Sql, pieces: readonly WantedPiece[], device: string): Promise<readonly WantedPiece[]> {
  const given = pieces.find((piece) => piece.person !== "")?.person;
  if (given === undefined) return pieces;
  const person = (await holdPersons(tx, [given])).get(given) ?? given;
  if (device !== "" && device !== given) {
    const own = await tx.query("select 1 from offer_person_stock s where s.person = $1 limit 1", [device]);
    const moved = new Map([[device, person]]);
    if (own.rowCount > 0) {
      await movePersons(tx, moved);
      await mergePersonStock(tx, moved);
    }
  }
  return pieces.map((piece) => (piece.person === "" ? piece : { ...piece, person }));
}

/** All PostgreSQL of hard limits. */
export function createHoldStore(postgres: Postgres) {
  return {
    /**
     * Takes a piece of each stock, or none at all. Who holds one of everybody's stock already keeps it; of a limit for each person
     * every call takes one of its own.
     *
     * @param ids one a piece
     * @param device of the person that pieces are for; what it took while nobody was known by it becomes the person's. "" = none
     * @throws {typeof nothingLeft} or `nothingLeftForPerson`
     */
    take: (
      pieces: readonly WantedPiece[],
      holder: string,
      ids: readonly string[],
      nowMs: number,
      device: string,
    ): Promise<{ readonly pieces: readonly Piece[]; readonly stocks: readonly Stock[] }> =>
      postgres.transaction(async (tx) => {
        const wanted = inOrder(await asOfNow(tx, pieces, device));
        const taken: Piece[] = [];
        for (const [at, piece] of wanted.entries()) {
          const { rows } = await tx.query<{ hold_id: string }>(
            `insert into offer_holds as h
               (hold_id, offer_id, cap, placement, period_start, holder, status, expires_at, person, updated_at)
             values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, ${time("$8")}, nullif($9, ''), clock_timestamp())
             on conflict (offer_id, cap, placement, period_start, holder) where status = 'held'
               do update set expires_at = greatest(h.expires_at, excluded.expires_at), updated_at = clock_timestamp()
             returning h.hold_id`,
            [
              ...[ids[at], piece.offerId, piece.cap, piece.placement, piece.periodStart],
              ...[piece.person === "" ? holder : `call:${ids[at]}`, piece.expiresAt === null ? "confirmed" : "held"],
              ...[piece.expiresAt ?? nowMs, piece.person],
            ],
          );
          const holdId = rows[0]?.hold_id ?? "";
          taken.push({ ...piece, holdId, isNew: holdId === ids[at] });
        }
        const stocks: Stock[] = [];
        for (const [at, piece] of wanted.entries()) {
          if (!taken[at]?.isNew) continue;
          const stock = await takeOne(tx, piece);
          if (!stock) throw piece.person === "" ? nothingLeft : nothingLeftForPerson;
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
           returning ${returned}`,
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
           where h.hold_id = due.hold_id returning ${returned}`,
          [nowMs, limit],
        );
        return giveBack(tx, rows.map(keyOf));
      }),

    /**
     * Events that came: what was held for them is used up. One that comes after its time takes a piece again where one is left. May be
     * repeated.
     */
    async confirm(tx: Sql, confirmations: readonly Confirmation[]): Promise<void> {
      for (const confirmation of confirmations) {
        const { offerId, cap, placement, limit, decisionId } = confirmation;
        const rowCount = await confirmHeld(tx, confirmation);
        if (rowCount > 0 || decisionId === "") continue;
        const late = await tx.query<KeyRow & { hold_id: string }>(
          `select h.hold_id, ${returned} from offer_holds h
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
        `select null as person, s.offer_id, s.cap, s.placement, s.period_start, s.taken from offer_stock s
         where s.offer_id = any($1::uuid[]) order by s.period_start desc limit ${maxRead}`,
        [offerIds],
      );
      return rows.map(toStock);
    },

    async changedStocks(): Promise<readonly Stock[]> {
      const { rows } = await postgres.query<StockRow>(
        `select null as person, s.offer_id, s.cap, s.placement, s.period_start, s.taken from offer_stock s
         where s.updated_at >= clock_timestamp() - ${overlap} limit ${maxRead}`,
      );
      return rows.map(toStock);
    },

    /** Holds of everybody's stocks that changed lately; with `all`, every open one. */
    async holds(all: boolean): Promise<readonly OpenHold[]> {
      const { rows } = await postgres.query<KeyRow & { holder: string; status: string; expires_at: Date }>(
        `select ${returned}, h.holder, h.status, h.expires_at from offer_holds h
         where h.person is null and ${all ? "h.status = 'held'" : `h.updated_at >= clock_timestamp() - ${overlap}`} order by h.updated_at limit ${maxRead}`,
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
