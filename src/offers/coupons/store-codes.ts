import type { Postgres } from "../../storage/index.ts";
import type { PoolCode } from "./plan-uses.ts";

export type CouponPool = {
  readonly id: string;
  readonly ruleKey: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Since when it is put away: its codes open nothing; null = it is not. */
  readonly archivedAt: number | null;
};
type PoolRow = {
  pool_id: string;
  rule_key: string;
  name: string;
  created_at: Date;
  created_by: string;
  archived_at: Date | null;
};
const toPool = (row: PoolRow): CouponPool => ({
  id: row.pool_id,
  ruleKey: row.rule_key,
  name: row.name,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by,
  archivedAt: row.archived_at?.getTime() ?? null,
});
const poolColumns = "p.pool_id, p.rule_key, p.name, p.created_at, p.created_by, p.archived_at";

/** One code of a list or file. `limit` null: as the rule says. */
export type ListedCode = {
  readonly code: string;
  readonly limit: number | null;
  readonly expires: string | null;
  readonly used: number;
  readonly createdAt: number;
};

export type NewCode = { readonly code: string; readonly limit: number | null; readonly expires: string | null };

export type CodeQuery = {
  readonly poolId: string;
  /** Beginning of the code, normalised. */
  readonly startsWith?: string | undefined;
  readonly isUsed?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** A code of one recipient; `expires` null: as long as the rule. */
export type IssuedCode = { readonly code: string; readonly expires: string | null };

const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;
const escapeLike = (text: string) => text.replace(/[\\%_]/g, "\\$&");

/** Pools and their codes in PostgreSQL. */
export function createCodeStore(postgres: Postgres) {
  return {
    async findCodes(codes: readonly string[]): Promise<readonly PoolCode[]> {
      if (codes.length === 0) return [];
      const { rows } = await postgres.query<PoolCode>(
        `select c.code, c.pool_id::text as "poolId", p.rule_key as "ruleKey", c.use_limit as "useLimit", c.expires::text as expires
         from coupon_codes c join coupon_pools p on p.pool_id = c.pool_id
         where c.code = any($1::text[]) and p.archived_at is null`,
        [codes],
      );
      return rows;
    },

    async createPool(pool: CouponPool): Promise<void> {
      await postgres.query(
        `insert into coupon_pools (pool_id, rule_key, name, created_at, created_by) values ($1, $2, $3, ${time("$4")}, $5)`,
        [pool.id, pool.ruleKey, pool.name, pool.createdAt, pool.createdBy],
      );
    },

    async pool(poolId: string): Promise<CouponPool | undefined> {
      const { rows } = await postgres.query<PoolRow>(`select ${poolColumns} from coupon_pools p where p.pool_id = $1`, [
        poolId,
      ]);
      return rows.map(toPool)[0];
    },

    /** Newest first. */
    async pools(
      query: {
        readonly ruleKey?: string | undefined;
        readonly isArchived?: boolean | undefined;
        readonly before?: { at: number; id: string } | undefined;
      },
      limit: number,
    ): Promise<readonly CouponPool[]> {
      const { rows } = await postgres.query<PoolRow>(
        `select ${poolColumns} from coupon_pools p
         where ($1::text is null or p.rule_key = $1)
           and ($2::double precision is null or (p.created_at, p.pool_id) < (${time("$2")}, $3::uuid))
           and (p.archived_at is not null) = $5
         order by p.created_at desc, p.pool_id desc limit $4`,
        [query.ruleKey ?? null, query.before?.at ?? null, query.before?.id ?? null, limit, query.isArchived ?? false],
      );
      return rows.map(toPool);
    },

    /** Puts a pool away, or brings it back. @returns false when it was so already, or is gone */
    async setArchived(poolId: string, at: number | null): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `update coupon_pools set archived_at = case when $2::double precision is null then null else ${time("$2")} end
         where coupon_pools.pool_id = $1 and (coupon_pools.archived_at is null) <> ($2::double precision is null)`,
        [poolId, at],
      );
      return rowCount === 1;
    },

    /** Deletes some codes of an archived pool. @returns how many; fewer than `limit` = none are left */
    async deleteArchived(poolId: string, limit: number): Promise<number> {
      const { rowCount } = await postgres.query(
        `delete from coupon_codes where coupon_codes.code in (
           select c.code from coupon_codes c join coupon_pools p on p.pool_id = c.pool_id
           where c.pool_id = $1 and p.archived_at is not null limit $2)`,
        [poolId, limit],
      );
      return rowCount;
    },

    /**
     * Deletes an archived pool with its generations and the last of its codes, in one step. What was used stays counted.
     *
     * @returns false when it is gone or no longer archived: nothing was deleted
     */
    deletePool: (poolId: string): Promise<boolean> =>
      postgres.transaction(async (tx) => {
        // Whoever adds codes holds the pool: none is left behind without one.
        const held = await tx.query(
          "select 1 from coupon_pools p where p.pool_id = $1 and p.archived_at is not null for update",
          [poolId],
        );
        if (held.rowCount === 0) return false;
        // Whoever makes codes holds the generation: the codes come after it.
        await tx.query("delete from coupon_jobs where coupon_jobs.pool_id = $1", [poolId]);
        await tx.query("delete from coupon_codes where coupon_codes.pool_id = $1", [poolId]);
        await tx.query("delete from coupon_pools where coupon_pools.pool_id = $1", [poolId]);
        return true;
      }),

    /** Codes of a pool, and how many of them are used. */
    async countCodes(poolId: string): Promise<{ readonly codes: number; readonly usedCodes: number }> {
      const { rows } = await postgres.query<{ codes: number; used: number }>(
        `select (select count(*) from coupon_codes c where c.pool_id = $1) as codes,
           (select count(*) from coupon_counters u join coupon_codes c on c.code = u.item
            where u.kind = 'code' and u.count > 0 and c.pool_id = $1) as used`,
        [poolId],
      );
      return { codes: rows[0]?.codes ?? 0, usedCodes: rows[0]?.used ?? 0 };
    },

    /** Adds codes to a pool that is not put away, without those that exist anywhere. @returns how many are new */
    async addCodes(poolId: string, codes: readonly NewCode[], nowMs: number): Promise<number> {
      const { rowCount } = await postgres.query(
        `insert into coupon_codes (code, pool_id, use_limit, expires, created_at)
         select given.code, pool.pool_id, given.use_limit, given.expires, ${time("$5")}
         from (select p.pool_id from coupon_pools p where p.pool_id = $1 and p.archived_at is null for share) as pool
         cross join unnest($2::text[], $3::integer[], $4::date[]) as given(code, use_limit, expires)
         on conflict (code) do nothing`,
        [
          poolId,
          codes.map(({ code }) => code),
          codes.map(({ limit }) => limit),
          codes.map(({ expires }) => expires),
          nowMs,
        ],
      );
      return rowCount;
    },

    async issued(key: string): Promise<IssuedCode | undefined> {
      const { rows } = await postgres.query<IssuedCode>(
        "select i.code, i.expires::text as expires from coupon_issues i where i.issue_key = $1",
        [key],
      );
      return rows[0];
    },

    /**
     * Adds a code that can be used once, for a recipient who has none under the key.
     *
     * @returns what the key has now; undefined when the code exists already: nothing was added
     */
    issue: (
      { key, poolId, code, expires }: { readonly key: string; readonly poolId: string } & IssuedCode,
      nowMs: number,
    ): Promise<IssuedCode | undefined> =>
      postgres.transaction(async (tx) => {
        // The key first: whoever asks at the same time waits here, and then reads this code.
        const { rowCount } = await tx.query(
          `insert into coupon_issues (issue_key, code, expires, created_at) values ($1, $2, $3::date, ${time("$4")})
           on conflict (issue_key) do nothing`,
          [key, code, expires, nowMs],
        );
        if (rowCount === 0) {
          const { rows } = await tx.query<IssuedCode>(
            "select i.code, i.expires::text as expires from coupon_issues i where i.issue_key = $1",
            [key],
          );
          return rows[0];
        }
        const added = await tx.query(
          `insert into coupon_codes (code, pool_id, use_limit, expires, created_at)
           select $1, pool.pool_id, 1, $3::date, ${time("$4")}
           from (select p.pool_id from coupon_pools p where p.pool_id = $2 and p.archived_at is null for share) as pool
           on conflict (code) do nothing`,
          [code, poolId, expires, nowMs],
        );
        if (added.rowCount > 0) return { code, expires };
        await tx.query("delete from coupon_issues where coupon_issues.issue_key = $1", [key]);
        return undefined;
      }),

    /** In order of the codes. */
    async codes({ poolId, startsWith, isUsed, after, limit }: CodeQuery): Promise<readonly ListedCode[]> {
      const { rows } = await postgres.query<{
        code: string;
        use_limit: number | null;
        expires: string | null;
        created_at: Date;
        used: number;
      }>(
        `select c.code, c.use_limit, c.expires::text as expires, c.created_at, coalesce(u.count, 0) as used
         from coupon_codes c
         join coupon_pools p on p.pool_id = c.pool_id
         left join coupon_counters u on u.item = c.code and u.kind = 'code' and u.rule_key = p.rule_key
         where c.pool_id = $1 and ($2::text is null or c.code > $2) and ($3::text is null or c.code like $3)
           and ($4::boolean is null or (coalesce(u.count, 0) > 0) = $4)
         order by c.code limit $5`,
        [poolId, after ?? null, startsWith ? `${escapeLike(startsWith)}%` : null, isUsed ?? null, limit],
      );
      return rows.map((row) => ({
        code: row.code,
        limit: row.use_limit,
        expires: row.expires,
        used: row.used,
        createdAt: row.created_at.getTime(),
      }));
    },

    /** @returns how many were there */
    async deleteCodes(poolId: string, codes: readonly string[]): Promise<number> {
      const { rowCount } = await postgres.query(
        "delete from coupon_codes where coupon_codes.pool_id = $1 and coupon_codes.code = any($2::text[])",
        [poolId, codes],
      );
      return rowCount;
    },

    /** Deletes some of the codes that match. @returns how many; 0 = none are left */
    async deleteMatching(
      { poolId, startsWith, isUsed }: Pick<CodeQuery, "poolId" | "startsWith" | "isUsed">,
      jobId: string | undefined,
      limit: number,
    ): Promise<number> {
      const { rowCount } = await postgres.query(
        `delete from coupon_codes where coupon_codes.code in (
           select c.code from coupon_codes c join coupon_pools p on p.pool_id = c.pool_id
           left join coupon_counters u on u.item = c.code and u.kind = 'code' and u.rule_key = p.rule_key
           where c.pool_id = $1 and ($2::text is null or c.code like $2) and ($3::boolean is null or (coalesce(u.count, 0) > 0) = $3)
             and ($4::uuid is null or c.job_id = $4) limit $5)`,
        [poolId, startsWith ? `${escapeLike(startsWith)}%` : null, isUsed ?? null, jobId ?? null, limit],
      );
      return rowCount;
    },
  };
}

export type CodeStore = ReturnType<typeof createCodeStore>;
