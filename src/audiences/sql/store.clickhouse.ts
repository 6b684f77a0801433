import { type ClickHouse, encodeRows } from "../../storage/index.ts";
import type { RulesSql } from "./rules-to-sql.clickhouse.ts";

export type HeldRow = { readonly profile_id: string; readonly held: readonly number[] };

/** That a leaf of a run holds for a profile, or a product. */
export type Truth = { readonly leaf: number; readonly key: string };

const queryTimeoutMs = 300_000;
const rowsAtOnce = 50_000;

/** All ClickHouse of rules. */
export function createRuleQueryStore(clickhouse: ClickHouse) {
  return {
    /** Keys for which leaves of a run hold; the table drops them by itself after an hour. */
    async addTruths(runId: string, truths: readonly Truth[]): Promise<void> {
      for (let start = 0; start < truths.length; start += rowsAtOnce) {
        const rows = truths.slice(start, start + rowsAtOnce).map(({ leaf, key }) => ({ run_id: runId, leaf, key }));
        await clickhouse.insertEncoded("rule_truths", [encodeRows(rows)]);
      }
    },

    /** Profiles for which a rule of the query holds, in order of id. */
    async held({ sql, params }: RulesSql, afterProfileId: string, limit: number): Promise<readonly HeldRow[]> {
      return clickhouse.query<HeldRow>(
        `select answer.profile_id as profile_id, answer.held as held from (${sql}) as answer
         where answer.profile_id > {after_profile:String} order by answer.profile_id limit {most:UInt32}`,
        { ...params, after_profile: afterProfileId, most: limit },
        { timeoutMs: queryTimeoutMs },
      );
    },

    /** How many profiles each rule of the query holds for. */
    async counts({ sql, params }: RulesSql): Promise<readonly number[]> {
      const [row] = await clickhouse.query<{ counts: readonly number[] }>(
        `select sumForEach(answer.held) as counts from (${sql}) as answer`,
        params,
        { timeoutMs: queryTimeoutMs },
      );
      return row?.counts.map(Number) ?? [];
    },
  };
}

export type RuleQueryStore = ReturnType<typeof createRuleQueryStore>;
