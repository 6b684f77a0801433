-- What is known of each event of each source. `shape` has an entry "path type" for every property that was looked at.
create table if not exists event_stats (
  source_id text not null,
  event_type text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  total bigint not null,
  violations bigint not null,
  shape jsonb not null,
  primary key (source_id, event_type)
);

create table if not exists plan_violations (
  hour timestamptz not null,
  source_id text not null,
  event_type text not null,
  kind text not null,
  path text not null,
  plan_key text not null,
  count bigint not null,
  message text not null,
  primary key (hour, source_id, event_type, kind, path, plan_key)
);

create table if not exists volume_anomalies (
  hour timestamptz not null,
  source_id text not null,
  event_type text not null,
  count bigint not null,
  expected double precision not null,
  -- Standard deviations between both.
  deviation double precision not null,
  found_at timestamptz not null,
  primary key (hour, source_id, event_type)
);
