-- What orders used, for reports. An order is written anew with each change: the rows of its highest version count.
create table if not exists coupon_uses {{onCluster}} (
  order_id String,
  rule_key LowCardinality(String),
  code String,
  store_view LowCardinality(String),
  status LowCardinality(String),
  granted Int64,
  currency LowCardinality(String),
  at DateTime64(3, 'UTC'),
  version UInt32
) engine = {{engine:ReplacingMergeTree(version)}}
partition by toYYYYMM(at)
order by (order_id, rule_key, code, at)
settings non_replicated_deduplication_window = 10000;
