import type { Clock, Logger, Money } from "../kernel/index.ts";
import { createRateTable, dayOf, type RateTable } from "./rate-table.ts";
import { checkRates, parseRatesCsv } from "./read-rates.ts";
import { createRateRoutes } from "./routes.ts";
import type { RateStore } from "./store.ts";

export { dayOf, type Rate } from "./rate-table.ts";
export { createRateStore } from "./store.ts";

export type RatesDeps = { readonly store: RateStore; readonly clock: Clock; readonly logger: Logger };

/** About five years of forty currencies. */
const keptRates = 100_000;

/**
 * The currency rates of the deployment, in memory. Amounts are converted with the rate of their own day, or of the nearest earlier
 * one up to 7 days back.
 */
export function createRates({ store, clock, logger }: RatesDeps) {
  let table: RateTable = createRateTable([]);
  let version = -1;

  const load = async (): Promise<void> => {
    const current = await store.version();
    if (current === version) return;
    const rates = await store.rates(keptRates);
    if (rates.length === keptRates) logger.warn({ kept: keptRates }, "only the newest currency rates are in use");
    table = createRateTable(rates);
    version = current;
  };

  const importRates = async (rows: readonly unknown[]): Promise<number> => {
    const rates = checkRates(rows);
    if (rates.length > 0) await store.write(rates);
    await load();
    return rates.length;
  };

  return {
    /** Loads the rates; call it before the first event. */
    start: load,
    /** Reads again when another process has imported; cheap when nothing changed. For a job that comes back every few seconds. */
    refresh: load,
    /**
     * Stores rates, all or none.
     *
     * @param rows objects with day (YYYY-MM-DD), base, currency, rate
     * @returns how many
     * @throws {ClienteleError} `rates.invalid` with all faults, `rates.tooMany` above 50,000
     */
    importRates,
    /** As `importRates`, from a CSV text with the columns day, base, currency, rate. */
    importCsv: async (text: string): Promise<number> => importRates(parseRatesCsv(text)),
    /**
     * An amount in another currency, rounded half up.
     *
     * @param day days since 1970-01-01; see `dayOf`
     * @returns undefined when there is no rate
     */
    convert: (money: Money, to: string, day: number): Money | undefined => table.convert(money, to, day),
    /** As `convert`, for sums: `scale` further decimal places are kept. */
    convertMinor: (minor: bigint, from: string, to: string, day: number, scale?: number): bigint | undefined =>
      table.convertMinor(minor, from, to, day, scale),
    /** Units of `to` for one unit of `from` today, as decimal text; for rules. */
    rateOf: (from: string, to: string): string | undefined => table.rateOf(from, to, dayOf(clock.now())),
    routes: () => createRateRoutes({ importRates, list: store.rates }),
  };
}

export type Rates = ReturnType<typeof createRates>;
