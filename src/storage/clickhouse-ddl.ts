// One DDL text for a single node and for a cluster. `{{onCluster}}` and `{{engine:…}}` are the only tokens.
import { splitStatements } from "./split-statements.ts";

const engineToken = /\{\{engine:([A-Za-z]*MergeTree)\(([^}]*)\)\}\}/g;
const clusterToken = /\s*\{\{onCluster\}\}/g;
const createTable = /^create table if not exists (\w+)\s*\{\{onCluster\}\}/im;
const alterTable = /^alter table (\w+)\s*\{\{onCluster\}\}/im;
/** A Distributed table has columns, but no parts, indexes, time to live or settings of its own. */
const changesColumns = /\b(add|drop|rename|comment|modify|alter) column\b/i;
const singleNodeWindow = /\bnon_replicated_deduplication_window\b/g;
const localSuffix = "_local";

function toReplicated(statement: string, table: string): string {
  return statement
    .replace(engineToken, (_, engine: string, args: string) => {
      const rest = args.trim() === "" ? "" : `, ${args.trim()}`;
      return `Replicated${engine}('/clickhouse/tables/{shard}/{database}/${table}', '{replica}'${rest})`;
    })
    .replace(singleNodeWindow, "replicated_deduplication_window");
}

/** The first column of the sort key: rows of one identity, order or product stay on one shard. */
function shardKeyOf(statement: string): string {
  const column = /\border by\s*\(?\s*(\w+)/i.exec(statement)?.[1];
  return column === undefined || column === "tuple" ? "rand()" : `cityHash64(${column})`;
}

function forCluster(statement: string, cluster: string): readonly string[] {
  const onCluster = `on cluster '${cluster}'`;
  const put = (text: string) => text.replace(clusterToken, ` ${onCluster}`);
  const created = createTable.exec(statement)?.[1];
  if (created !== undefined) {
    const local = `${created}${localSuffix}`;
    return [
      put(toReplicated(statement.replace(createTable, `create table if not exists ${local} {{onCluster}}`), created)),
      `create table if not exists ${created} ${onCluster} as ${local} engine = Distributed('${cluster}', currentDatabase(), '${local}', ${shardKeyOf(statement)})`,
    ];
  }
  const altered = alterTable.exec(statement)?.[1];
  if (altered !== undefined) {
    const local = put(
      toReplicated(statement.replace(alterTable, `alter table ${altered}${localSuffix} {{onCluster}}`), altered),
    );
    return changesColumns.test(statement) ? [local, put(statement)] : [local];
  }
  return [put(statement)];
}

/**
 * Expands the tokens of a migration, e.g.
 * `create table if not exists events {{onCluster}} (…) engine = {{engine:ReplacingMergeTree(version)}} order by (…);`
 *
 * Without a cluster: the plain engine. With one: a replicated table `<name>_local` on every node, and a Distributed table
 * `<name>` in front of it, sharded by the first column of the sort key; `alter table <name> {{onCluster}}` reaches both.
 *
 * @param cluster name in `remote_servers`; empty = none
 * @throws {Error} for a token that is unknown or not in its place
 */
export function expandDdl(text: string, cluster: string): readonly string[] {
  const statements = splitStatements(text)
    // The HTTP interface takes one statement without its semicolon.
    .map((statement) => statement.replace(/;\s*(--[^\n]*)?$/, ""))
    .flatMap((statement) =>
      cluster === ""
        ? [statement.replace(clusterToken, "").replace(engineToken, "$1($2)")]
        : forCluster(statement, cluster),
    );
  const unknown = statements
    .map((statement) => /\{\{[^}]*\}\}/.exec(statement)?.[0])
    .find((token) => token !== undefined);
  if (unknown !== undefined)
    throw new Error(`a ClickHouse migration has the token ${unknown} in a place where it means nothing`);
  return statements;
}
