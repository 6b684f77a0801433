-- Price and stock of each product whenever one of them changed: tells what became cheaper and what can be had again.
create table if not exists product_states {{onCluster}} (
  sku String,
  at DateTime64(3, 'UTC'),
  price_minor Nullable(Int64),
  currency LowCardinality(String),
  in_stock UInt8
) engine = {{engine:ReplacingMergeTree()}}
order by (sku, at)
settings non_replicated_deduplication_window = 1000;
