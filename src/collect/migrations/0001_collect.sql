-- One row a group commit; `payload` is a gzipped JSON array of canonical events. A row is deleted once its batch is exported.
create table if not exists inbox (
  inbox_id bigint generated always as identity primary key,
  received_at timestamptz not null,
  event_count integer not null,
  payload bytea not null,
  claimed_by text,
  claimed_until timestamptz,
  batch_id uuid
);
-- Already compressed.
alter table inbox alter column payload set storage external;
create index if not exists inbox_pending_idx on inbox (inbox_id) where batch_id is null;
create index if not exists inbox_batch_idx on inbox (batch_id) where batch_id is not null;

-- Processed, not yet exported. `dropped` lists the repeats as [inbox_id, index]; `links` are identity changes for ClickHouse.
create table if not exists batches (
  batch_id uuid primary key,
  processed_at timestamptz not null,
  event_count integer not null,
  dropped jsonb not null,
  links jsonb not null,
  derived jsonb not null,
  export_id uuid
);

-- (source, message id) of every accepted event of the last 7 days, as a 128-bit hash.
create table if not exists message_ids (
  message_hash uuid primary key,
  received_at timestamptz not null
);
create index if not exists message_ids_received_at_idx on message_ids using brin (received_at);

create table if not exists dead_letters (
  dead_letter_id uuid primary key,
  at timestamptz not null,
  source_id text not null,
  source_kind text not null,
  code text not null,
  message text not null,
  payload jsonb not null,
  verified boolean not null,
  replayed_at timestamptz
);
create index if not exists dead_letters_at_idx on dead_letters (at desc, dead_letter_id desc);
