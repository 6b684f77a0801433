-- Size of each live audience at the end of each hour, for charts.
create table if not exists audience_sizes (
  audience_id uuid not null,
  at timestamptz not null,
  size bigint not null,
  primary key (audience_id, at)
);

-- Exact counts that somebody asked for; kept for a day.
create table if not exists audience_estimates (
  audience_estimate_id uuid primary key,
  status text not null check (status in ('computing', 'live', 'failed')),
  done bigint not null default 0,
  total bigint not null default 0,
  result jsonb,
  reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index if not exists audience_estimates_created_at_idx on audience_estimates (created_at);
