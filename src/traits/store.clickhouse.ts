import { createPastEventStore } from "../measurement/index.ts";
import type { ClickHouse } from "../storage/index.ts";

const queryTimeoutMs = 300_000;

/** All ClickHouse of traits. */
export function createTraitEventStore(clickhouse: ClickHouse) {
  return {
    ...createPastEventStore(clickhouse),

    /** How the engine reads a query, line by line. */
    async explain(query: string): Promise<readonly string[]> {
      const rows: readonly unknown[] = await clickhouse.query<object>(`explain ast ${query}`);
      // The embedded engine answers texts, a server objects with one.
      return rows.map((row) => (typeof row === "string" ? row : String(Object.values(row ?? {})[0] ?? "")));
    },

    /** Rows of an SQL trait, at most `limit`, in order of profile. */
    async runQuery(query: string, afterProfileId: string, limit: number): Promise<readonly Record<string, unknown>[]> {
      return clickhouse.query<Record<string, unknown>>(
        `select * from (${query}) as trait_rows where toString(profile_id) > {after:String}
         order by toString(profile_id) limit {limit:UInt32}`,
        { after: afterProfileId, limit },
        { timeoutMs: queryTimeoutMs },
      );
    },
  };
}

export type TraitEventStore = ReturnType<typeof createTraitEventStore>;
