-- How far the past events of a leaf are collected into the profiles. It replaces audience_leaves, which knew no cut-off: those leaves
-- are counted anew.
create table if not exists audience_leaf_fills (
  hash text primary key,
  -- Events received up to here are counted from the event store, later ones as they come.
  cutoff timestamptz not null,
  status text not null check (status in ('computing', 'live', 'failed')),
  done bigint not null default 0,
  total bigint not null default 0,
  failures integer not null default 0,
  reason text,
  -- Who works on it; null = nobody.
  runner uuid,
  started_at timestamptz not null,
  heartbeat_at timestamptz
);

alter table audience_backfills add column if not exists failures integer not null default 0;
alter table audience_backfills add column if not exists reason text;
alter table audience_backfills add column if not exists runner uuid;
alter table audience_backfills add column if not exists heartbeat_at timestamptz;
-- The version by which everybody was judged last: it serves until a newer one is complete.
alter table audience_backfills add column if not exists served_version integer;
alter table audience_backfills add column if not exists served_body jsonb;
