-- For which profiles, or products, a part of a rule holds that is not about events. Written for one query and read by it; nobody
-- takes rows away one by one, whole hours fall out.
create table if not exists rule_truths {{onCluster}} (
  run_id String,
  leaf UInt32,
  key String,
  written_at DateTime('UTC') default now()
) engine = {{engine:MergeTree()}}
partition by toStartOfHour(written_at)
order by (run_id, leaf, key)
ttl written_at + interval 1 hour
settings ttl_only_drop_parts = 1;
