// One DDL text for a single node and for a cluster. `{{onCluster}}` and `{{engine:…}}` are the only tokens.
import { splitStatements } from "./split-statements.ts";

const enginePattern = /\{\{engine:([A-Za-z]*MergeTree)\(([^}]*)\)\}\}/g;
const tablePattern = /create table if not exists (\w+) \{\{onCluster\}\}/;

/**
 * Expands the tokens of a migration.
 *
 * Without a cluster: the plain engine. With one: a replicated local table `<name>_local` on every node, and a
 * Distributed table `<name>` in front of it, sharded by the first column of the sort key.
 *
 * @param cluster name in `remote_servers`; empty = none
 */
export function expandDdl(text: string, cluster: string): readonly string[] {
  return splitStatements(text).flatMap((given) => {
    const statement = withoutEnd(given);
    if (cluster === "") return [statement.replace("{{onCluster}}", "").replace(enginePattern, "$1($2)")];
    const table = tablePattern.exec(statement)?.[1];
    const onCluster = `on cluster '${cluster}'`;
    if (table === undefined) return [statement.replace("{{onCluster}}", onCluster)];
    const local = statement
      .replace(`exists ${table} {{onCluster}}`, `exists ${table}_local ${onCluster}`)
      .replace(/^settings non_replicated_deduplication_window = (\d+)/m, "settings replicated_deduplication_window = $1")
      .replace(enginePattern, (_, engine: string, args: string) => {
        const rest = args.trim() === "" ? "" : `, ${args}`;
        return `Replicated${engine}('/clickhouse/tables/{shard}/{database}/${table}', '{replica}'${rest})`;
      });
    const shardKey = /order by \((\w+)/.exec(statement)?.[1] ?? "rand()";
    const key = shardKey === "rand()" ? shardKey : `cityHash64(${shardKey})`;
    return [
      local,
      `create table if not exists ${table} ${onCluster} as ${table}_local engine = Distributed('${cluster}', currentDatabase(), '${table}_local', ${key})`,
    ];
  });
}

// The HTTP interface takes one statement without its semicolon.
function withoutEnd(statement: string): string {
  return statement.replace(/;\s*$/, "");
}
