-- Periods that were set, every version of them; a class that `days` does not name has its default.
create table if not exists retention_versions (
  version integer primary key,
  days jsonb not null,
  note text not null,
  created_at timestamptz not null,
  created_by text not null
);

-- When the next run is due, and what each class lost last.
create table if not exists retention_state (
  id integer primary key check (id = 1),
  next_run_at timestamptz not null,
  last_run_at timestamptz
);
create table if not exists retention_runs (
  class text primary key,
  ran_at timestamptz not null,
  deleted bigint not null,
  deleted_in_all bigint not null,
  last_deleted_at timestamptz
);

-- Traits that people changed by hand: what stood there, what stands there, why. Goes with the person. No old value = there was none.
create table if not exists trait_corrections (
  correction_id uuid not null,
  profile_id uuid not null,
  trait text not null,
  old_value jsonb,
  new_value jsonb,
  reason text not null,
  actor text not null,
  at timestamptz not null,
  message_id text not null,
  undoes uuid,
  primary key (correction_id, profile_id, trait)
);
create index if not exists trait_corrections_profile_id_idx on trait_corrections (profile_id, at desc);
create index if not exists trait_corrections_trait_idx on trait_corrections (trait, at);
