export { eventListsOf, type LeafLists } from "./event-lists.clickhouse.ts";
export { createRuleQueries, type QueryRulesDeps, type RuleQueries } from "./query-rules.ts";
export { type RulesSql, type RulesSqlOptions, rulesToSql, type TruthTable } from "./rules-to-sql.clickhouse.ts";
export { createRuleQueryStore, type RuleQueryStore } from "./store.clickhouse.ts";
