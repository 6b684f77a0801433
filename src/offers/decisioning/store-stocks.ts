// Stocks of hard limits in PostgreSQL: one row what everybody together has taken, or what one person has. A row is only ever moved
// under its own lock and up to its limit, so no number of processes takes more.
import type { Sql } from "../../storage/index.ts";
import { everybody } from "./store.ts";

/** One stock: an offer's hard limit at a placement in a period. */
export type StockKey = {
  /** Whose limit it is: a profile or a device; "" = everybody together. */
  readonly person: string;
  readonly offerId: string;
  readonly cap: string;
  /** "" = all together. */
  readonly placement: string;
  readonly periodStart: number;
};
export type Stock = StockKey & { readonly taken: number };

/** A piece that is wanted. */
export type WantedPiece = StockKey & {
  readonly limit: number;
  /** What `offer_counts` calls what is counted: a stock begins with what came before there was one. */
  readonly counted: string;
  /** When it is free again without its event; null = it counts at once. */
  readonly expiresAt: number | null;
};

export type KeyRow = {
  person: string | null;
  offer_id: string;
  cap: string;
  placement: string;
  period_start: number;
};
export type StockRow = KeyRow & { taken: number | string };

export const keyOf = (row: KeyRow): StockKey => ({
  ...{ person: row.person ?? "", offerId: row.offer_id, cap: row.cap },
  ...{ placement: row.placement, periodStart: row.period_start },
});
export const toStock = (row: StockRow): Stock => ({ ...keyOf(row), taken: Number(row.taken) });

/** One order for all who lock several: holds first, then stocks, each in this order. */
const textOf = ({ person, offerId, cap, placement, periodStart }: StockKey) =>
  `${person} ${offerId} ${cap} ${placement} ${periodStart}`;
export const inOrder = <K extends StockKey>(keys: readonly K[]): readonly K[] =>
  [...keys].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));

/** The profile behind a person; null for a device, whose past counts are nobody's. */
export const profileOf = (person: string): string | null => (/^[0-9a-f-]{36}$/.test(person) ? person : null);

const columnsOf = (person: string): string =>
  `${person === "" ? "null as person" : "s.person"}, s.offer_id, s.cap, s.placement, s.period_start, s.taken`;

const takeOfAll = `insert into offer_stock as s (offer_id, cap, placement, period_start, taken, updated_at)
  select $1::uuid, $2::text, $3::text, $4::int, b.n + 1, clock_timestamp() from (
    select case when exists (select 1 from offer_stock o where o.offer_id = $1::uuid and o.cap = $2 and o.placement = $3) then 0
      else (select coalesce(sum(c.n), 0) from offer_counts c where c.profile_id = '${everybody}' and c.offer_id = $1::uuid
        and c.counted = $5 and c.day >= $4 and ($3 = '' or c.placement = $3)) end as n) b
  where b.n < $6::bigint
  on conflict (offer_id, cap, placement, period_start)
    do update set taken = s.taken + 1, updated_at = clock_timestamp() where s.taken < $6::bigint
  returning ${columnsOf("")}`;

const takeOfPerson = `insert into offer_person_stock as s (person, offer_id, cap, placement, period_start, taken, updated_at)
  select $7::text, $1::uuid, $2::text, $3::text, $4::int, b.n + 1, clock_timestamp() from (
    select case when exists (
        select 1 from offer_person_stock o where o.person = $7 and o.offer_id = $1::uuid and o.cap = $2 and o.placement = $3) then 0
      else (select coalesce(sum(c.n), 0) from offer_counts c where c.profile_id = $8::uuid and c.offer_id = $1::uuid
        and c.counted = $5 and c.day >= $4 and ($3 = '' or c.placement = $3)) end as n) b
  where b.n < $6::bigint
  on conflict (person, offer_id, cap, placement, period_start)
    do update set taken = s.taken + 1, updated_at = clock_timestamp() where s.taken < $6::bigint
  returning ${columnsOf("$7")}`;

/** One more of a stock, up to its limit. @returns what is taken now; undefined = nothing is left */
export async function takeOne(tx: Sql, piece: Omit<WantedPiece, "expiresAt">): Promise<Stock | undefined> {
  const { person, offerId, cap, placement, periodStart, counted, limit } = piece;
  const of = [offerId, cap, placement, periodStart, counted, limit];
  const { rows } = await (person === ""
    ? tx.query<StockRow>(takeOfAll, of)
    : tx.query<StockRow>(takeOfPerson, [...of, person, profileOf(person)]));
  return rows.map(toStock)[0];
}

/** Pieces become free. @returns their stocks */
export async function giveBack(tx: Sql, keys: readonly StockKey[]): Promise<readonly Stock[]> {
  const counts = new Map<string, { key: StockKey; n: number }>();
  for (const key of keys) counts.set(textOf(key), { key, n: (counts.get(textOf(key))?.n ?? 0) + 1 });
  const stocks: Stock[] = [];
  for (const { person, offerId, cap, placement, periodStart } of inOrder([...counts.values()].map(({ key }) => key))) {
    const n = counts.get(textOf({ person, offerId, cap, placement, periodStart }))?.n ?? 0;
    const own = person === "" ? "" : " and s.person = $6";
    const { rows } = await tx.query<StockRow>(
      `update ${person === "" ? "offer_stock" : "offer_person_stock"} s
       set taken = greatest(s.taken - $5, 0), updated_at = clock_timestamp()
       where s.offer_id = $1::uuid and s.cap = $2 and s.placement = $3 and s.period_start = $4${own}
       returning ${columnsOf(person)}`,
      [offerId, cap, placement, periodStart, n, ...(person === "" ? [] : [person])],
    );
    stocks.push(...rows.map(toStock));
  }
  return stocks;
}
