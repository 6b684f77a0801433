/**
 * Many rules as one query over the event store: it answers for each profile which of the rules hold. Leaves over events
 * become aggregates of a single pass over the events. What a profile knows by itself (traits, cart, orders, consent…) is
 * not in ClickHouse: the largest parts of a rule without events are its *facts*, judged in memory and joined as a table of
 * the profiles for which they hold.
 */
import {
  type CompiledRule,
  compileRule,
  type RuleEnvironment,
  type RuleNode,
  type RuleObject,
} from "../../kernel/rules/index.ts";
import type { ConditionContext } from "./condition-to-sql.clickhouse.ts";
import { type EventColumns, eventLeafToSql, sequenceToSql } from "./event-leaf-to-sql.clickhouse.ts";
import { createSqlParameters, type SqlParameters } from "./sql-parameters.clickhouse.ts";

export type RulesSqlOptions = {
  readonly environment: RuleEnvironment;
  readonly nowMs: number;
  /** Every SKU of the catalog, and what rules read of it. */
  readonly products?: Iterable<readonly [sku: string, product: RuleObject]>;
  /** More SKUs than this go in as a table; default 2,000. */
  readonly inlineSkus?: number;
};

/** A set of texts that the query reads from `rule_truths`. */
export type TruthTable =
  | { readonly kind: "fact"; readonly leaf: number; readonly rule: CompiledRule }
  | { readonly kind: "skus"; readonly leaf: number; readonly keys: readonly string[] };

export type RulesSql = {
  /** Rows `profile_id`, `held`: for each rule in order 1 or 0; profiles for which none holds are left out. */
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What has to stand in `rule_truths` under the run before the query is asked. */
  readonly tables: readonly TruthTable[];
  /** Leaves over events that the query counts by itself. */
  readonly eventLeaves: number;
};

const defaultInlineSkus = 2000;

type Part = { readonly sql: string } | { readonly fact: RuleNode };

type Build = {
  readonly options: RulesSqlOptions;
  readonly parameters: SqlParameters;
  readonly columns: EventColumns & { readonly eventLeaves: () => number; readonly counted: () => void };
  readonly context: ConditionContext;
  readonly tables: TruthTable[];
  readonly run: string;
};

/**
 * @param runId id of the run whose tables the query reads
 */
export function rulesToSql(rules: readonly RuleNode[], runId: string, options: RulesSqlOptions): RulesSql {
  const parameters = createSqlParameters();
  const run = parameters.bind("String", runId);
  const tables: TruthTable[] = [];
  const store = createColumns(options.nowMs);
  const ofSkus = skuTest(options, parameters, tables, run);
  const context: ConditionContext = { parameters, environment: options.environment, ofSkus, read: store.read };
  const build: Build = { options, parameters, columns: store.columns, context, tables, run };
  const held = rules.map((rule) => {
    // What depends on the request is decided in the call; it has no stored members.
    if (compileRule(rule, options.environment).usesContext) return "toUInt8(0)";
    return `toUInt8(${sqlOf(partOf(rule, build), build)})`;
  });
  const rows = store.query(parameters);
  const sql = `with links as (select identity_key, valid_from, valid_to, profile_id from identity_links final)
select toString(judged.profile_id) as profile_id, judged.held as held
from (select profile_id, [${held.join(", ")}] as held from ${rows}) as judged
where has(judged.held, 1)`;
  return { sql, params: parameters.values(), tables, eventLeaves: store.columns.eventLeaves() };
}

/** The tree: parts without events melt into facts, as large as they can be. */
function partOf(node: RuleNode, build: Build): Part {
  if ("all" in node) return groupOf("all", node.all, node, build);
  if ("any" in node) return groupOf("any", node.any, node, build);
  if ("not" in node) {
    const child = partOf(node.not, build);
    if ("fact" in child) return { fact: node };
    // Every `not` above a leaf that names something gone is false.
    return compileRule(node, build.options.environment).broken ? { sql: "0" } : { sql: `(not ${child.sql})` };
  }
  if (!("event" in node) && !("sequence" in node)) return { fact: node };
  if (compileRule(node, build.options.environment).broken) return { sql: "0" };
  const sql =
    "event" in node
      ? eventLeafToSql(node.event, build.columns, build.context)
      : sequenceToSql(node.sequence, build.columns, build.context);
  if (sql === undefined) return { fact: node };
  build.columns.counted();
  return { sql: `(${sql})` };
}

function groupOf(word: "all" | "any", nodes: readonly RuleNode[], node: RuleNode, build: Build): Part {
  const parts = nodes.map((each) => partOf(each, build));
  const facts = parts.flatMap((part) => ("fact" in part ? [part.fact] : []));
  if (facts.length === parts.length) return { fact: node };
  const children = parts.flatMap((part) => ("fact" in part ? [] : [part.sql]));
  const joined: RuleNode = word === "all" ? { all: facts } : { any: facts };
  if (facts.length > 0) children.push(factTest(joined, build));
  return { sql: `(${children.join(word === "all" ? " and " : " or ")})` };
}

function sqlOf(part: Part, build: Build): string {
  return "sql" in part ? part.sql : factTest(part.fact, build);
}

