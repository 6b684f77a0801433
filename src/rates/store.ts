import type { Postgres } from "../storage/index.ts";
import type { Rate } from "./rate-table.ts";

/** All PostgreSQL of currency rates. */
export function createRateStore(postgres: Postgres) {
  return {
    /** False when this process alone changes the rates. */
    isShared: postgres.kind === "server",

    async version(): Promise<number> {
      const { rows } = await postgres.query<{ version: string | number }>(
        "select currency_rate_changes.version from currency_rate_changes where currency_rate_changes.id = 1",
      );
      return Number(rows[0]?.version ?? 0);
    },

    /** Newest first. */
    async rates(limit: number, filter: { readonly from?: string | undefined; readonly to?: string | undefined } = {}) {
      const { rows } = await postgres.query<Rate>(
        `select currency_rates.day::text as day, currency_rates.base, currency_rates.currency, currency_rates.rate::text as rate
         from currency_rates
         where ($2::date is null or currency_rates.day >= $2::date) and ($3::date is null or currency_rates.day <= $3::date)
         order by currency_rates.day desc, currency_rates.base, currency_rates.currency limit $1`,
        [limit, filter.from ?? null, filter.to ?? null],
      );
      return rows;
    },

    async write(rates: readonly Rate[]): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query(
          `insert into currency_rates (day, base, currency, rate)
           select given.day::date, given.base, given.currency, given.rate::numeric
           from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given(day, base, currency, rate)
           on conflict (day, base, currency) do update set rate = excluded.rate`,
          [
            rates.map(({ day }) => day),
            rates.map(({ base }) => base),
            rates.map(({ currency }) => currency),
            rates.map(({ rate }) => rate),
          ],
        );
        await tx.query("update currency_rate_changes set version = version + 1 where id = 1");
      });
    },
  };
}

export type RateStore = ReturnType<typeof createRateStore>;
