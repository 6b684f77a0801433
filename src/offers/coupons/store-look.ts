import type { Postgres } from "../../storage/index.ts";
import type { Amount, CounterKind } from "./amounts.ts";
import type { PoolCode } from "./plan-uses.ts";

/** Codes of pools, and counters of all rules. */
type Looked = { readonly codes: readonly PoolCode[]; readonly counters: readonly Amount[] };

type Row = {
  kind: CounterKind | null;
  rule_key: string;
  item: string;
  count: number;
  pool_id: string | null;
  use_limit: number | null;
  expires: string | null;
};

const maxCounters = 20_000;

/** What evaluation and decisions ask of coupons, in one statement; none where nothing is asked. */
export function createLookStore(postgres: Postgres) {
  /**
   * @param codes normalised; of pools that are put away none is found
   * @param items of counters: codes, customers, rules, rules with a currency
   */
  return async (codes: readonly string[], items: readonly string[]): Promise<Looked> => {
    if (codes.length === 0 && items.length === 0) return { codes: [], counters: [] };
    const { rows } = await postgres.query<Row>(
      `(select c.kind, c.rule_key, c.item, c.count, null as pool_id, null::integer as use_limit, null as expires
        from coupon_counters c where c.item = any($1::text[]) limit ${maxCounters})
       union all
       select null, p.rule_key, c.code, 0, c.pool_id::text, c.use_limit, c.expires::text
       from coupon_codes c join coupon_pools p on p.pool_id = c.pool_id
       where c.code = any($2::text[]) and p.archived_at is null`,
      [items, codes],
    );
    return {
      codes: rows.flatMap(({ rule_key, item, pool_id, use_limit, expires }) =>
        pool_id === null ? [] : [{ code: item, poolId: pool_id, ruleKey: rule_key, useLimit: use_limit, expires }],
      ),
      counters: rows.flatMap(({ kind, rule_key, item, count }) =>
        kind === null ? [] : [{ kind, ruleKey: rule_key, item, n: count }],
      ),
    };
  };
}

export type ReadLooked = ReturnType<typeof createLookStore>;
