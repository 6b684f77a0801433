// What persons have taken of hard limits for each of them; it follows a person when profiles are merged.
import type { Postgres, Sql } from "../../storage/index.ts";
import { everybody } from "./store.ts";
import { profileOf, type Stock, type StockRow, toStock } from "./store-stocks.ts";

const maxRead = 10_000;

/** Whose a piece is, and what a stock of somebody who has none begins with. */
const sums = `with members as (
    select m.member, m.survivor, m.profile_id from unnest($1::text[], $2::text[], $3::uuid[]) as m(member, survivor, profile_id)),
  keys as (
    select distinct m.survivor, s.offer_id, s.cap, s.placement, s.period_start
    from members m join offer_person_stock s on s.person = m.member),
  parts as (
    select k.survivor, k.offer_id, k.cap, k.placement, k.period_start, m.member = k.survivor and s.taken is not null as stays,
      coalesce(s.taken, case
        when exists (select 1 from offer_person_stock o
          where o.person = m.member and o.offer_id = k.offer_id and o.cap = k.cap and o.placement = k.placement) then 0
        else (select coalesce(sum(c.n), 0) from offer_counts c
          where c.profile_id = m.profile_id and c.offer_id = k.offer_id and c.counted = split_part(k.cap, ' ', 2)
            and c.day >= k.period_start and (k.placement = '' or c.placement = k.placement)) end) as n
    from keys k join members m on m.survivor = k.survivor
    left join offer_person_stock s on s.person = m.member and s.offer_id = k.offer_id and s.cap = k.cap
      and s.placement = k.placement and s.period_start = k.period_start),
  gone as (
    delete from offer_person_stock s using members m where s.person = m.member and m.member <> m.survivor)
  insert into offer_person_stock as t (person, offer_id, cap, placement, period_start, taken, updated_at)
  select p.survivor, p.offer_id, p.cap, p.placement, p.period_start, sum(p.n), clock_timestamp() from parts p
  where not p.stays and p.survivor <> '${everybody}'
  group by p.survivor, p.offer_id, p.cap, p.placement, p.period_start having sum(p.n) > 0
  on conflict (person, offer_id, cap, placement, period_start)
    do update set taken = t.taken + excluded.taken, updated_at = clock_timestamp()`;

/** Any number that no other lock takes. */
const lockSpace = 5_310_442;
const locks = (how: "pg_advisory_xact_lock" | "pg_advisory_xact_lock_shared") =>
  `select ${how}(hashtextextended(g.person, ${lockSpace})) from (select unnest($1::text[]) as person order by 1) as g`;

/**
 * Who a person is by now, whatever the caller has heard. It stays so until the transaction ends: whoever merges them waits.
 *
 * @returns of each: the person that stands for them
 */
export async function holdPersons(tx: Sql, persons: readonly string[]): Promise<ReadonlyMap<string, string>> {
  await tx.query(locks("pg_advisory_xact_lock_shared"), [persons]);
  // By itself: a statement sees what was there when it began, which may be before it had the lock.
  const { rows } = await tx.query<{ loser: string; survivor: string }>(
    "select m.loser, m.survivor from offer_person_moves m where m.loser = any($1::text[])",
    [persons],
  );
  const moved = new Map(rows.map(({ loser, survivor }) => [loser, survivor]));
  return new Map(persons.map((person) => [person, moved.get(person) ?? person]));
}

/** Tells all who ask from now on, other processes included, who persons have become. Waits for whoever takes for them. */
export async function movePersons(tx: Sql, survivorByLoser: ReadonlyMap<string, string>): Promise<void> {
  const losers = [...survivorByLoser.keys()].sort();
  const survivors = losers.map((loser) => survivorByLoser.get(loser) ?? everybody);
  await tx.query(locks("pg_advisory_xact_lock"), [losers]);
  await tx.query(
    `update offer_person_moves p set survivor = m.survivor
     from unnest($1::text[], $2::text[]) as m(loser, survivor) where p.survivor = m.loser`,
    [losers, survivors],
  );
  await tx.query(
    `insert into offer_person_moves (loser, survivor, moved_at)
     select m.loser, m.survivor, clock_timestamp() from unnest($1::text[], $2::text[]) as m(loser, survivor)
     where m.survivor <> '${everybody}'
     on conflict (loser) do update set survivor = excluded.survivor, moved_at = excluded.moved_at`,
    [losers, survivors],
  );
}

/**
 * What persons took becomes that of who they are now: the sum. Call it before their counts are merged, which a stock may begin with.
 *
 * @param survivorByLoser profiles or devices
 */
export async function mergePersonStock(tx: Sql, survivorByLoser: ReadonlyMap<string, string>): Promise<void> {
  const losers = [...survivorByLoser.keys()].sort();
  const pairs = losers.map((loser): [string, string] => [loser, survivorByLoser.get(loser) ?? everybody]);
  await tx.query(
    `update offer_holds h set person = m.survivor, updated_at = clock_timestamp()
     from unnest($1::text[], $2::text[]) as m(loser, survivor) where h.person = m.loser`,
    [losers, pairs.map(([, survivor]) => survivor)],
  );
  const survivors = [...new Set(pairs.map(([, survivor]) => survivor))].filter((id) => id !== everybody);
  const members = [...pairs, ...survivors.map((survivor): [string, string] => [survivor, survivor])];
  // Everything that is read is locked: a piece that is taken meanwhile waits, and counts on what came of it.
  const locked = await tx.query(
    `select 1 from offer_person_stock s where s.person = any($1::text[])
     order by s.person collate "C", s.offer_id, s.cap collate "C", s.placement collate "C", s.period_start for update`,
    [members.map(([member]) => member)],
  );
  if (locked.rowCount === 0) return;
  await tx.query(sums, [
    members.map(([member]) => member),
    members.map(([, survivor]) => survivor),
    members.map(([member]) => profileOf(member)),
  ]);
}

/** All PostgreSQL of what persons have taken. */
export function createPersonStockStore(postgres: Postgres) {
  return {
    /** What persons have taken; the newest periods first. */
    async of(persons: readonly string[]): Promise<readonly Stock[]> {
      const { rows } = await postgres.query<StockRow>(
        `select s.person, s.offer_id, s.cap, s.placement, s.period_start, s.taken from offer_person_stock s
         where s.person = any($1::text[]) order by s.period_start desc limit ${maxRead}`,
        [persons],
      );
      return rows.map(toStock);
    },

    /** @param isLimited whether an offer has a hard limit for each person, so that others may be taking meanwhile */
    merge: async (tx: Sql, survivorByLoser: ReadonlyMap<string, string>, isLimited: boolean): Promise<void> => {
      if (isLimited) await movePersons(tx, survivorByLoser);
      await mergePersonStock(tx, survivorByLoser);
    },

    /** @returns rows deleted */
    async erase(tx: Sql, persons: readonly string[]): Promise<number> {
      const holds = await tx.query("delete from offer_holds h where h.person = any($1::text[])", [persons]);
      const stock = await tx.query("delete from offer_person_stock s where s.person = any($1::text[])", [persons]);
      const moves = await tx.query(
        "delete from offer_person_moves m where m.loser = any($1::text[]) or m.survivor = any($1::text[])",
        [persons],
      );
      return holds.rowCount + stock.rowCount + moves.rowCount;
    },
  };
}

export type PersonStockStore = ReturnType<typeof createPersonStockStore>;
