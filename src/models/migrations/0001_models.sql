-- A model that is trained: what it answers, and which version serves.
create table if not exists models (
  model_key text primary key,
  kind text not null,
  label text not null,
  settings jsonb not null,
  live_version integer,
  created_at timestamptz not null,
  created_by text not null,
  -- Null: in use. A look-alike that nobody wants any more.
  archived_at timestamptz
);

-- Everything that was trained, published or refused. `artefact` is the model as JSON, which can be read by itself.
create table if not exists model_versions (
  model_key text not null,
  version integer not null,
  run_id uuid not null,
  trained_at timestamptz not null,
  seed integer not null,
  artefact jsonb not null,
  report jsonb not null,
  gate_passed boolean not null,
  gate_reasons jsonb not null,
  status text not null check (status in ('live', 'retired', 'refused')),
  promoted_at timestamptz,
  -- Null: by its gate.
  promoted_by text,
  primary key (model_key, version)
);

create table if not exists model_runs (
  id uuid primary key,
  model_key text not null,
  -- 'train' makes a version; 'score' writes what the live versions say of everybody (key '').
  purpose text not null check (purpose in ('train', 'score')),
  status text not null check (status in ('running', 'done', 'failed')),
  stage text not null,
  done bigint not null default 0,
  total bigint not null default 0,
  started_by text not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  finished_at timestamptz,
  version integer,
  error text
);
-- One run of a model at a time, in all processes.
create unique index if not exists model_runs_running_idx on model_runs (model_key, purpose) where status = 'running';
create index if not exists model_runs_started_at_idx on model_runs (model_key, started_at desc);
