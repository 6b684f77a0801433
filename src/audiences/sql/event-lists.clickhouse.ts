/** Event leaves as lists of events whose condition the event store judges, so that it hands out times instead of events. */
import type { EventLeafSpec, RuleEnvironment } from "../../kernel/rules/index.ts";
import type { EventLists } from "../../measurement/index.ts";
import { conditionToSql } from "./condition-to-sql.clickhouse.ts";
import { createSqlParameters } from "./sql-parameters.clickhouse.ts";

/** Days of the calendar depend on the zone of the audience that a leaf was compiled for. */
const zoned = /"event\.timestamp/;
/** One statement must stay within what the engine parses. */
const mostLists = 100;

export type LeafLists = {
  readonly events: EventLists;
  /** The leaf of each list. */
  readonly leaves: readonly EventLeafSpec[];
};

/**
 * Leaves that ask for nothing but when events were, and whose condition is exactly so in SQL; those of a hundred conditions together,
 * those without a condition apart, for they read no properties.
 */
export function eventListsOf(leaves: readonly EventLeafSpec[], environment: RuleEnvironment): readonly LeafLists[] {
  const times = leaves.filter(({ definition }) => definition.columns.length === 0);
  const plain = times.filter(({ definition }) => definition.where === null);
  const filtered = times.filter(({ definition }) => definition.where !== null);
  const made = plain.length > 0 ? [listsOf(plain, environment)] : [];
  for (let start = 0; start < filtered.length; start += mostLists)
    made.push(listsOf(filtered.slice(start, start + mostLists), environment));
  return made.filter((each) => each.leaves.length > 0);
}

function listsOf(leaves: readonly EventLeafSpec[], environment: RuleEnvironment): LeafLists {
  const parameters = createSqlParameters();
  const reads = new Map<string, string>();
  const read = (expression: string): string => {
    const name = reads.get(expression) ?? `j${reads.size}`;
    reads.set(expression, name);
    return `events.${name}`;
  };
  // What the catalog says of a product is in memory.
  const context = { parameters, environment, read, ofSkus: () => undefined };
  const told = leaves.flatMap((leaf): readonly { readonly leaf: EventLeafSpec; readonly where: string | null }[] => {
    const { where } = leaf.definition;
    if (where === null) return [{ leaf, where }];
    const sql = zoned.test(JSON.stringify(where)) ? undefined : conditionToSql(where, context);
    return sql === undefined ? [] : [{ leaf, where: sql }];
  });
  return {
    events: {
      lists: told.map(({ leaf, where }) => ({ names: leaf.names, where })),
      reads: [...reads].map(([expression, name]) => [name, expression] as const),
      params: parameters.values(),
    },
    leaves: told.map(({ leaf }) => leaf),
  };
}
