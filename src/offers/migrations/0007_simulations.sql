-- Replays of past orders through draft rules. A run that does not tell its progress for a minute has died with its process.
create table if not exists offer_simulations (
  simulation_id uuid primary key,
  status text not null check (status in ('running', 'done', 'cancelled', 'failed')),
  settings jsonb not null,
  done integer not null default 0,
  total integer not null default 0,
  error text,
  result jsonb,
  created_at timestamptz not null,
  created_by text not null,
  told_at timestamptz not null,
  finished_at timestamptz
);
create index if not exists offer_simulations_created_at_idx on offer_simulations (created_at);
