import type { Postgres, Sql } from "../../storage/index.ts";
import type { Interest } from "./interests.ts";

/** What of a product customers wait for, from the lowest to the highest that was noted. */
export type AwaitedProduct = Pick<Interest, "sku" | "kind" | "currency"> & {
  readonly low: number;
  readonly high: number;
};
/** A product that is no longer as it was noted. */
export type ArrivedProduct = Pick<Interest, "sku" | "kind" | "currency"> & { readonly now: number };

/** What customers wait for in the catalog. */
export function interestStore(postgres: Postgres) {
  return {
    /** Replaces what these customers wait for. */
    replace: async (tx: Sql, profileIds: readonly string[], interests: readonly Interest[]): Promise<void> => {
      if (profileIds.length === 0) return;
      await tx.query("delete from reminder_interests where profile_id = any($1::uuid[])", [profileIds]);
      if (interests.length === 0) return;
      await tx.query(
        `insert into reminder_interests (sku, profile_id, kind, noted, currency)
         select g.sku, g.profile_id, g.kind, g.noted, g.currency
         from unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::text[]) as g(sku, profile_id, kind, noted, currency)
         on conflict (sku, profile_id, kind) do nothing`,
        [
          interests.map(({ sku }) => sku),
          interests.map(({ profileId }) => profileId),
          interests.map(({ kind }) => kind),
          interests.map(({ noted }) => noted),
          interests.map(({ currency }) => currency),
        ],
      );
    },
    /** What is waited for: of these products, else of all. */
    awaited: async (skus: readonly string[] | null): Promise<readonly AwaitedProduct[]> => {
      const { rows } = await postgres.query<AwaitedProduct>(
        `select i.sku, i.kind, min(i.noted)::float8 as low, max(i.noted)::float8 as high, i.currency from reminder_interests i
         where $1::text[] is null or i.sku = any($1::text[]) group by i.sku, i.kind, i.currency`,
        [skus],
      );
      return rows;
    },
    /**
     * Customers who noted something else of these products are looked at by the next run, a page of them. What they waited for is gone until then,
     * so a repetition finds them no more.
     *
     * @returns how many
     */
    queue: async (products: readonly ArrivedProduct[], nowMs: number, limit: number): Promise<number> => {
      const { rows } = await postgres.query<{ n: number }>(
        `with come as (
           select i.sku, i.profile_id, i.kind from reminder_interests i
           join unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) as g(sku, kind, now, currency)
             on g.sku = i.sku and g.kind = i.kind and i.noted <> g.now and i.currency is not distinct from g.currency
           limit $6),
         gone as (
           delete from reminder_interests i using come c
           where i.sku = c.sku and i.profile_id = c.profile_id and i.kind = c.kind returning i.profile_id),
         noted as (
           insert into reminder_queue (profile_id, queued_at) select distinct g.profile_id, $5::timestamptz from gone g returning 1)
         select count(*) as n from gone`,
        [
          products.map(({ sku }) => sku),
          products.map(({ kind }) => kind),
          products.map(({ now }) => now),
          products.map(({ currency }) => currency),
          new Date(nowMs).toISOString(),
          limit,
        ],
      );
      return rows[0]?.n ?? 0;
    },
  };
}