function factTest(node: RuleNode, build: Build): string {
  const leaf = build.tables.length;
  build.tables.push({ kind: "fact", leaf, rule: compileRule(node, build.options.environment) });
  return `toString(profile_id) in ${truths(build.run, leaf, build.parameters)}`;
}

function truths(run: string, leaf: number, parameters: SqlParameters): string {
  return `(select rule_truths.key from rule_truths where rule_truths.run_id = ${run} and rule_truths.leaf = ${parameters.bind("UInt32", leaf)})`;
}

/** SKUs for which a test holds; a SKU the catalog does not know is judged like no product. */
function skuTest(
  options: RulesSqlOptions,
  parameters: SqlParameters,
  tables: TruthTable[],
  run: string,
): ConditionContext["ofSkus"] {
  const { products, inlineSkus = defaultInlineSkus } = options;
  return (sku, test) => {
    if (!products) return undefined;
    const ofUnknown = test(undefined);
    const keys: string[] = [];
    for (const [each, product] of products) if (test(product) !== ofUnknown) keys.push(each);
    const word = ofUnknown ? "not in" : "in";
    if (keys.length === 0) return ofUnknown ? "1" : "0";
    if (keys.length <= inlineSkus) return `(${sku} ${word} ${parameters.bind("Array(String)", keys)})`;
    const leaf = tables.length;
    tables.push({ kind: "skus", leaf, keys });
    return `(${sku} ${word} ${truths(run, leaf, parameters)})`;
  };
}

/** Columns of the query, each text once. */
function createColumns(nowMs: number) {
  const matchers = new Map<
    string,
    { readonly names: readonly string[]; readonly where: string; readonly id: string }
  >();
  const reads = new Map<string, string>();
  const values = new Map<string, string>();
  const aggregates = new Map<string, string>();
  const levels: string[][] = [];
  let from = nowMs;
  let steps = 0;
  let leaves = 0;
  const named = (known: Map<string, string>, prefix: string, expression: string): string => {
    const name = known.get(expression) ?? `${prefix}${known.size}`;
    known.set(expression, name);
    return name;
  };
  const columns: Build["columns"] = {
    nowMs,
    matcher: (names, where) => {
      const key = JSON.stringify([names, where]);
      const known = matchers.get(key) ?? { names, where, id: `m${matchers.size}` };
      matchers.set(key, known);
      return known.id;
    },
    value: (expression) => named(values, "v", expression),
    aggregate: (expression) => named(aggregates, "a", expression),
    step: (level, expression) => {
      const name = `s${steps}`;
      steps += 1;
      levels[level] ??= [];
      levels[level].push(`${expression} as ${name}`);
      return name;
    },
    needsFrom: (ms) => {
      from = Math.min(from, ms);
    },
    counted: () => {
      leaves += 1;
    },
    eventLeaves: () => leaves,
  };

  function eventsQuery(parameters: SqlParameters): string {
    const names = [...new Set([...matchers.values()].flatMap((each) => each.names))];
    const flags = [...matchers.values()].map(
      ({ names: own, where, id }) =>
        `toUInt8(events.event_type in ${parameters.bind("Array(String)", own)} and ${where}) as ${id}`,
    );
    const cells = [...values].map(([expression, name]) => `${expression} as ${name}`);
    const stored = storedEvents(parameters, names);
    return `select events.identity_key as identity_key, events.ts as ts, toUnixTimestamp64Milli(events.ts) as at, ${[...flags, ...cells].join(", ")}
      from (${stored}) as events`;
  }

  /** What is read of a stored event: its JSON is taken apart here, once for all conditions. */
  function storedEvents(parameters: SqlParameters, names: readonly string[]): string {
    const cells = [...reads].map(([expression, name]) => `, ${expression} as ${name}`);
    return `select events.identity_key as identity_key, events.ts as ts, events.event_type as event_type, events.source_id as source_id, events.store_view as store_view, events.received_at as received_at, events.event_id as event_id${cells.join("")}
      from events final
      where events.event_type in ${parameters.bind("Array(String)", names)}
        and events.ts >= fromUnixTimestamp64Milli(${parameters.bind("Int64", from)}, 'UTC')
        and events.ts <= fromUnixTimestamp64Milli(${parameters.bind("Int64", nowMs)}, 'UTC')`;
  }

  function query(parameters: SqlParameters): string {
    const everybody = "(select distinct links.profile_id as profile_id from links) as everybody";
    if (aggregates.size === 0) return everybody;
    const flags = [...matchers.values()].map(({ id }) => `e.${id}`);
    const sums = [...aggregates].map(([expression, name]) => `${expression} as ${name}`);
    let rows = `(select everybody.profile_id as profile_id, ${[...aggregates.values()].map((name) => `counts.${name} as ${name}`).join(", ")}
    from ${everybody} left join (
      select l.profile_id as profile_id, ${sums.join(", ")}
      from (${eventsQuery(parameters)}) as e
      asof inner join links as l on e.identity_key = l.identity_key and e.ts >= l.valid_from
      where (l.valid_to is null or e.ts < l.valid_to) and (${flags.join(" or ")})
      group by l.profile_id
    ) as counts on everybody.profile_id = counts.profile_id) as level`;
    for (const expressions of levels) rows = `(select *, ${expressions.join(", ")} from ${rows}) as level`;
    return rows;
  }
  return { columns, query, read: (expression: string): string => `events.${named(reads, "j", expression)}` };
}
