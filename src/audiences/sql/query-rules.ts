import { newId } from "../../kernel/index.ts";
import type { RuleEnvironment, RuleNode, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import { type RulesSql, rulesToSql } from "./rules-to-sql.clickhouse.ts";
import type { RuleQueryStore } from "./store.clickhouse.ts";

export type QueryRulesDeps = {
  readonly store: RuleQueryStore;
  /** What rules are compiled with now: attributes, zone, lists, rates. */
  readonly environment: () => RuleEnvironment;
  /** Every SKU of the catalog with what rules read of it. */
  readonly products: () => Iterable<readonly [sku: string, product: RuleObject]>;
  /** Everybody as rules see them at `nowMs`, in pages; asked only when a rule has parts that are not about events. */
  readonly subjects: (nowMs: number) => AsyncIterable<readonly (readonly [profileId: string, RuleSubject])[]>;
  /** Whether subjects carry the times of an event leaf; default all. */
  readonly isKept?: (leafHash: string) => boolean;
};

/**
 * Whom rules hold for, counted by the event store in one pass for all of them.
 *
 * A rule that looks at the request has no stored members: it holds for nobody here.
 */
export function createRuleQueries(deps: QueryRulesDeps) {
  const isKept = deps.isKept ?? (() => true);
  /** A part that SQL leaves to the predicate may ask for events that nobody keeps. */
  const isAnswerable = ({ tables }: RulesSql): boolean =>
    tables.every((table) => table.kind !== "fact" || table.rule.eventLeaves.every(({ hash }) => isKept(hash)));

  const queryOf = (rules: readonly RuleNode[], runId: string, nowMs: number): RulesSql =>
    rulesToSql(rules, runId, { environment: deps.environment(), nowMs, products: deps.products() });

  async function withTables<T>(
    rules: readonly RuleNode[],
    nowMs: number,
    work: (query: RulesSql) => Promise<T>,
  ): Promise<T | undefined> {
    const runId = newId();
    const query = queryOf(rules, runId, nowMs);
    if (!isAnswerable(query)) return undefined;
    const ofSkus = query.tables.flatMap((table) =>
      table.kind === "skus" ? table.keys.map((key) => ({ leaf: table.leaf, key })) : [],
    );
    await deps.store.addTruths(runId, ofSkus);
    await addFacts(runId, query, nowMs);
    return work(query);
  }

  async function addFacts(runId: string, query: RulesSql, nowMs: number): Promise<void> {
    const facts = query.tables.filter((table) => table.kind === "fact");
    if (facts.length === 0) return;
    for await (const page of deps.subjects(nowMs)) {
      const truths = facts.flatMap(({ leaf, rule }) =>
        page.flatMap(([key, subject]) => (rule.test(subject, nowMs) ? [{ leaf, key }] : [])),
      );
      await deps.store.addTruths(runId, truths);
    }
  }

  return {
    /** Number of profiles for each rule; undefined when one of them asks for events that only the predicate reads and nobody keeps. */
    count: (rules: readonly RuleNode[], nowMs: number): Promise<readonly number[] | undefined> =>
      withTables(rules, nowMs, async (query) => {
        const counts = await deps.store.counts(query);
        return rules.map((_, index) => counts[index] ?? 0);
      }),

    /** Ids of the profiles for which any of the rules holds, each with the rules in order; ascending by id. Undefined as for `count`. */
    members: (
      rules: readonly RuleNode[],
      nowMs: number,
      options: { readonly afterProfileId?: string; readonly limit: number },
    ): Promise<readonly { readonly profileId: string; readonly held: readonly boolean[] }[] | undefined> =>
      withTables(rules, nowMs, async (query) => {
        const rows = await deps.store.held(query, options.afterProfileId ?? "", options.limit);
        return rows.map((row) => ({ profileId: row.profile_id, held: row.held.map((each) => Number(each) === 1) }));
      }),
  };
}

export type RuleQueries = ReturnType<typeof createRuleQueries>;
