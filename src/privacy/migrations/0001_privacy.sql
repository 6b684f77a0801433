-- Requests to erase or suppress a person. `person` holds their identifiers while the request runs and is emptied before it ends.
create table if not exists privacy_requests (
  request_id uuid primary key,
  mode text not null check (mode in ('delete', 'delete_and_suppress', 'suppress', 'anonymise')),
  status text not null check (status in ('initialized', 'running', 'partial', 'finished', 'failed', 'invalid')),
  step text not null,
  profile_id uuid,
  person jsonb,
  counts jsonb not null default '{}',
  reason text not null default '',
  requested_by text not null,
  -- Hash of the event that asked for it, so that the event asks once.
  source_event uuid unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  error_code text,
  claimed_by text,
  claimed_until timestamptz
);
create index if not exists privacy_requests_open_idx on privacy_requests (next_attempt_at)
  where status in ('initialized', 'running', 'partial');
create index if not exists privacy_requests_created_at_idx on privacy_requests (created_at desc, request_id desc);
create index if not exists privacy_requests_profile_id_idx on privacy_requests (profile_id);

-- Whose events are dropped: salted hashes only. Rows that are not lasting end with their request. `quick` lets an event that is
-- not suppressed pass without the slow hash.
create table if not exists suppressed_identifiers (
  identifier_hash text not null,
  quick integer not null,
  request_id uuid not null,
  lasting boolean not null,
  created_at timestamptz not null,
  primary key (identifier_hash, request_id)
);
create index if not exists suppressed_identifiers_request_id_idx on suppressed_identifiers (request_id);

-- One row: the salt of this deployment, and a number that moves with every change of the list.
create table if not exists suppression_state (
  id integer primary key check (id = 1),
  salt text not null,
  seq bigint not null
);
insert into suppression_state (id, salt, seq)
values (1, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 0) on conflict do nothing;

create table if not exists suppressed_drops (
  day date primary key,
  dropped bigint not null
);

-- Classes of traits and properties that differ from the shipped ones.
create table if not exists data_classes (
  kind text not null check (kind in ('trait', 'property')),
  name text not null,
  pii text not null check (pii in ('none', 'indirect', 'direct', 'sensitive')),
  retention_days integer,
  purposes jsonb not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (kind, name)
);

-- Every change of a consent, append-only until its person is erased. Channel '' = the category as a whole.
create table if not exists consent_history (
  consent_history_id bigint generated always as identity primary key,
  profile_id uuid not null,
  category text not null,
  channel text not null,
  status text not null,
  at timestamptz not null,
  source text not null,
  text_version text,
  expires_at timestamptz,
  proof text,
  message_id text not null
);
create index if not exists consent_history_profile_id_idx on consent_history (profile_id, category, channel, at desc);
