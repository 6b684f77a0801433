create table if not exists events {{onCluster}} (
  event_id String,
  source_id LowCardinality(String),
  source_kind LowCardinality(String),
  event_type LowCardinality(String),
  original_name String,
  ts DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  identity_key String,
  identifiers Array(String),
  session_id String,
  store_view LowCardinality(String),
  skus Array(String),
  items_qty Array(Float64),
  items_total Array(Int64),
  category_path String,
  search_query String,
  search_id String,
  cart_id String,
  order_id String,
  order_total Int64,
  currency LowCardinality(String),
  page_url String,
  decision_id String,
  flags Array(LowCardinality(String)),
  properties String,
  context String,
  extra String
) engine = {{engine:ReplacingMergeTree(received_at)}}
partition by toYYYYMM(ts)
order by (identity_key, event_type, ts, source_id, event_id)
settings non_replicated_deduplication_window = 10000;

create table if not exists identity_links {{onCluster}} (
  identity_key String,
  valid_from DateTime64(3, 'UTC'),
  valid_to Nullable(DateTime64(3, 'UTC')),
  profile_id UUID,
  version UInt64
) engine = {{engine:ReplacingMergeTree(version)}}
order by (identity_key, valid_from)
settings non_replicated_deduplication_window = 10000;

create table if not exists exposures {{onCluster}} (
  decision_id UUID,
  ts DateTime64(3, 'UTC'),
  placement LowCardinality(String),
  kind LowCardinality(String),
  definition_id String,
  definition_version UInt32,
  profile_id String,
  identity_key String,
  store_view LowCardinality(String),
  skus Array(String),
  scores Array(Float32),
  propensity Float32,
  policy LowCardinality(String),
  reasons Array(LowCardinality(String))
) engine = {{engine:MergeTree()}}
partition by toYYYYMM(ts)
order by (placement, ts)
