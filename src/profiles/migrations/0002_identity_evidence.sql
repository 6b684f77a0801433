-- merge_count: merges that a profile has behind it. evidence_position: place of the newest message that could change the identity
-- graph around it (time, time of receipt, message id as one sortable text); an older one that arrives later makes a replay.
alter table profiles add column if not exists merge_count integer not null default 0;
alter table profiles add column if not exists evidence_position text not null default '';

-- first_seen_at: earliest event with the identifier. linked_at: time of the message since which the identifier is with its owner.
-- rivals: persons whom another owner's identifier was refused lately.
alter table identifiers add column if not exists first_seen_at timestamptz;
alter table identifiers add column if not exists linked_at timestamptz;
alter table identifiers add column if not exists rivals jsonb;

-- Identifiers that the merged profile brought along, so that its id comes back when the merge is undone.
alter table profile_redirects add column if not exists moved text[];

-- The messages that can change the identity graph: the truth is their run in order of time. A checkpoint (manual merge, split)
-- stands for everything before it.
create table if not exists identity_evidence (
  evidence_id bigint generated always as identity primary key,
  at timestamptz not null,
  -- Namespace, character 1 and value of every identifier in the message, see identity-message.ts.
  keys text[] not null,
  -- Equal for messages that say the same of the same identifiers.
  set_hash text not null,
  is_checkpoint boolean not null default false,
  message jsonb not null
);
create index if not exists identity_evidence_keys_idx on identity_evidence using gin (keys);
create index if not exists identity_evidence_at_idx on identity_evidence (at);

-- Values that link too many persons: kept on events, ignored for linking.
create table if not exists identity_quarantine (
  namespace text not null,
  value text not null,
  since timestamptz not null,
  until timestamptz,
  rule text not null,
  primary key (namespace, value, since)
);

-- Identifiers that somebody split from each other: never to be joined again by themselves.
create table if not exists identity_separations (
  separation_id uuid primary key,
  created_at timestamptz not null,
  since timestamptz,
  left_keys text[] not null,
  right_keys text[] not null,
  left_profile_id uuid not null,
  right_profile_id uuid not null,
  created_by text not null
);

create table if not exists identity_settings (
  identity_settings_id integer primary key check (identity_settings_id = 1),
  version bigint not null,
  body jsonb not null,
  updated_at timestamptz not null
);

-- Blocked values by day and namespace: too many to log each.
create table if not exists identity_counts (
  day date not null,
  action text not null,
  namespace text not null,
  events bigint not null,
  primary key (day, action, namespace)
);

-- Profiles whose state is to be computed anew from their events.
create table if not exists profile_rebuilds (
  profile_id uuid primary key,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  reason text not null
);
create index if not exists profile_rebuilds_due_at_idx on profile_rebuilds (due_at);
create index if not exists identity_log_at_idx on identity_log (at);
