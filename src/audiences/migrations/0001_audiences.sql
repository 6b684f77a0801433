-- Present members; the copy in each profile's state is what decisions read.
create table if not exists audience_memberships (
  profile_id uuid not null,
  audience_id uuid not null,
  version integer not null,
  since timestamptz not null,
  primary key (profile_id, audience_id)
);
create index if not exists audience_memberships_audience_id_idx on audience_memberships (audience_id, profile_id);

-- Every entry and exit, append-only.
create table if not exists audience_transitions (
  audience_transition_id bigint generated always as identity primary key,
  profile_id uuid not null,
  audience_id uuid not null,
  version integer not null,
  entered boolean not null,
  reason_leaf jsonb,
  at timestamptz not null
);
create index if not exists audience_transitions_audience_id_idx on audience_transitions (audience_id, at);
create index if not exists audience_transitions_profile_id_idx on audience_transitions (profile_id, at);

-- Event leaves whose past events have been collected into the profiles.
create table if not exists audience_leaves (
  hash text primary key,
  filled_at timestamptz not null
);

-- How far everybody has been judged by the live version of an audience.
create table if not exists audience_backfills (
  audience_id uuid primary key,
  version integer not null,
  status text not null check (status in ('computing', 'live', 'failed')),
  done bigint not null,
  total bigint not null,
  updated_at timestamptz not null
);
