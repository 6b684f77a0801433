-- Copies of audiences that other systems are kept by. The sweep columns are a walk over everybody, which goes on where it was.
create table if not exists audience_syncs (
  audience_sync_id uuid primary key,
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
  audience_id uuid not null,
  -- Where the copy is: what was told there is forgotten when it moves.
  place text not null,
  -- Changes told so far; the number of the next one.
  sequence bigint not null default 0,
  failures integer not null default 0,
  failing_since timestamptz,
  next_attempt_at timestamptz,
  last_error text,
  last_delivered_at timestamptz,
  paused_because text,
  entered bigint not null default 0,
  exited bigint not null default 0,
  failed bigint not null default 0,
  sweep_kind text check (sweep_kind in ('resync', 'reconcile')),
  sweep_run uuid,
  sweep_after uuid,
  sweep_parts integer not null default 0,
  sweep_done bigint not null default 0,
  sweep_total bigint not null default 0,
  sweep_sequence bigint not null default 0,
  sweep_not_before timestamptz,
  swept_at timestamptz,
  claimed_by text,
  claimed_until timestamptz
);
create index if not exists audience_syncs_audience_id_idx on audience_syncs (audience_id);

-- What the other system has, as it was told: the identifier plain or hashed. `sending` is written before a change is told, so that
-- one whose answer was lost is told again. Without a profile it waits for its exit: the person is gone.
create table if not exists audience_sync_members (
  audience_sync_id uuid not null references audience_syncs (audience_sync_id) on delete cascade,
  namespace text not null,
  value text not null,
  profile_id uuid,
  since timestamptz not null,
  version integer not null,
  state text not null check (state in ('sending', 'sent', 'dead')),
  dead_letter_id uuid,
  dead_op text,
  dead_message text,
  dead_at timestamptz,
  primary key (audience_sync_id, namespace, value)
);
create index if not exists audience_sync_members_profile_id_idx on audience_sync_members (audience_sync_id, profile_id);
create index if not exists audience_sync_members_person_idx on audience_sync_members (profile_id);
create index if not exists audience_sync_members_gone_idx on audience_sync_members (audience_sync_id) where profile_id is null;
create index if not exists audience_sync_members_dead_idx on audience_sync_members (audience_sync_id, dead_at, dead_letter_id)
  where dead_letter_id is not null;

-- Profiles to look at, written in the transaction that changed them. Rows are removed by their id, so the order of commits is free.
create table if not exists audience_sync_queue (
  audience_sync_queue_id bigint generated always as identity primary key,
  audience_sync_id uuid not null,
  profile_id uuid not null,
  queued_at timestamptz not null
);
create index if not exists audience_sync_queue_sync_idx on audience_sync_queue (audience_sync_id, audience_sync_queue_id);

create table if not exists audience_sync_runs (
  audience_sync_run_id uuid primary key,
  audience_sync_id uuid not null references audience_syncs (audience_sync_id) on delete cascade,
  kind text not null check (kind in ('changes', 'resync', 'reconcile')),
  state text not null check (state in ('running', 'finished', 'failed', 'stopped')),
  started_at timestamptz not null,
  finished_at timestamptz,
  entered bigint not null default 0,
  exited bigint not null default 0,
  failed bigint not null default 0,
  error text
);
create index if not exists audience_sync_runs_started_at_idx on audience_sync_runs (audience_sync_id, started_at desc, audience_sync_run_id desc);
