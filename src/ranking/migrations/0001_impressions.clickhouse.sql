-- Lists as they were shown, with what the ranker knew of each product at that moment: nothing of it can be computed again later.
-- `features` is base64 of little-endian floats, one row after the other in the order of `skus`; NaN = no value. As an array of
-- numbers it would take four times the space on the way in.
create table if not exists ranking_impressions {{onCluster}} (
  identity_key String,
  ts DateTime64(3, 'UTC'),
  decision_id UUID,
  list_kind LowCardinality(String),
  -- The normalised query, or the path of the category.
  subject String,
  store_view LowCardinality(String),
  device LowCardinality(String),
  is_known UInt8,
  arm LowCardinality(String),
  policy LowCardinality(String),
  first_slot UInt32,
  skus Array(String),
  scores Array(Float32),
  propensities Array(Float32),
  -- By product: 0 = by its score, 1 = explored, 2 = shuffled.
  chances Array(UInt8),
  feature_set LowCardinality(String),
  features String codec(ZSTD(3))
) engine = {{engine:MergeTree()}}
partition by toYYYYMM(ts)
order by (identity_key, ts, decision_id)
ttl toDateTime(ts) + interval 180 day;
