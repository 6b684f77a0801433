import type { Postgres, Sql } from "../../storage/index.ts";
import type { CouponOrderStatus } from "./coupon-order.ts";

/** An order that uses a code. */
type CodeUse = {
  readonly code: string;
  readonly orderId: string;
  readonly status: CouponOrderStatus;
  /** When the order took the code, UTC ms. */
  readonly usedAt: number;
};

/** A code of a pool that is still there. */
type PooledCode = {
  readonly code: string;
  readonly ruleKey: string;
  /** Last day, YYYY-MM-DD; null = with the rule. */
  readonly expires: string | null;
  /** When it was made for somebody, UTC ms; null = for nobody. */
  readonly issuedAt: number | null;
};

/** What became of single codes in PostgreSQL, for whoever has them. */
export function createCodeUseStore(postgres: Postgres) {
  return {
    async pooled(codes: readonly string[]): Promise<readonly PooledCode[]> {
      if (codes.length === 0) return [];
      const { rows } = await postgres.query<{
        code: string;
        rule_key: string;
        expires: string | null;
        issued_at: Date | null;
      }>(
        `select c.code, p.rule_key, c.expires::text as expires, i.created_at as issued_at
         from coupon_codes c join coupon_pools p on p.pool_id = c.pool_id left join coupon_issues i on i.code = c.code
         where c.code = any($1::text[])`,
        [codes],
      );
      return rows.map(({ code, rule_key, expires, issued_at }) => ({
        ...{ code, ruleKey: rule_key, expires, issuedAt: issued_at?.getTime() ?? null },
      }));
    },

    /** Newest first. */
    async usesOf(codes: readonly string[], limit: number): Promise<readonly CodeUse[]> {
      if (codes.length === 0) return [];
      const { rows } = await postgres.query<{
        code: string;
        order_id: string;
        status: CouponOrderStatus;
        created_at: Date;
      }>(
        `select g.code, o.order_id, o.status, o.created_at from unnest($1::text[]) as g(code)
         join coupon_orders o on o.uses @> jsonb_build_array(jsonb_build_object('code', g.code))
         order by o.created_at desc, o.order_id limit $2`,
        [codes, limit],
      );
      return rows.map(({ code, order_id, status, created_at }) => ({
        ...{ code, orderId: order_id, status, usedAt: created_at.getTime() },
      }));
    },

    /**
     * Codes stay in their pool and in reports, good for no order more; that they were issued for somebody is forgotten. An order that
     * holds one already may be placed.
     *
     * @returns codes that were issued
     */
    async retire(tx: Sql, codes: readonly string[]): Promise<number> {
      if (codes.length === 0) return 0;
      await tx.query("update coupon_codes c set use_limit = 0 where c.code = any($1::text[])", [codes]);
      const { rowCount } = await tx.query("delete from coupon_issues i where i.code = any($1::text[])", [codes]);
      return rowCount;
    },
  };
}
