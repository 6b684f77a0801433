-- What a model chose among, and how likely: one row a decision and strategy. It names no person; `exposures` says whose decision it was.
create table if not exists offer_decisions {{onCluster}} (
  decision_id UUID,
  ts DateTime64(3, 'UTC'),
  model_key LowCardinality(String),
  model_version UInt32,
  placement LowCardinality(String),
  input_set LowCardinality(String),
  inputs Array(Float32),
  candidates Array(LowCardinality(String)),
  offers Array(LowCardinality(String)),
  propensities Array(Float32),
  propensity_error Float32,
  is_explored UInt8
) engine = {{engine:MergeTree()}}
partition by toYYYYMM(ts)
order by (model_key, input_set, ts)
