-- Two profiles that may be one person. Nothing here names anybody: ids, and how well which fields agree.
create table if not exists duplicate_proposals (
  id uuid primary key,
  -- In the order of their ids, so that a pair is one row.
  profile_a uuid not null,
  profile_b uuid not null check (profile_a < profile_b),
  source text not null check (source in ('matching', 'identity')),
  -- Null: reported by identity, and there is too little to compare.
  probability double precision,
  weight double precision,
  explanation jsonb,
  status text not null check (status in ('open', 'merged', 'dismissed', 'withdrawn')),
  found_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  -- Null: by the program.
  closed_by text,
  unique (profile_a, profile_b)
);
create index if not exists duplicate_proposals_probability_idx
  on duplicate_proposals (status, (coalesce(probability, 0)) desc, id desc);
create index if not exists duplicate_proposals_profile_b_idx on duplicate_proposals (profile_b);

-- What was compared: a profile whose fingerprint is the same need not be compared with the unchanged ones again.
create table if not exists duplicate_fingerprints (
  profile_id uuid primary key,
  fingerprint text not null
);

create table if not exists duplicate_runs (
  id uuid primary key,
  status text not null check (status in ('running', 'done', 'failed')),
  started_by text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- Numbers of the run, see RunReport.
  report jsonb,
  error text
);
-- One at a time, in all processes.
create unique index if not exists duplicate_runs_running_idx on duplicate_runs (status) where status = 'running';
create index if not exists duplicate_runs_started_at_idx on duplicate_runs (started_at desc);
