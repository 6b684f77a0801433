import { describe, expect, it } from "vitest";
import { expandDdl } from "./clickhouse-ddl.ts";
import { splitStatements } from "./split-statements.ts";

const text = `-- Events as they came.
create table if not exists events {{onCluster}} (
  id String,
  at DateTime64(3)
) engine = {{engine:ReplacingMergeTree(at)}}
partition by toYYYYMM(at)
order by (id, at)
settings non_replicated_deduplication_window = 100;

alter table events {{onCluster}} add column if not exists name String;
alter table events {{onCluster}} modify ttl toDateTime(at) + interval 1 year;
create table if not exists totals {{onCluster}} (n UInt64) engine = {{engine:SummingMergeTree()}} order by tuple();
`;

describe("ClickHouse DDL", () => {
  it("becomes plain engines without a cluster", () => {
    expect(expandDdl(text, "")).toEqual([
      `create table if not exists events (
  id String,
  at DateTime64(3)
) engine = ReplacingMergeTree(at)
partition by toYYYYMM(at)
order by (id, at)
settings non_replicated_deduplication_window = 100`,
      "alter table events add column if not exists name String",
      "alter table events modify ttl toDateTime(at) + interval 1 year",
      "create table if not exists totals (n UInt64) engine = SummingMergeTree() order by tuple()",
    ]);
  });

  it("becomes a replicated table behind a distributed one on a cluster", () => {
    expect(expandDdl(text, "shop")).toEqual([
      `create table if not exists events_local on cluster 'shop' (
  id String,
  at DateTime64(3)
) engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/events', '{replica}', at)
partition by toYYYYMM(at)
order by (id, at)
settings replicated_deduplication_window = 100`,
      "create table if not exists events on cluster 'shop' as events_local engine = Distributed('shop', currentDatabase(), 'events_local', cityHash64(id))",
      "alter table events_local on cluster 'shop' add column if not exists name String",
      "alter table events on cluster 'shop' add column if not exists name String",
      "alter table events_local on cluster 'shop' modify ttl toDateTime(at) + interval 1 year",
      "create table if not exists totals_local on cluster 'shop' (n UInt64) engine = ReplicatedSummingMergeTree('/clickhouse/tables/{shard}/{database}/totals', '{replica}') order by tuple()",
      "create table if not exists totals on cluster 'shop' as totals_local engine = Distributed('shop', currentDatabase(), 'totals_local', rand())",
    ]);
  });
});

describe("a token out of place", () => {
  it("is refused by name", () => {
    expect(() => expandDdl("create table t {{engine:Log()}};", "")).toThrow("{{engine:Log()}}");
    expect(() =>
      expandDdl("create table t {{onCluster}} (n Int8) engine = {{engine:MergeTree()}} order by n;", "shop"),
    ).toThrow("{{engine:MergeTree()}}");
  });
});

describe("splitting a script", () => {
  it("ends a statement at a semicolon that ends its line, and not inside a function body", () => {
    const script = `-- heading;
create function f() returns int language sql as $$
  select 1;
$$;
insert into a values ('x; y'); -- why
select 2`;
    expect(splitStatements(script)).toEqual([
      "create function f() returns int language sql as $$\n  select 1;\n$$;",
      "insert into a values ('x; y'); -- why",
      "select 2",
    ]);
  });

  it("finds nothing in comments and blank lines", () => {
    expect(splitStatements("\n-- only this;\n\n")).toEqual([]);
  });
});
