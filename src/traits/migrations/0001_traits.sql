-- One row for each way of computing a trait that is, or was, in use; `hash` covers what the values follow from.
create table if not exists trait_computations (
  hash text primary key,
  trait_key text not null,
  version integer not null,
  body jsonb not null,
  -- Events received up to here are counted from the event store, later ones as they come.
  cutoff timestamptz not null,
  status text not null check (status in ('computing', 'live', 'failed')),
  done bigint not null default 0,
  total bigint not null default 0,
  failures integer not null default 0,
  reason text,
  computed_through timestamptz,
  started_at timestamptz not null,
  heartbeat_at timestamptz,
  finished_at timestamptz
);
create index if not exists trait_computations_trait_key_idx on trait_computations (trait_key, finished_at);
