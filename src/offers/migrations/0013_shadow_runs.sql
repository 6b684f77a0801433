-- Drafts of cart price rules that are judged beside the live rules for carts of today. What came of the carts is in ClickHouse.
create table if not exists offer_shadow_runs (
  shadow_id uuid primary key,
  name text not null,
  status text not null check (status in ('running', 'stopped')),
  settings jsonb not null,
  change jsonb not null,
  seen bigint not null default 0,
  judged bigint not null default 0,
  superseded bigint not null default 0,
  dropped bigint not null default 0,
  failed bigint not null default 0,
  created_at timestamptz not null,
  created_by text not null,
  ends_at timestamptz not null,
  stopped_at timestamptz
);
create index if not exists offer_shadow_runs_created_at_idx on offer_shadow_runs (created_at);
