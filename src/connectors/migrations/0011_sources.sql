-- Other systems that records come from. `checkpoint` says how far a source is read; it moves after the records are durable.
create table if not exists connector_sources (
  source_id uuid primary key,
  key text not null unique,
  name text not null,
  config jsonb not null,
  secrets text not null,
  status text not null check (status in ('active', 'paused')),
  etag integer not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  checkpoint jsonb not null default '{}',
  next_run_at timestamptz,
  claimed_by text,
  claimed_until timestamptz
);
create index if not exists connector_sources_next_run_at_idx on connector_sources (next_run_at) where next_run_at is not null;

create table if not exists connector_runs (
  run_id uuid primary key,
  source_id uuid not null references connector_sources (source_id) on delete cascade,
  -- A webhook has one run a day; the others one each time they are read.
  day date,
  started_at timestamptz not null,
  finished_at timestamptz,
  read bigint not null default 0,
  written bigint not null default 0,
  unchanged bigint not null default 0,
  rejected bigint not null default 0,
  deleted bigint not null default 0,
  state text not null check (state in ('running', 'finished', 'failed', 'stopped')),
  error text,
  faults jsonb not null default '[]',
  unique (source_id, day)
);
create index if not exists connector_runs_started_at_idx on connector_runs (source_id, started_at desc, run_id desc);

-- What was taken of each record: the same content again changes nothing, an older state is ignored, and what a full reading no longer
-- yields was deleted there. `external_id` is kept only for that, by sources that are read in full.
create table if not exists connector_records (
  source_id uuid not null references connector_sources (source_id) on delete cascade,
  record_key uuid not null,
  content_hash uuid not null,
  updated_at timestamptz,
  parts jsonb not null,
  kind text not null,
  external_id text,
  run_id uuid not null,
  -- Told as deleted; kept so that it is told as new when it comes back.
  gone boolean not null default false,
  primary key (source_id, record_key)
);

-- Files that were found in a drop folder or bucket.
create table if not exists connector_files (
  source_id uuid not null references connector_sources (source_id) on delete cascade,
  path text not null,
  version text not null,
  state text not null check (state in ('reading', 'done', 'failed')),
  units_done bigint not null default 0,
  error text,
  found_at timestamptz not null,
  finished_at timestamptz,
  primary key (source_id, path, version)
);

-- Deliveries of webhooks that were taken; a repeat is answered without being read again.
create table if not exists connector_deliveries (
  source_id uuid not null references connector_sources (source_id) on delete cascade,
  delivery_hash uuid not null,
  at timestamptz not null,
  primary key (source_id, delivery_hash)
);
create index if not exists connector_deliveries_at_idx on connector_deliveries using brin (at);
