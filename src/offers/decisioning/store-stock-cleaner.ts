// Which rows of stocks are dead. A row is what makes its limit safe: while the limit may come back (a version restored, an offer
// unarchived, both under the id they had) the pieces that were given out must still be known, and counts of events do not tell them
// (decisions are counted a second late, events by their own day). So a row goes only when nobody can take from its period again:
//
// - its period has been over for three days: holds last a day, late events are heard of for two more, clocks differ by less;
// - and, of everybody's stocks, a newer row stands, or the offer has no hard limit now: the newest one says that the stock has begun,
//   and events without a piece that came meanwhile do not use up the next period;
// - or it says 0 of an offer without a hard limit: that is what no row says.
import type { Postgres } from "../../storage/index.ts";
import { periodOfStock } from "./caps.ts";
import type { StockKey } from "./store-stocks.ts";

const settleDays = 3;
const deletedAtOnce = 5_000;
const mostRounds = 40;

type Table = "offer_stock" | "offer_person_stock";

export function createStockCleaner(postgres: Postgres) {
  /** The kinds of stocks there are, by steps over the index: there are few kinds of millions of rows. */
  const capsOf = async (table: Table): Promise<readonly string[]> => {
    const { rows } = await postgres.query<{ cap: string }>(
      `with recursive kinds as (
         (select s.cap from ${table} s order by s.cap limit 1)
         union all
         select (select s.cap from ${table} s where s.cap > k.cap order by s.cap limit 1) from kinds k where k.cap is not null)
       select k.cap from kinds k where k.cap is not null`,
    );
    return rows.map(({ cap }) => cap);
  };

  /** Repeats a deletion until nothing is left, or enough for one run. @returns rows deleted */
  const repeat = async (text: string, of: readonly unknown[]): Promise<number> => {
    let deleted = 0;
    for (let round = 0; round < mostRounds; round += 1) {
      const { rowCount } = await postgres.query(text, [...of, deletedAtOnce]);
      deleted += rowCount;
      if (rowCount < deletedAtOnce) break;
    }
    return deleted;
  };

  return {
    /**
     * Deletes rows that no decision can take from again. May be repeated, at the same time too.
     *
     * @param today the deployment's day, since 1970-01-01
     * @param limits hard limits of now
     * @returns rows deleted
     */
    async clean(today: number, limits: readonly Pick<StockKey, "offerId" | "cap">[]): Promise<number> {
      const live = [limits.map(({ offerId }) => offerId), limits.map(({ cap }) => cap)];
      const isDead =
        "not exists (select 1 from unnest($1::uuid[], $2::text[]) as l(id, cap) where l.id = s.offer_id and l.cap = s.cap)";
      let deleted = await repeat(
        `delete from offer_person_moves where loser in (
           select m.loser from offer_person_moves m where m.moved_at < clock_timestamp() - interval '1 hour' limit $1)`,
        [],
      );
      for (const cap of await capsOf("offer_stock")) {
        const start = periodOfStock(cap, today - settleDays);
        if (start === undefined) continue;
        deleted += await repeat(
          `delete from offer_stock where (offer_id, cap, placement, period_start) in (
             select s.offer_id, s.cap, s.placement, s.period_start from offer_stock s
             where s.cap = $3 and s.period_start < $4 and (${isDead} or exists (
               select 1 from offer_stock n where n.offer_id = s.offer_id and n.cap = s.cap and n.placement = s.placement
                 and n.period_start > s.period_start))
             limit $5)`,
          [...live, cap, start],
        );
      }
      for (const cap of await capsOf("offer_person_stock")) {
        const start = periodOfStock(cap, today - settleDays);
        if (start === undefined) continue;
        deleted += await repeat(
          `delete from offer_person_stock where (person, offer_id, cap, placement, period_start) in (
             select s.person, s.offer_id, s.cap, s.placement, s.period_start from offer_person_stock s
             where s.cap = $1 and s.period_start < $2 limit $3)`,
          [cap, start],
        );
      }
      for (const [table, person] of [
        ["offer_stock", ""],
        ["offer_person_stock", "person, "],
      ] as const)
        deleted += await repeat(
          // Asked again of the row that is deleted: somebody may take a piece meanwhile.
          `delete from ${table} where taken = 0 and (${person}offer_id, cap, placement, period_start) in (
             select ${person}s.offer_id, s.cap, s.placement, s.period_start from ${table} s
             where s.taken = 0 and ${isDead} limit $3)`,
          live,
        );
      return deleted;
    },
  };
}
