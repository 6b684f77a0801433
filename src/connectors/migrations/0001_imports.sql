create table if not exists imports (
  import_id uuid primary key,
  kind text not null,
  status text not null,
  mode text not null,
  source_id text not null,
  customer_namespace text not null,
  file_name text not null,
  file_path text not null,
  file_owned boolean not null,
  file_complete boolean not null,
  file_bytes bigint not null,
  file jsonb,
  mapping jsonb,
  settings jsonb not null,
  progress jsonb not null,
  counts jsonb not null,
  checkpoint jsonb not null,
  tally jsonb,
  prior_imports jsonb not null,
  error jsonb,
  created_at timestamptz not null,
  created_by text not null,
  started_at timestamptz,
  finished_at timestamptz,
  lease_owner text,
  lease_until timestamptz
);

create index if not exists imports_created_at_idx on imports (created_at desc, import_id desc);

-- What was taken of each record, so that the same one changes nothing and an older one is ignored. Keys are hashes: no personal data.
create table if not exists source_records (
  source_id text not null,
  record_key uuid not null,
  content_hash uuid not null,
  updated_at timestamptz,
  parts jsonb,
  import_id uuid not null,
  primary key (source_id, record_key)
);
