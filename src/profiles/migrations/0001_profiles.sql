create table if not exists profiles (
  profile_id uuid primary key,
  version bigint not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  state jsonb not null,
  -- When a membership can next change by itself; null = never.
  next_change_at timestamptz
);
create index if not exists profiles_last_seen_at_idx on profiles (last_seen_at desc, profile_id desc);
create index if not exists profiles_next_change_at_idx on profiles (next_change_at) where next_change_at is not null;

-- Who owned an identifier when; half-open intervals. The first interval of a value starts at the epoch.
create table if not exists identifiers (
  namespace text not null,
  value text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  profile_id uuid not null,
  verified boolean not null,
  primary key (namespace, value, valid_from)
);
create unique index if not exists identifiers_open_idx on identifiers (namespace, value) where valid_to is null;
create index if not exists identifiers_profile_id_idx on identifiers (profile_id);
create index if not exists identifiers_value_idx on identifiers (value text_pattern_ops);

create table if not exists profile_redirects (
  profile_id uuid primary key,
  survivor_id uuid not null,
  at timestamptz not null
);
create index if not exists profile_redirects_survivor_id_idx on profile_redirects (survivor_id);

create table if not exists identity_log (
  identity_log_id bigint generated always as identity primary key,
  at timestamptz not null,
  message_id text not null,
  action text not null,
  profile_ids uuid[] not null,
  namespace text,
  value text,
  rule text not null
);
create index if not exists identity_log_profile_ids_idx on identity_log using gin (profile_ids);
